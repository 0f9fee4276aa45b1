"""Accounts and API keys, for system administrators; and the packages' own admin pages taken off the site."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.contrib.auth.models import Group
from django.db.models import Prefetch, Q
from django.urls import reverse
from rest_framework_api_key.models import APIKey
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.widgets import UnfoldAdminPasswordWidget

from branches.gates import Act, ActForm, OperationForm, ReadOnlyAdmin, ScopedAdmin, may, scope_for
from branches.models import Appointment
from branches.operations import amend_account, open_account, revoke_key, set_password
from core import clock
from core.models import ApiKey, User

# Their pages know nothing of scope, and rights are not given by groups here.
for theirs in (Group, APIKey, AccessAttempt, AccessFailureLog, AccessLog):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


def accounts_in(scope):
    """The accounts that a scope reaches: all for the district, else those appointed in it or nowhere."""
    if scope.is_whole:
        return User.objects.all()
    if not scope:
        return User.objects.none()
    here = Appointment.objects.visible_in(scope).values("user")
    return User.objects.filter(Q(pk__in=here) | ~Q(pk__in=Appointment.objects.values("user")))


def answers_beyond(account, scope) -> bool:
    """Whether an account has, or will have, an appointment that the scope does not reach."""
    lasting = account.appointments.exclude(until__lte=clock.today())
    return account.is_superuser or lasting.exclude(pk__in=lasting.visible_in(scope).values("pk")).exists()


class PasswordField(forms.CharField):
    def __init__(self, label, **kwargs):
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, widget=widget, strip=False, **kwargs)


def both_alike(form):
    """Complain when the two passwords differ."""
    first, again = (form.cleaned_data.get(name) for name in ("password", "password_again"))
    if first and again and first != again:
        form.add_error("password_again", "两次输入的密码不一致")


HELP = "至少12个字符，不能全是数字，不能是常见密码，也不要与姓名或账号相近"


class AccountForm(OperationForm):
    password = PasswordField("密码", help_text=HELP)
    password_again = PasswordField("再输一次")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].required = True
        if self.instance.pk:
            del self.fields["password"], self.fields["password_again"]

    def clean(self):
        cleaned = super().clean()
        both_alike(self)
        return cleaned

    def _get_validation_exclusions(self):
        # The model's own password column holds a hash; the operation judges what was typed.
        return {*super()._get_validation_exclusions(), "password"}


class PasswordForm(ActForm):
    password = PasswordField("新密码", help_text=HELP)
    password_again = PasswordField("再输一次")

    def clean(self):
        both_alike(self)
        return self.cleaned_data


def _set_password(account, values, request):
    set_password(account=account, password=values["password"], by=request.user)
    return f"“{account}”的密码已更改，其他已登录的会话随即失效"


class RowsOfQueryset:
    """For pages over tables that hang in no tree: the rows are those of `get_queryset`."""

    def allows(self, request, verb, row=None):
        if row is None or row.pk is None:
            return may(request.user, verb)
        return may(request.user, verb) and self.get_queryset(request).filter(pk=row.pk).exists()


@admin.register(User)
class AccountAdmin(RowsOfQueryset, ScopedAdmin):
    form = AccountForm
    list_display = ["username", "name", "roles", "is_active", "last_login"]
    list_filter = [("is_active", BooleanRadioFilter), ("is_machine", BooleanRadioFilter)]
    search_fields = ["username", "name"]
    ordering = ["username"]
    change_form_outer_after_template = "branches/account_panels.html"
    acts = [
        Act(
            "password",
            "设置密码",
            PasswordForm,
            "core.change_user",
            _set_password,
            icon="password",
            offered=lambda account: not account.is_machine,
        ),
    ]

    def allows(self, request, verb, row=None):
        """An account that also answers for something beyond the person's scope is not hers to change."""
        if row is None or row.pk is None or not super().allows(request, verb, row):
            return super().allows(request, verb, row)
        scope = self.scope(request, "change")
        return verb != self.verb("change") or scope.is_whole or not answers_beyond(row, scope)

    def get_queryset(self, request):
        today = Appointment.objects.on(clock.today()).select_related("unit", "branch")
        accounts = accounts_in(self.scope(request, "view")).order_by(*self.ordering)
        return accounts.prefetch_related(Prefetch("appointments", today))

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["username", "name", "email", "password", "password_again"]
        return ["username", "name", "email", "is_active", "is_machine", "last_login", "date_joined"]

    def get_readonly_fields(self, request, obj=None):
        return ["is_machine", "last_login", "date_joined"] if obj else []

    def choice_texts(self, rows):
        return {row.pk: f"{row.name}（{row.username}）" if row.name else row.username for row in rows}

    def perform(self, request, obj, form, change):
        values = {
            name: form.cleaned_data[name] for name in form.cleaned_data if not name.startswith("password")
        }
        if change:
            return amend_account(account=obj, values=values, by=request.user)
        return open_account(values=values, password=form.cleaned_data["password"], by=request.user)

    def beside(self, request, account):
        return {"panels": self._panels(request, account)}

    def _panels(self, request, account):
        appointments = Appointment.objects.visible_in(scope_for(request.user, "branches.view_appointment"))
        adds = may(request.user, "branches.add_appointment")
        return {
            "appointments": appointments.filter(user=account).select_related("unit", "branch"),
            "add_link": adds and f"{reverse('admin:branches_appointment_add')}?user={account.pk}",
            "day": clock.today(),
        }

    @admin.display(description="今天的角色")
    def roles(self, account):
        told = [f"{row.get_role_display()}（{row.unit or row.branch}）" for row in account.appointments.all()]
        return "、".join(told) or ("初始设置用超级账号" if account.is_superuser else "无授权")


def _revoke(key, values, request):
    revoke_key(key=key, by=request.user)
    return f"密钥“{key.name}”已吊销"


def _labelled(name, label):
    """A column of a package's table under a label that people can read."""

    @admin.display(description=label, ordering=name)
    def column(row):
        return display_for_value(getattr(row, name), "")

    return column


@admin.register(ApiKey)
class ApiKeyAdmin(RowsOfQueryset, ReadOnlyAdmin):
    named = (_labelled("name", "名称"), _labelled("prefix", "前缀"), "user", _labelled("created", "发放时间"))
    list_display = [*named, "expiry_date", "state"]
    search_fields = ["name", "prefix"]
    list_select_related = ["user"]
    fields = readonly_fields = [*named, "expiry_date", "state"]
    acts = [
        Act(
            "revoke",
            "吊销",
            ActForm,
            "core.change_apikey",
            _revoke,
            icon="key_off",
            offered=lambda key: not key.revoked,
            note="吊销立即生效，且不能恢复；需要时请另发新密钥。",
        ),
    ]

    def get_queryset(self, request):
        return ApiKey.objects.filter(user__in=accounts_in(self.scope(request, "view")).values("pk"))

    @admin.display(description="状态")
    def state(self, key):
        if key.revoked:
            return "已吊销"
        return "已过期" if key.has_expired else "有效"
