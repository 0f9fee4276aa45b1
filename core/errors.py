"""Refusals: what an operation says when it does not do what was asked."""

from functools import lru_cache

from django.apps import apps
from django.db import OperationalError


class DomainError(Exception):
    """An operation refused, in words for the person who asked; `field` names what was wrong."""

    code = "refused"
    status = 409

    def __init__(self, detail: str, *, field: str | None = None):
        super().__init__(detail)
        self.detail = detail
        self.field = field

    @property
    def errors(self) -> list["DomainError"]:
        """Every refusal this one stands for."""
        return [self]


class InvalidValue(DomainError):
    """A value breaks a rule of its own field or of its row."""

    code = "invalid"
    status = 400


class NotPermitted(DomainError):
    """The person may see the thing, but not do this to it."""

    code = "permission_denied"
    status = 403


class StaleVersion(DomainError):
    """The row has been changed since the person read it."""

    code = "stale"
    status = 412


class SeveralRefusals(DomainError):
    """All that was wrong, at once, so that nobody has to find out one error at a time."""

    code = "invalid"
    status = 400

    def __init__(self, errors: list[DomainError]):
        super().__init__("；".join(error.detail for error in errors))
        self._errors = errors

    @property
    def errors(self) -> list[DomainError]:
        return self._errors


def refuse_all(errors: list[DomainError]) -> None:
    """Raise what was collected: nothing, the one refusal itself, or all of them together."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralRefusals(errors)


def refusal_of(error) -> DomainError:
    """What a broken constraint or a lost race means in words; a failure of another kind is raised again."""
    cause = getattr(error, "__cause__", None)
    if isinstance(error, OperationalError) and getattr(cause, "sqlstate", "") not in LOST_RACES:
        raise error
    name = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    message = _constraint_messages().get(name) or getattr(
        getattr(cause, "diag", None), "message_primary", None
    )
    if getattr(cause, "sqlstate", "") not in SPOKEN_STATES or not message or message.isascii():
        message = "数据有冲突，可能有人同时做了修改，请刷新后重试"
    return DomainError(message)


# Deadlock, serialisation failure, a lock not to be had in time.
LOST_RACES = {"40P01", "40001", "55P03"}
# Unique, exclusion and check violations, which our own triggers also raise.
SPOKEN_STATES = {"23505", "23P01", "23514"}


@lru_cache
def _constraint_messages() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
