"""Names of units and organisations are kept in one writing and found in others."""

from datetime import date

import pytest

from branches.models import Branch, Unit
from branches.operations import BranchChanges, amend_branch, rename_unit
from branches.operations.units import TreeRule
from core.titles import is_called, normalise_title, place_parts
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.worlds import told_once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  鼓楼社区\u3000", "鼓楼社区"),
        ("第３网格", "第3网格"),
        ("Ａ\u3000\u3000区", "A 区"),
        ("鼓楼社区（东）", "鼓楼社区（东）"),
        ("", ""),
    ],
)
def test_a_name_is_kept_without_padding_and_in_half_width(text, kept):
    assert normalise_title(text) == kept


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("瑞和社区居民委员会", ("瑞和", "社区")),
        ("瑞和 居委会", ("瑞和", "社区")),
        ("瑞和村村民委员会", ("瑞和", "村")),
        ("瑞和", ("瑞和", "")),
        ("南宁街道办事处", ("南宁", "街道")),
        ("越州镇", ("越州", "镇")),
        ("社区", ("社区", "")),
        ("第３网格", ("第3网格", "")),
    ],
)
def test_a_place_has_a_name_and_perhaps_a_kind(text, parts):
    assert place_parts(text) == parts


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("瑞和社区", True),
        ("瑞和居委会", True),
        ("瑞和", True),
        ("瑞和村", False),
        ("瑞和村委会", False),
        ("和", False),
    ],
)
def test_a_place_of_another_kind_is_another_place(text, meant):
    assert is_called("瑞和社区居民委员会", text) is meant


def test_a_name_kept_before_in_full_width_is_found_by_its_own_writing(community):
    Unit.objects.filter(pk=community.pk).update(name="第３社区")

    assert Unit.objects.named_like("第３社区").get() == community
    assert Unit.objects.filter(name="第３社区").exists()


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


def test_a_unit_is_entered_renamed_and_found_in_any_writing(community):
    area = factories.unit(parent=community, name=" 第３小组 ")

    assert area.name == area.placements.get().name == "第3小组"
    assert Unit.objects.named_like("第３\u3000小组").get() == area
    with refused(TreeRule, "名称已经是“第3小组”", field="name"):
        rename_unit(unit=area, name="第３小组", on=date(2025, 1, 1), document="", by=None, today=TODAY)
    assert (
        rename_unit(unit=area, name="第４小组 ", on=date(2025, 1, 1), document="", by=None, today=TODAY)
        .placements.latest("since")
        .name
        == "第4小组"
    )


def test_an_organisation_is_too(community):
    branch = factories.branch(unit=community, name="中共鼓楼第２党支部 ")
    amend_branch(branch=branch, changes=BranchChanges({"short_name": " ２支部"}), by=None, today=TODAY)

    assert Branch.objects.values_list("name", "short_name").get() == ("中共鼓楼第2党支部", "2支部")
    assert Branch.objects.named_like("２支部").get() == branch
