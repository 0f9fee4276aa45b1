"""The five-level tree: what may hang where, and what the past keeps when it changes."""

from datetime import date

import pytest

from branches.models import Level, Reorganisation, Unit, UnitPlacement
from branches.models.unit import paths_above, step
from branches.operations import (
    add_unit,
    amend_unit,
    close_unit,
    dissolve_branch,
    move_branch,
    move_unit,
    rename_unit,
)
from branches.operations.units import TreeRule
from core.errors import InvalidValue, SeveralRefusals, StaleVersion
from core.models import AuditEntry
from tests import factories
from tests.factories import LONG_AGO, TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

DAY, TOMORROW = date(2024, 6, 1), date(2026, 11, 24)


@told_once
def tree(db):
    """麒麟区 / 南宁街道 / 鼓楼社区 / 第一小组 / 第一网格, and 白石江街道 / 瑞和社区 beside it."""
    names = ("district", "street", "community", "group", "grid")
    lines = factories.lineage("麒麟区", "南宁街道", "鼓楼社区", "第一小组", "第一网格")
    tree = dict(zip(names, lines, strict=True))
    tree["other_street"], tree["other_community"] = factories.lineage(
        "白石江街道", "瑞和社区", below=tree["district"]
    )
    return tree


@told_once
def clerk(db):
    return factories.account(name="区委老干局小张")


def add(parent, **values):
    values = {"name": "新单位", "opened_on": DAY, **values}
    return add_unit(parent=parent, values=values, by=None, today=TODAY)


def move(unit, to, on=DAY):
    return move_unit(unit=unit, to=to, on=on, document="区划〔2024〕1号", by=None, today=TODAY)


def rename(unit, name="新名", on=DAY):
    return rename_unit(unit=unit, name=name, on=on, document="区划〔2024〕2号", by=None, today=TODAY)


def close(unit, on=DAY):
    return close_unit(unit=unit, on=on, document="区划〔2024〕3号", by=None, today=TODAY)


def story(unit):
    """(name, parent's name, since, until) of every placement."""
    return [
        (place.name, place.parent and place.parent.name, place.since, place.until)
        for place in unit.placements.order_by("since")
    ]


# Adding.


def test_a_unit_hangs_one_level_below_its_parent(tree, clerk):
    values = {"name": "第二网格", "opened_on": DAY, "document": "区划〔2024〕9号"}
    grid = add_unit(parent=tree["group"], values=values, by=clerk, today=TODAY)

    assert (grid.level, grid.parent) == (Level.GRID, tree["group"])
    assert grid.path == tree["group"].path + step(grid.pk)
    assert story(grid) == [("第二网格", "第一小组", DAY, None)]
    act = grid.placements.get().reorganisation
    assert (act.kind, act.effective_on, act.document, act.by) == ("establish", DAY, "区划〔2024〕9号", clerk)
    entry = AuditEntry.objects.about(grid).get()
    assert (entry.verb, entry.by, entry.fields) == ("unit.added", clerk, ["name", "opened_on"])


def test_groups_and_grids_get_the_next_code_below_their_parent(tree):
    assert tree["grid"].code == tree["group"].code + "001"
    assert add(tree["group"], name="第二网格").code == tree["group"].code + "002"
    assert add(tree["community"], name="第二小组").code == tree["community"].code + "02"
    add(tree["group"], name="自编码网格", code=tree["group"].code + "abc")
    assert add(tree["group"], name="第三网格").code == tree["group"].code + "003"


def test_a_code_is_not_given_again_when_its_unit_has_moved_away(tree):
    elsewhere = add(tree["street"], name="文昌社区", code=tree["street"].code + "901")
    second = add(tree["community"], name="第二小组")
    move(second, elsewhere)

    assert add(tree["community"], name="第三小组").code == tree["community"].code + "03"


def test_after_the_last_code_those_that_are_free_are_given_and_then_none(tree):
    add(tree["community"], name="末组", code=tree["community"].code + "99")

    assert add(tree["community"], name="第二小组").code == tree["community"].code + "02"
    for number in range(3, 99):
        factories.unit(parent=tree["community"], name=f"第{number}小组")
    with refused(InvalidValue, "“鼓楼社区”之下的编号已用完，请自行填写代码", field="code"):
        add(tree["community"], name="再一小组")


def test_streets_and_communities_need_their_statistical_code(tree):
    with refused(InvalidValue, "街道须填写统计用区划代码", field="code"):
        add(tree["district"], name="新街道")
    with refused(InvalidValue, "社区须填写统计用区划代码", field="code"):
        add(tree["street"], name="新社区")


@pytest.mark.parametrize(
    ("parent", "level", "rule"),
    [
        ("district", Level.GRID, "网格的上级必须是小组，“麒麟区”是区"),
        ("street", Level.GRID, "网格的上级必须是小组，“南宁街道”是街道"),
        ("street", Level.GROUP, "小组的上级必须是社区，“南宁街道”是街道"),
        ("community", Level.STREET, "街道的上级必须是区，“鼓楼社区”是社区"),
        ("community", Level.DISTRICT, "区没有上级，“鼓楼社区”是社区"),
        ("grid", Level.GRID, "网格之下不能再设单位，“第一网格”是网格"),
        ("grid", None, "网格之下不能再设单位，“第一网格”是网格"),
    ],
)
def test_a_unit_of_the_wrong_level_is_refused(tree, parent, level, rule):
    with refused(TreeRule, rule, field="parent"):
        add(tree[parent], level=level, code="53030299")


def test_there_is_one_district(tree):
    with refused(TreeRule, "区只能有一个，其他单位须有上级", field="parent"):
        add(None, code="530399")


def test_only_the_district_has_no_parent(db):
    with refused(TreeRule, "只有区没有上级", field="parent"):
        add(None, level=Level.STREET, code="530399")


def test_a_unit_opens_no_later_than_today(tree):
    assert add(tree["group"], name="今日网格", opened_on=TODAY).opened_on == TODAY
    with refused(InvalidValue, f"设立日期 {TOMORROW} 在今天（{TODAY}）之后", field="opened_on"):
        add(tree["group"], opened_on=TOMORROW)


def test_a_unit_opens_no_earlier_than_its_parent(tree):
    assert add(tree["group"], name="同日网格", opened_on=LONG_AGO).opened_on == LONG_AGO
    with refused(InvalidValue, "1989-12-31 早于上级“第一小组”的设立日期 1990-01-01", field="opened_on"):
        add(tree["group"], opened_on=date(1989, 12, 31))


def test_nothing_hangs_below_a_closed_unit(tree):
    close(tree["grid"])
    close(tree["group"])

    with refused(TreeRule, "上级“第一小组”已于 2024-06-01 撤销", field="opened_on"):
        add(tree["group"], opened_on=date(2025, 1, 1))


def test_live_siblings_have_different_names(tree):
    with refused(InvalidValue, "同一上级下已有同名单位", field="name"):
        add(tree["group"], name="第一网格")
    close(tree["grid"])
    assert add(tree["group"], name="第一网格", opened_on=date(2025, 1, 1)).pk != tree["grid"].pk


def test_a_code_is_used_once_and_is_digits_letters_and_hyphens(tree):
    with refused(InvalidValue, "该代码已被使用", field="code"):
        add(tree["street"], code=tree["community"].code)
    with refused(InvalidValue, "代码只能由数字、字母和连字符组成", field="code"):
        add(tree["street"], code="５３０３０２")


@pytest.mark.parametrize(
    ("parent", "code", "rule"),
    [
        ("district", "53030299", "应为9位数字（街道）"),
        ("district", "5303029990", "应为9位数字（街道）"),
        ("district", "53030299A", "应为9位数字（街道）"),
        ("street", "530302001", "应为12位数字（社区）"),
        ("street", "53030200109-", "应为12位数字（社区）"),
    ],
)
def test_the_first_levels_have_the_codes_of_divisions(tree, parent, code, rule):
    unit = tree["street"] if parent == "district" else tree["community"]

    with refused(InvalidValue, f"代码“{code}”{rule}", field="code"):
        add(tree[parent], code=code)
    with refused(InvalidValue, f"代码“{code}”{rule}", field="code"):
        amend_unit(unit=unit, values={"code": code}, by=None)


def test_the_district_s_code_has_six_digits(db):
    with refused(InvalidValue, "代码“5303020”应为6位数字（区）", field="code"):
        add(None, code="5303020")


def test_groups_and_grids_have_codes_as_the_district_likes(tree):
    assert add(tree["community"], name="第二小组", code="X-2").code == "X-2"
    assert amend_unit(unit=tree["grid"], values={"code": "G-1"}, by=None).code == "G-1"


def test_a_code_from_before_stays_while_other_things_are_amended(tree):
    Unit.objects.filter(pk=tree["street"].pk).update(code="53-302")

    values = {"code": "53-302", "alias": "老城"}
    assert amend_unit(unit=tree["street"], values=values, by=None).alias == "老城"


def test_everything_wrong_with_a_unit_is_said_at_once(tree):
    said = [("code", "代码只能由数字、字母和连字符组成"), ("name", "此字段不能为空。")]
    with refused(SeveralRefusals, errors=said):
        add(tree["street"], code="x y", name="")


# Amending.


def test_amending_touches_code_alias_and_keeper_only(tree, clerk):
    values = {"alias": "南宁", "managed_by": "经开区", "name": "别的", "opened_on": TODAY}
    unit = amend_unit(unit=tree["street"], values=values, by=clerk, version=1)

    assert (unit.alias, unit.managed_by, unit.name) == ("南宁", "经开区", "南宁街道")
    assert (unit.opened_on, unit.version) == (LONG_AGO, 2)
    assert AuditEntry.objects.about(unit).get(verb="unit.amended").fields == ["alias", "managed_by"]


def test_amending_nothing_writes_nothing(tree):
    amend_unit(unit=tree["street"], values={"alias": ""}, by=None)

    assert Unit.objects.get(pk=tree["street"].pk).version == 1
    assert not AuditEntry.objects.filter(verb="unit.amended").exists()


def test_amending_a_version_that_has_passed_is_refused(tree):
    amend_unit(unit=tree["street"], values={"alias": "甲"}, by=None, version=1)

    said = "“南宁街道”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"
    with refused(StaleVersion, said):
        amend_unit(unit=tree["street"], values={"alias": "乙"}, by=None, version=1)


# Renaming.


def test_days_before_a_renaming_keep_the_old_name(tree):
    rename(tree["community"], "鼓楼新社区")

    assert story(tree["community"]) == [
        ("鼓楼社区", "南宁街道", LONG_AGO, DAY),
        ("鼓楼新社区", "南宁街道", DAY, None),
    ]
    assert Unit.objects.get(pk=tree["community"].pk).name == "鼓楼新社区"
    places = UnitPlacement.objects.filter(unit=tree["community"])
    assert places.on(date(2024, 5, 31)).get().name == "鼓楼社区"
    assert places.on(DAY).get().name == "鼓楼新社区"


def test_a_second_renaming_on_one_day_amends_the_first(tree):
    rename(tree["community"], "甲社区")
    rename(tree["community"], "乙社区")

    assert story(tree["community"]) == [
        ("鼓楼社区", "南宁街道", LONG_AGO, DAY),
        ("乙社区", "南宁街道", DAY, None),
    ]
    assert Reorganisation.objects.filter(kind="rename").count() == 2


def test_a_renaming_before_a_later_change_is_refused(tree):
    rename(tree["community"], "甲社区")

    with refused(TreeRule, "“甲社区”在 2024-06-01 已有变动，新的变动不能早于那一天", field="on"):
        rename(tree["community"], "乙社区", on=date(2024, 5, 31))


def test_a_renaming_in_the_future_of_a_closed_unit_or_to_a_siblings_name_is_refused(tree):
    with refused(InvalidValue, f"生效日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        rename(tree["community"], on=TOMORROW)
    factories.unit(parent=tree["street"], name="麒麟社区")
    with refused(InvalidValue, "同一上级下已有同名单位", field="name"):
        rename(tree["community"], "麒麟社区")
    close(tree["grid"])
    with refused(TreeRule, "“第一网格”已于 2024-06-01 撤销", field="on"):
        rename(tree["grid"], on=date(2025, 1, 1))


# Moving.


def test_a_move_takes_everything_below_along_and_leaves_the_past_as_it_was(tree):
    old = {name: unit.path for name, unit in tree.items()}
    branch = factories.branch(unit=tree["community"])
    wang = factories.member(branch=branch)

    move(tree["community"], tree["other_street"])

    now = {name: Unit.objects.get(pk=unit.pk) for name, unit in tree.items()}
    own = step(tree["community"].pk)
    assert now["community"].path == old["other_street"] + own
    assert now["grid"].path == old["other_street"] + own + step(tree["group"].pk) + step(tree["grid"].pk)
    assert now["other_community"].path == old["other_community"]
    branch.refresh_from_db()
    wang.refresh_from_db()
    assert branch.path == wang.path == now["community"].path
    for name in ("community", "group", "grid"):
        before, after = tree[name].placements.order_by("since")
        assert (before.path, before.until, after.path, after.since) == (old[name], DAY, now[name].path, DAY)
    assert [place.name for place in tree["street"].placements.all()] == ["南宁街道"]
    entry = AuditEntry.objects.get(verb="unit.moved")
    assert (entry.subject_id, entry.fields) == (str(tree["community"].pk), ["parent"])
    assert entry.reason == "区划〔2024〕1号"


def test_the_move_gives_the_unit_its_next_version(tree):
    assert move(tree["community"], tree["other_street"]).version == 2


@pytest.mark.parametrize(
    ("unit", "to", "rule"),
    [
        ("community", "community", "不能把“鼓楼社区”移到它自己或它的下级“鼓楼社区”之下"),
        ("community", "group", "不能把“鼓楼社区”移到它自己或它的下级“第一小组”之下"),
        ("street", "grid", "不能把“南宁街道”移到它自己或它的下级“第一网格”之下"),
        ("district", "street", "不能把“麒麟区”移到它自己或它的下级“南宁街道”之下"),
        ("community", "street", "“鼓楼社区”已经在“南宁街道”之下"),
        ("community", "district", "社区的上级必须是街道，“麒麟区”是区"),
        ("grid", "other_community", "网格的上级必须是小组，“瑞和社区”是社区"),
        ("grid", "other_street", "网格的上级必须是小组，“白石江街道”是街道"),
    ],
)
def test_a_move_to_where_the_unit_cannot_hang_is_refused(tree, unit, to, rule):
    with refused(TreeRule, rule, field="to"):
        move(tree[unit], tree[to])


def test_a_move_in_the_future_is_refused(tree):
    with refused(InvalidValue, f"生效日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        move(tree["community"], tree["other_street"], on=TOMORROW)


def test_a_move_to_a_closed_unit_or_before_it_opened_is_refused(tree):
    young = factories.unit(parent=tree["district"], name="新设街道", opened_on=DAY, code="530302777")
    with refused(InvalidValue, "2024-05-31 早于上级“新设街道”的设立日期 2024-06-01", field="to"):
        move(tree["community"], young, on=date(2024, 5, 31))
    close(young, on=date(2025, 1, 1))
    with refused(TreeRule, "上级“新设街道”已于 2025-01-01 撤销", field="to"):
        move(tree["community"], young, on=date(2025, 6, 1))


def test_a_move_before_a_later_change_anywhere_in_the_subtree_is_refused(tree):
    rename(tree["grid"], "改名网格")

    with refused(TreeRule, "“改名网格”在 2024-06-01 已有变动，新的变动不能早于那一天", field="on"):
        move(tree["community"], tree["other_street"], on=date(2024, 5, 31))


def test_a_move_before_somebody_below_moved_away_is_refused(tree):
    second = factories.unit(parent=tree["community"], name="第二小组")
    move(tree["grid"], second)
    move(second, tree["other_community"])

    said = "“第一网格”在 2024-06-01 已有变动，新的变动不能早于那一天"
    with refused(TreeRule, said, field="on"):
        move(tree["group"], tree["other_community"], on=date(2024, 5, 31))
    assert move(tree["group"], tree["other_community"]).parent == tree["other_community"]


def test_two_moves_on_one_day_leave_one_placement_from_that_day(tree):
    third = factories.unit(parent=tree["district"], name="第三街道", code="530302778")
    move(tree["community"], tree["other_street"])
    move(tree["community"], third)

    assert story(tree["community"]) == [
        ("鼓楼社区", "南宁街道", LONG_AGO, DAY),
        ("鼓楼社区", "第三街道", DAY, None),
    ]


def test_what_hangs_itself_below_a_unit_that_moved_since_is_refused(tree):
    move(tree["other_community"], tree["street"])

    said = "上级“瑞和社区”在 2024-06-01 迁移过，日期不能早于那一天"
    with refused(TreeRule, said, field="on"):
        move(tree["group"], tree["other_community"], on=date(2024, 5, 31))
    with refused(TreeRule, said, field="opened_on"):
        add(tree["other_community"], opened_on=date(2024, 5, 31))
    move(tree["group"], tree["other_community"])
    assert add(tree["other_community"], name="同日小组").opened_on == DAY


def test_a_unit_that_was_closed_before_the_move_goes_along_and_keeps_its_past(tree):
    close(tree["grid"], on=date(2020, 1, 1))
    old = tree["grid"].path

    move(tree["community"], tree["other_street"])

    grid = Unit.objects.get(pk=tree["grid"].pk)
    assert grid.path.startswith(tree["other_street"].path)
    assert [(place.path, place.until) for place in grid.placements.all()] == [(old, date(2020, 1, 1))]


def test_a_closed_unit_is_not_moved(tree):
    close(tree["grid"], on=date(2020, 1, 1))
    group = factories.unit(parent=tree["community"], name="第二小组")

    with refused(TreeRule, "“第一网格”已于 2020-01-01 撤销", field="on"):
        move(tree["grid"], group)


# Closing.


def test_a_unit_is_not_closed_before_what_stood_on_it_has_gone(tree):
    branch = factories.branch(unit=tree["group"], name="中共第一小组党支部")
    dissolve_branch(branch=branch, on=date(2025, 3, 1), document="", by=None, today=TODAY)
    close(tree["grid"], on=date(2025, 2, 1))

    closes_when_both_have_gone(tree["group"])


def test_a_unit_is_not_closed_before_what_stood_on_it_has_moved_away(tree):
    second = add(tree["community"], name="第二小组")
    branch = factories.branch(unit=tree["group"], name="中共第一小组党支部")
    move(tree["grid"], second, on=date(2025, 2, 1))
    move_branch(branch=branch, to=second, on=date(2025, 3, 1), document="", by=None, today=TODAY)

    closes_when_both_have_gone(tree["group"])


def closes_when_both_have_gone(group):
    """Its grid has left on the first of February, and its branch on the first of March."""
    with refused(TreeRule, "“第一网格”到 2025-02-01 才不在“第一小组”，撤销日期不能早于那一天", field="on"):
        close(group, on=date(2025, 1, 31))
    said = "“中共第一小组党支部”到 2025-03-01 才不在“第一小组”，撤销日期不能早于那一天"
    with refused(TreeRule, said, field="on"):
        close(group, on=date(2025, 2, 28))
    close(group, on=date(2025, 3, 1))

    assert Unit.objects.get(pk=group.pk).closed_on == date(2025, 3, 1)


@pytest.mark.parametrize("how", ["opened", "renamed", "moved"])
def test_no_two_siblings_were_called_alike_on_any_day(tree, how):
    close(tree["grid"], on=date(2025, 1, 1))
    other = add(tree["community"], name="第二小组")
    renamed, moved = add(tree["group"], name="新网格"), add(other, name="第一网格")
    ways = {
        "opened": lambda on: add(tree["group"], name="第一网格", opened_on=on),
        "renamed": lambda on: rename(renamed, "第一网格", on=on),
        "moved": lambda on: move(moved, tree["group"], on=on),
    }
    said = "同一上级下另有“第一网格”，到 2025-01-01 为止，同名单位不能早于那一天"

    with refused(TreeRule, said, field="name"):
        ways[how](date(2024, 12, 31))
    ways[how](date(2025, 1, 1))

    assert Unit.objects.live().filter(parent=tree["group"], name="第一网格").exists()


def test_a_closed_unit_is_gone_from_the_day_on_and_stays_in_the_past(tree):
    close(tree["grid"])

    assert Unit.objects.get(pk=tree["grid"].pk).closed_on == DAY
    assert story(tree["grid"]) == [("第一网格", "第一小组", LONG_AGO, DAY)]
    places = UnitPlacement.objects.filter(unit=tree["grid"])
    assert places.on(date(2024, 5, 31)).exists()
    assert not places.on(DAY).exists()
    assert places.as_known_on(TODAY).get().name == "第一网格"
    assert list(Unit.objects.live().filter(pk=tree["grid"].pk)) == []


def test_a_unit_with_live_units_below_is_not_closed(tree):
    with refused(TreeRule, "“第一小组”之下还有 1 个未撤销的下级，请先迁移或撤销它们"):
        close(tree["group"])


def test_a_unit_with_live_branches_is_not_closed(tree):
    factories.branch(unit=tree["other_community"])

    with refused(TreeRule, "“瑞和社区”还有 1 个未撤销的党组织，请先迁移或撤销它们"):
        close(tree["other_community"])


def test_a_closing_twice_in_the_future_or_before_a_change_is_refused(tree):
    with refused(InvalidValue, f"撤销日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        close(tree["grid"], on=TOMORROW)
    rename(tree["grid"], "改名网格")
    with refused(TreeRule, "“改名网格”在 2024-06-01 已有变动，新的变动不能早于那一天", field="on"):
        close(tree["grid"], on=date(2024, 5, 31))
    with refused(TreeRule, "“改名网格”在 2024-06-01 已有变动，撤销须晚于那一天", field="on"):
        close(tree["grid"])
    close(tree["grid"], on=date(2024, 6, 2))
    with refused(TreeRule, "“改名网格”已于 2024-06-02 撤销", field="on"):
        close(tree["grid"], on=date(2025, 1, 1))


def test_a_unit_is_not_closed_on_the_day_it_opened(tree):
    grid = add(tree["group"], name="一日网格")

    with refused(TreeRule, "“一日网格”在 2024-06-01 已有变动，撤销须晚于那一天", field="on"):
        close(grid)


# Questions.


def test_a_subtree_is_the_unit_and_everything_below_and_nothing_beside(tree):
    names = [unit.name for unit in Unit.objects.within(tree["street"]).order_by("path")]

    assert names == ["南宁街道", "鼓楼社区", "第一小组", "第一网格"]


def test_the_chain_above_a_unit_runs_from_the_district_down(tree):
    chain = [unit.name for unit in Unit.objects.above(tree["community"].path)]

    assert chain == ["麒麟区", "南宁街道", "鼓楼社区"]
    assert paths_above("") == []


def test_units_are_found_by_every_word_of_name_code_or_alias(tree):
    amend_unit(unit=tree["street"], values={"alias": "老城"}, by=None)

    assert [unit.name for unit in Unit.objects.named_like("南宁 老城")] == ["南宁街道"]
    assert list(Unit.objects.named_like("南宁 不存在")) == []
    assert Unit.objects.named_like(tree["grid"].code).get() == tree["grid"]


def test_units_are_found_by_pinyin_as_they_are_called_now(tree):
    assert (
        Unit.objects.named_like("nnjd").get() == Unit.objects.named_like("nanning jd").get() == tree["street"]
    )

    rename_unit(unit=tree["street"], name="长兴街道", on=TODAY, document="", by=None, today=TODAY)
    amend_unit(unit=tree["street"], values={"alias": "老城"}, by=None)

    assert list(Unit.objects.named_like("nnjd")) == []
    for typed in ("cxjd", "zhangxing", "lc", "laoch", "长兴 lc"):
        assert Unit.objects.named_like(typed).get() == tree["street"]


def test_rows_say_themselves(tree):
    place = tree["grid"].placements.get()

    assert (str(tree["grid"]), str(place)) == ("第一网格", "第一网格（1990-01-01—）")
    assert str(Reorganisation(kind="move", effective_on=DAY, document="甲1号")) == "2024-06-01 迁移 甲1号"


# What the database itself refuses, whoever writes.


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"level": 4}, "unit_level_is_depth"),
        ({"parent": None}, "unit_only_root_has_no_parent"),
        ({"closed_on": LONG_AGO}, "unit_closed_after_opened"),
        ({"code": "530302"}, "unit_code_is_unique"),
        ({"path": "00001/"}, "unit_"),
    ],
)
def test_the_database_refuses_a_false_unit(tree, values, constraint):
    with refused_by_database(constraint):
        Unit.objects.filter(pk=tree["community"].pk).update(**values)


def test_the_database_refuses_a_path_that_is_not_the_parents_and_one_step(tree):
    false = tree["other_street"].path + step(tree["other_community"].pk + 99)

    with refused_by_database("unit_path_hangs_on_its_parent"):
        Unit.objects.filter(pk=tree["grid"].pk).update(level=3, path=false)


def test_the_database_refuses_a_unit_in_two_places_at_once(tree):
    place = {"unit": tree["grid"], "parent": tree["group"], "name": "x", "path": tree["grid"].path}

    with refused_by_database("unit_in_one_place_at_a_time"):
        UnitPlacement.objects.create(**place, since=DAY)


@pytest.mark.parametrize(("code", "word"), [("530302001", "街道"), ("530302100", "镇"), ("530302200", "乡")])
def test_the_second_level_says_whether_it_is_a_street_a_town_or_a_township(db, code, word):
    unit = factories.unit(parent=factories.unit(), code=code)

    assert unit.level_name == word
