"""The demo's accounts, one for each role that a visitor may want to try."""

from datetime import date

from django.contrib.auth.hashers import check_password, make_password

from branches.models import Role
from branches.operations import appoint
from core.models import User

DEMO_ACCOUNTS = {
    "district": "区级管理员",
    "street": "街道党务（建宁街道）",
    "community": "社区党务",
    "secretary": "支部书记",
    "auditor": "审计员",
    "system": "系统管理员（只管账号）",
}
APPOINTED_SINCE = date(2019, 1, 1)


def make_accounts() -> dict[str, User]:
    """Open the demo's accounts; nobody can sign in to them before they are given a password."""
    return {
        username: User.objects.create_user(username, name=title, is_staff=True)
        for username, title in DEMO_ACCOUNTS.items()
    }


def appoint_officer(accounts, *, district) -> None:
    """Give the district's account its role, in which it then founds the rest."""
    _appoint(accounts, {"district": {"role": Role.DISTRICT_OFFICER, "unit": district}})


def appoint_accounts(accounts, *, district, street, community, branch) -> None:
    """Give each of the other accounts its role at its place."""
    at = {
        "street": {"role": Role.STREET_CLERK, "unit": street},
        "community": {"role": Role.COMMUNITY_CLERK, "unit": community},
        "secretary": {"role": Role.BRANCH_SECRETARY, "branch": branch},
        "auditor": {"role": Role.AUDITOR, "unit": district},
        "system": {"role": Role.SYSTEM_ADMINISTRATOR, "unit": district},
    }
    _appoint(accounts, at)


def _appoint(accounts, at):
    for username, values in at.items():
        appoint(user=accounts[username], values={"since": APPOINTED_SINCE, **values}, by=None)


def demo_accounts_exist() -> bool:
    """Whether this database was filled by the demo."""
    return User.objects.filter(username="district").exists()


def set_passwords(password: str) -> None:
    """Give every demo account this password."""
    accounts = User.objects.filter(username__in=DEMO_ACCOUNTS)
    kept = set(accounts.values_list("password", flat=True))
    # One hash for all of them: hashing is slow, which is its purpose, and every start comes by here.
    if len(kept) != 1 or not check_password(password, kept.pop()):
        accounts.update(password=make_password(password))
