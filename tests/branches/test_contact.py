"""How the office of a unit is reached."""

import pytest

from branches.models import Unit
from branches.operations import (
    close_unit,
    set_contact,
)
from branches.operations.units import TreeRule
from core.errors import DomainError
from core.models import AuditEntry
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.worlds import told_once

OFFICE = {"post_address": "麒麟南路1号", "office_phone": "0874 3100001", "fax": "", "postcode": "655000"}


@told_once
def street(db):
    return factories.lineage("麒麟区", "南宁街道")[-1]


@told_once
def clerk(db):
    return factories.account(name="区委老干局小张")


def test_how_an_office_is_reached_is_written_as_phones_are_and_nothing_else_changes(street, clerk):
    unit = set_contact(unit=street, values={**OFFICE, "alias": "别的"}, by=clerk, version=1)

    assert (unit.post_address, unit.office_phone, unit.fax, unit.postcode, unit.alias, unit.version) == (
        "麒麟南路1号", "0874-3100001", "", "655000", "", 2,
    )  # fmt: skip
    entry = AuditEntry.objects.about(unit).get(verb="unit.amended")
    assert (entry.by, sorted(entry.fields)) == (clerk, ["office_phone", "post_address", "postcode"])


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"office_phone": "310"}, "office_phone", "电话“310”不是11位手机号"),
        ({"fax": "没有"}, "fax", "电话“没有”不是11位手机号"),
        ({"postcode": "65500"}, "postcode", "邮政编码是6位数字"),
    ],
)
def test_an_office_that_cannot_be_reached_so_is_refused_in_words(street, wrong, field, words):
    with pytest.raises(DomainError) as refusal:
        set_contact(unit=street, values={**OFFICE, **wrong}, by=None)

    [error] = refusal.value.errors
    assert (error.field, error.detail[: len(words)]) == (field, words)
    assert Unit.objects.get(pk=street.pk).version == 1


def test_a_closed_unit_has_no_office(street):
    unit = factories.unit(parent=street, name="第九社区")
    close_unit(unit=unit, on=TODAY, document="", by=None, today=TODAY)

    with refused(TreeRule, f"“第九社区”已于 {TODAY} 撤销", field="on"):
        set_contact(unit=unit, values=OFFICE, by=None)
