"""What every operation that changes a row does: lock it, compare its version, say which fields changed."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, reduce
from operator import and_

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, UniqueConstraint

from core.errors import InvalidValue, StaleVersion, refuse_all

ASKED = ContextVar("ASKED", default=True)
# No plan reaches further: beyond it is a slip of the pen, and counting on from it leaves the calendar.
LAST_YEAR = 2199


def locked(row, *, version=None):
    """The row as it is now, locked until the transaction ends; StaleVersion if not `version`, or gone."""
    try:
        fresh = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    except type(row).DoesNotExist:
        raise StaleVersion(f"“{row}”刚被撤回，已经没有了，请返回列表") from None
    refuse_stale(fresh, version)
    return fresh


def refuse_stale(fresh, version) -> None:
    """Raise StaleVersion when the row is no longer the version that the person read."""
    if version is not None and fresh.version != int(version):
        raise StaleVersion(
            f"“{fresh}”已被他人修改（您看到的是第{version}版，现为第{fresh.version}版），请重新打开此页再改"
        )


def set_values(row, values: dict) -> list[str]:
    """Set the attributes that differ and return their names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def check(row, *, constraints=True) -> None:
    """Run the row's own validators and constraints; raise every complaint at once, each with its field.

    `constraints=False` where the operation has already asked what they say: asking costs queries.
    """
    keys = {field.name for field in row._meta.concrete_fields if field.is_relation}
    refuse_all(_too_far(row))
    try:
        row.full_clean(exclude=keys, validate_unique=False, validate_constraints=False)
        if constraints:
            _check_constraints(row)
    except ValidationError as error:
        refuse_all(
            [
                InvalidValue(message, field=_taken(type(row), message) if field == "__all__" else field)
                for field, messages in error.message_dict.items()
                for message in messages
            ]
        )


def _too_far(row) -> list[InvalidValue]:
    return [
        InvalidValue(f"“{field.verbose_name}”{day} 太远，最晚到 {LAST_YEAR} 年", field=field.name)
        for field in _days_of(type(row))
        if (day := getattr(row, field.attname)) and day.year > LAST_YEAR
    ]


@lru_cache
def _days_of(model) -> tuple:
    columns = (field for field in model._meta.concrete_fields if not field.generated)
    return tuple(field for field in columns if field.get_internal_type() == "DateField")


def _taken(model, message) -> str | None:
    """The column that is taken already, where a constraint of one column beside keys says so."""
    saying = (
        each
        for each in model._meta.constraints
        if isinstance(each, UniqueConstraint) and str(each.violation_error_message) == message
    )
    own = [name for constraint in saying for name in constraint.fields if _is_filled_in(model, name)]
    return own[0] if len(own) == 1 else None


def _is_filled_in(model, name) -> bool:
    column = model._meta.get_field(name)
    return column.editable and not column.is_relation


@contextmanager
def constraints_unasked():
    """Within it the database alone says what breaks a constraint: where nobody is there to read words."""
    token = ASKED.set(False)
    try:
        yield
    finally:
        ASKED.reset(token)


def _check_constraints(row) -> None:
    """Raise ValidationError with what every broken constraint says."""
    if not ASKED.get():
        return
    try:
        for constraint in _constraints_of(type(row)):
            constraint.validate(type(row), row)
    except ValidationError:
        row.validate_constraints()  # one by one, for every complaint and its field


@lru_cache
def _constraints_of(model) -> tuple:
    """The constraints worth asking about, all CHECKs in one: Django spends three statements on each.

    NULL counts as kept in each CHECK, and an AND is false only where one of its parts is.
    """
    constraints = model._meta.constraints
    checks = [each.condition for each in constraints if isinstance(each, CheckConstraint)]
    others = [
        each
        for each in constraints
        if not isinstance(each, CheckConstraint)
        # With the key in it, it is there for foreign keys and cannot be broken.
        and not (isinstance(each, UniqueConstraint) and model._meta.pk.name in each.fields)
    ]
    return *([CheckConstraint(condition=reduce(and_, checks), name="all_checks")] if checks else []), *others


def save_change(row) -> None:
    """Check and save the row as its next version."""
    row.version += 1
    check(row)
    row.save()


def words_of(text: str, refusal: str, *, field: str = "reason") -> str:
    """What somebody has to say, without the space around it; refused in these words when it is nothing."""
    if not text.strip():
        raise InvalidValue(refusal, field=field)
    return text.strip()


def not_after(day, today, *, field, label) -> None:
    """Refuse a day that has not come yet."""
    if day and day > today:
        raise InvalidValue(f"{label} {day} 在今天（{today}）之后", field=field)
