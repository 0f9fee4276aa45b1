"""The demo's accounts, one for each role that a visitor may want to try."""

from core.models import User

DEMO_ACCOUNTS = {
    "district": "区级管理员",
    "street": "街道党务（建宁街道）",
    "community": "社区党务",
    "secretary": "支部书记",
    "auditor": "审计员",
    "system": "系统管理员（只管账号）",
}


def demo_accounts_exist() -> bool:
    """Whether this database was filled by the demo."""
    return User.objects.filter(username="district").exists()


def set_passwords(password: str) -> None:
    """Give every demo account this password."""
    for user in User.objects.filter(username__in=DEMO_ACCOUNTS):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
