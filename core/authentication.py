"""`Authorization: Bearer <key>` for programs."""

from datetime import timedelta

from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from core import clock
from core.models import ApiKey

REFUSAL = "密钥无效、已过期或已吊销"


LONGEST_NAME = 150


class KeyAuthentication(BaseAuthentication):
    """The account of a valid key. Wrong, expired and revoked keys get one and the same answer."""

    def authenticate(self, request):
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = self._key(key.strip())
        if found is None or found.has_expired or not found.user.is_active:
            raise AuthenticationFailed(REFUSAL)
        return found.user, found

    def _key(self, text):
        if not text.isascii() or not text.isprintable():
            return None
        usable = ApiKey.objects.get_usable_keys().select_related("user")
        found = usable.filter(prefix=text.partition(".")[0]).first()
        return found if found and found.is_valid(text) else None

    def authenticate_header(self, request):
        return "Bearer"


class KeyScheme(OpenApiAuthenticationExtension):
    """How the API's description speaks of keys; found by the library because it is defined."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, *args):
        return {"type": "http", "scheme": "bearer", "description": "由 manage.py issue_key 签发的密钥。"}


class AddressLimit(BaseBackend):
    """Refuses an address from which very many logins failed of late, whatever the names.

    An account is closed to an address after a few failures; this is for who tries one password on many names.
    """

    def authenticate(self, request, **credentials):
        lately = clock.now() - timedelta(hours=settings.ADDRESS_FAILURE_HOURS)
        failed = AccessFailureLog.objects.filter(
            ip_address=client_address(request), attempt_time__gt=lately
        ).count()
        if failed >= settings.ADDRESS_FAILURE_LIMIT:
            request.axes_locked_out = True
            raise PermissionDenied


def login_name(request, credentials) -> str:
    """The name under which a failed login is counted: no longer than a name can be."""
    given = (credentials or {}).get("username") or request.POST.get("username") or ""
    return given.replace("\x00", "")[:LONGEST_NAME]


def client_address(request) -> str:
    """Where a request comes from: behind PROXY_COUNT proxies, what the outermost of them saw."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    count = settings.PROXY_COUNT
    return hops[-count] if 0 < count <= len(hops) else request.META.get("REMOTE_ADDR", "")
