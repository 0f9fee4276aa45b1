"""`Authorization: Bearer <key>` for programs."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from core.models import ApiKey


class KeyAuthentication(BaseAuthentication):
    """The account of a valid key. Wrong, expired and revoked keys get one and the same answer."""

    def authenticate(self, request):
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            found = ApiKey.objects.select_related("user").get_from_key(key.strip())
        except ApiKey.DoesNotExist:
            raise AuthenticationFailed("密钥无效、已过期或已吊销") from None
        if found.has_expired or not found.user.is_active:
            raise AuthenticationFailed("密钥无效、已过期或已吊销")
        return found.user, found

    def authenticate_header(self, request):
        return "Bearer"
