"""What every changing operation shares: lock, version, checks, refusals, and what a constraint says."""

from datetime import date

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from branches.models import Employer, Unit
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import (
    DomainError,
    InvalidValue,
    NotPermitted,
    SeveralRefusals,
    StaleVersion,
    refusal_of,
    refuse_all,
)
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once


@told_once
def factory(db):
    return factories.employer(name="曲靖机械厂")


def test_locked_gives_the_row_as_it_is_now(factory):
    Employer.objects.filter(pk=factory.pk).update(note="后来写的")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        fresh = locked(factory)

    assert fresh.note == "后来写的"
    assert "FOR UPDATE" in queries[0]["sql"]


@pytest.mark.parametrize("version", [1, "1"])
def test_locked_takes_the_version_that_was_read_as_number_or_text(factory, version):
    assert locked(factory, version=version) == factory


def test_locked_refuses_a_version_that_has_passed_and_says_both(factory):
    factory.version = 3
    factory.save()

    with pytest.raises(StaleVersion) as refusal:
        locked(factory, version=2)

    assert (
        refusal.value.detail == "“曲靖机械厂”已被他人修改（您看到的是第2版，现为第3版），请重新打开此页再改"
    )
    assert (refusal.value.status, refusal.value.code) == (412, "stale")


def test_set_values_names_only_what_differs(factory):
    changed = set_values(factory, {"name": "曲靖机械厂", "note": "已改制"})

    assert changed == ["note"]
    assert factory.note == "已改制"


def test_save_change_makes_the_next_version(factory):
    factory.note = "已改制"
    save_change(factory)

    assert (Employer.objects.get(pk=factory.pk).note, Employer.objects.get(pk=factory.pk).version) == (
        "已改制",
        2,
    )


def test_check_says_everything_that_is_wrong_each_with_its_field():
    with pytest.raises(SeveralRefusals) as refusal:
        check(Employer(name="", nature="x", credit_code="1"), constraints=False)

    assert sorted(error.field for error in refusal.value.errors) == ["credit_code", "name", "nature"]
    assert all(type(error) is InvalidValue for error in refusal.value.errors)


def test_a_day_that_no_plan_reaches_is_a_slip_of_the_pen():
    far = Employer(name="曲靖机械厂", nature="organ", dissolved_on=date(9999, 12, 31))
    with pytest.raises(InvalidValue) as refusal:
        check(far, constraints=False)

    said = "“注销日期”9999-12-31 太远，最晚到 2199 年"
    assert (refusal.value.field, refusal.value.detail) == ("dissolved_on", said)
    far.dissolved_on = date(2199, 12, 31)
    check(far, constraints=False)


def test_check_asks_the_constraints_too_and_a_rule_of_the_whole_row_has_no_field(factory):
    with pytest.raises(InvalidValue) as refusal:
        check(
            Unit(
                name="x", code="5303021", level=1, path="00001/", opened_on=TODAY, closed_on=date(2000, 1, 1)
            )
        )

    assert (refusal.value.field, refusal.value.detail) == (None, "撤销日期必须晚于设立日期")


def test_check_without_constraints_asks_the_database_nothing(factory, django_assert_num_queries):
    with django_assert_num_queries(0):
        check(Employer(name="曲靖机械厂", nature="organ"), constraints=False)


def test_a_day_may_be_today_but_not_after():
    not_after(TODAY, TODAY, field="on", label="日期")
    not_after(None, TODAY, field="on", label="日期")

    with pytest.raises(InvalidValue) as refusal:
        not_after(date(2026, 11, 24), TODAY, field="on", label="日期")
    assert (refusal.value.field, refusal.value.detail) == ("on", "日期 2026-11-24 在今天（2026-11-23）之后")


# Refusals.


def test_no_refusal_raises_nothing_one_raises_itself_and_several_raise_together():
    first, second = InvalidValue("甲", field="a"), NotPermitted("乙")

    assert refuse_all([]) is None
    with pytest.raises(InvalidValue) as one:
        refuse_all([first])
    assert one.value is first
    with pytest.raises(SeveralRefusals) as both:
        refuse_all([first, second])
    assert both.value.errors == [first, second]
    assert both.value.detail == "甲；乙"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError("x"), 409, "refused"),
        (InvalidValue("x"), 400, "invalid"),
        (NotPermitted("x"), 403, "permission_denied"),
        (StaleVersion("x"), 412, "stale"),
        (SeveralRefusals([]), 400, "invalid"),
    ],
)
def test_each_refusal_has_its_status_and_code(error, status, code):
    assert (error.status, error.code) == (status, code)


CONFLICT = "数据有冲突，可能有人同时做了修改，请刷新后重试"


def broken(action):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        action()
    return refusal_of(caught.value).detail


def test_a_broken_constraint_speaks_the_words_of_its_model(factory):
    assert broken(lambda: Employer.objects.create(name="曲靖机械厂", nature="organ")) == "已有同名单位"


def test_a_broken_constraint_without_words_of_its_own_is_a_conflict(factory):
    unit = factories.unit()

    assert broken(lambda: Unit.objects.create(
        name="x", code="5303029", level=1, path=unit.path, opened_on=TODAY
    )) == CONFLICT  # fmt: skip


def test_a_missing_reference_is_a_conflict_and_shows_no_sql(factory):
    def point_nowhere():
        unit = factories.unit()
        Unit.objects.filter(pk=unit.pk).update(parent=unit.pk + 999, level=1)

    assert broken(point_nowhere) == CONFLICT


@pytest.mark.parametrize(
    "error", [IntegrityError("x"), ValidationError({NON_FIELD_ERRORS: ["x"]}), ValueError()]
)
def test_an_error_without_a_cause_is_a_conflict(error):
    assert refusal_of(error).detail == CONFLICT
