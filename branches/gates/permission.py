"""The doors' one question: may this account do this verb, here, today?"""

from django.contrib.auth.backends import ModelBackend

from branches.models import Appointment, Unit
from branches.scope import Scope, remember_appointments, scope_of, verbs_of
from core import clock


def scope_for(user, verb: str) -> Scope:
    """Where the account may do the verb today."""
    return scope_of(user, to=verb, on=clock.today())


def may(user, verb: str, obj=None) -> bool:
    """Whether the account may do the verb anywhere today, or to this one row."""
    if obj is None or obj.pk is None:
        return verb in verbs_of(user, on=clock.today())
    if isinstance(obj, Unit) and ".view_" not in verb:
        # The unit on which a single branch sits may be seen for its name, not worked on.
        return scope_for(user, verb).covers(obj.path)
    return type(obj)._default_manager.visible_in(scope_for(user, verb)).filter(pk=obj.pk).exists()


class AppointmentBackend(ModelBackend):
    """Passwords as Django has them; permissions only from appointments in force."""

    def get_user(self, user_id):
        """The account of a session, read with the appointments that every request asks for."""
        today = clock.today()
        held = list(Appointment.objects.on(today).filter(user=user_id).select_related("user", "unit"))
        if not held:
            return super().get_user(user_id)
        user = held[0].user
        remember_appointments(user, held, on=today)
        return user if self.user_can_authenticate(user) else None

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.is_active and may(user_obj, perm, obj)

    def has_module_perms(self, user_obj, app_label):
        return any(verb.startswith(f"{app_label}.") for verb in verbs_of(user_obj, on=clock.today()))

    def get_all_permissions(self, user_obj, obj=None):
        return set(verbs_of(user_obj, on=clock.today())) if obj is None else set()
