"""Verbs of accounts and keys: open, amend, set a password, revoke."""

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from core.audit import record
from core.changes import check, locked, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from core.models import User


class AccountRule(DomainError):
    """An account or a key may not be changed like that."""

    code = "account_rule"


@transaction.atomic
def open_account(*, values, password, by):
    """Open an account: `values`: username, name and optionally email. It may do nothing until appointed."""
    account = User(is_staff=True, **values)
    _check_name_is_free(account)
    _check_password(password, account)
    account.set_password(password)
    check(account)
    account.save()
    record("account.opened", account, by=by, fields=values)
    return account


@transaction.atomic
def amend_account(*, account, values, by):
    """Correct an account's data, or close and reopen it (`is_active`). Nobody closes her own account."""
    account = locked(account)
    if by is not None and account.pk == by.pk and values.get("is_active") is False:
        raise AccountRule("不能停用自己的账号", field="is_active")
    changed = set_values(account, values)
    if "username" in changed:
        _check_name_is_free(account)
    if changed:
        check(account)
        account.save(update_fields=changed)
        record("account.amended", account, by=by, fields=changed)
    return account


def _check_name_is_free(account):
    """Two names that differ only in capitals would be two people's in one list."""
    if User.objects.filter(username__iexact=account.username).exclude(pk=account.pk).exists():
        raise InvalidValue(f"用户名“{account.username}”已有账号使用（不分大小写）", field="username")


@transaction.atomic
def set_password(*, account, password, by):
    """Give an account another password; its open sessions end, and failed logins are forgotten."""
    account = locked(account)
    if account.is_machine:
        raise AccountRule("接口账号没有密码，请使用接口密钥")
    _check_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    reset(username=account.username)
    record("account.password_set", account, by=by, fields=["password"])
    return account


@transaction.atomic
def revoke_key(*, key, by):
    """Make an API key worthless from now on. It cannot be given back."""
    key = locked(key)
    if key.revoked:
        raise AccountRule(f"密钥“{key.name}”已经吊销")
    key.revoked = True
    key.save()
    record("key.revoked", key.user, by=by, fields=["revoked"], reason=key.name)
    return key


def _check_password(password, account):
    try:
        validate_password(password, account)
    except ValidationError as error:
        refuse_all([InvalidValue(message, field="password") for message in error.messages])
