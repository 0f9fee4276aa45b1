"""The verb that gives a program its key."""

from datetime import timedelta

from django.db import transaction

from branches.operations.appointments import appoint
from core.audit import record
from core.changes import check
from core.errors import InvalidValue
from core.models import ApiKey, User

LONGEST_LIFE = 3650
LONGEST_NAME = 50


@transaction.atomic
def issue_key(*, consumer, appointment, days, by, now):
    """Make a key for the program `consumer` that expires after `days`, and return it; it is kept nowhere.

    The key acts as an account of its own, which is given `appointment`: role, since, and unit or branch.
    """
    if not consumer.strip() or len(consumer) > LONGEST_NAME:
        raise InvalidValue(f"使用方名称“{consumer}”应为1到{LONGEST_NAME}个字", field="consumer")
    if not 1 <= days <= LONGEST_LIFE:
        raise InvalidValue(f"有效天数 {days} 应为1到{LONGEST_LIFE}", field="days")
    row = ApiKey(name=consumer, expiry_date=now + timedelta(days=days))
    key = ApiKey.objects.assign_key(row)
    row.user = _account_of(consumer, row.prefix)
    row.save()
    appoint(user=row.user, values=appointment, by=by)
    record(
        "key.issued",
        row.user,
        by=by,
        fields=["name", "expiry_date"],
        reason=consumer,
        place=_place(appointment),
    )
    return key


def _account_of(consumer, prefix) -> User:
    account = User(username=f"{consumer}-{prefix}", name=consumer, is_machine=True)
    account.set_unusable_password()
    try:
        check(account)
    except InvalidValue:
        raise InvalidValue(
            f"使用方名称“{consumer}”只能有文字、数字和 @ . + - _，不能有空格", field="consumer"
        ) from None
    account.save()
    return account


def _place(appointment) -> str:
    return (appointment.get("unit") or appointment["branch"]).path
