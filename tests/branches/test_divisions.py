"""Loading the statistical divisions: once, whole, and with an error that names its line."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from branches.management.commands.load_divisions import FILE
from branches.models import Level, Unit, UnitPlacement
from branches.operations import load_divisions, move_unit, rename_unit
from core.errors import DomainError
from core.models import AuditEntry
from tests import factories

HEADER = "code,parent_code,level,name"
GOOD = [
    HEADER,
    "530302,,district,麒麟区",
    "530302001,530302,street,南宁街道",
    "530302001009,530302001,community,鼓楼社区居民委员会",
]
pytestmark = pytest.mark.django_db


def load(lines, since=date(1949, 10, 1)):
    return load_divisions(lines=lines, since=since, by=None, today=factories.TODAY)


def everything():
    tables = (Unit, UnitPlacement, AuditEntry)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_the_file_that_comes_with_the_project_gives_the_whole_district():
    call_command("load_divisions")

    by_level = {level: Unit.objects.filter(level=level).count() for level in Level}
    assert by_level == {
        Level.DISTRICT: 1,
        Level.STREET: 16,
        Level.COMMUNITY: 143,
        Level.GROUP: 0,
        Level.GRID: 0,
    }
    gulou = Unit.objects.get(code="530302001009")
    assert [unit.name for unit in Unit.objects.above(gulou.path)] == [
        "麒麟区",
        "南宁街道",
        "鼓楼社区居民委员会",
    ]
    assert set(UnitPlacement.objects.values_list("since", "until")) == {(date(1949, 10, 1), None)}


def test_a_second_run_changes_nothing_and_says_so(capsys):
    call_command("load_divisions")
    before = everything()
    capsys.readouterr()

    call_command("load_divisions")

    assert capsys.readouterr().out == "没有需要新增的单位。\n"
    assert everything() == before


def test_a_unit_that_has_been_renamed_or_moved_since_stays_as_it_is():
    _, nanning, gulou = load(GOOD)
    jianning = load([HEADER, "530302002,530302,street,建宁街道"])[0]
    told = {"on": date(2020, 1, 1), "document": "", "by": None, "today": factories.TODAY}
    rename_unit(unit=nanning, name="南宁新街道", **told)
    move_unit(unit=gulou, to=jianning, **told)
    before = everything()

    assert load(GOOD) == []
    assert everything() == before


def test_the_first_day_is_the_one_asked_for(tmp_path, capsys):
    file = tmp_path / "divisions.csv"
    file.write_text("\n".join(GOOD), encoding="utf-8-sig")

    call_command("load_divisions", since="1983-09-09", file=file)

    assert capsys.readouterr().out == "新增 3 个单位，自 1983-09-09 起。\n"
    assert set(Unit.objects.values_list("opened_on")) == {(date(1983, 9, 9),)}


def test_empty_lines_and_padding_are_no_errors():
    assert len(load([GOOD[0], GOOD[1], "", ",,,", " 530302001 ,530302, street ,南宁街道 "])) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], ["第1行：表头应为 code,parent_code,level,name，现为 空"]),
        (["code,name"], ["第1行：表头应为 code,parent_code,level,name，现为 code,name"]),
        ([*GOOD, "530302002,530302,street"], ["第5行：应有4列，现有3列"]),
        (
            [*GOOD, "530302002,530302,town,建宁街道"],
            ["第5行：层级“town”应为 district、street、community 之一"],
        ),
        ([*GOOD, "53030200,530302,street,建宁街道"], ["第5行：代码“53030200”应为9位数字（街道）"]),
        ([*GOOD, "53030200A,530302,street,建宁街道"], ["第5行：代码“53030200A”应为9位数字（街道）"]),
        ([*GOOD, "530302002,530302,street,"], ["第5行：名称不能为空"]),
        ([*GOOD, GOOD[2]], ["第5行：代码 530302001 与第3行重复"]),
        (
            [*GOOD, "530302002001,530302002,community,古城社区"],
            ["第5行：上级代码“530302002”在此行之前没有出现，组织树中也没有"],
        ),
        ([*GOOD, "530303,,district,沾益区"], ["第5行：区只能有一个，其他单位须有上级"]),
        ([*GOOD, "530302002,530302,street,南宁街道"], ["第5行：同一上级下已有同名单位"]),
        (
            [*GOOD, "530302001010,530302,community,东关社区"],
            ["第5行：社区的上级必须是街道，“麒麟区”是区"],
        ),
        (
            [*GOOD, "53,530302,street,甲", "530302002,530302,street,"],
            ["第5行：代码“53”应为9位数字（街道）", "第6行：名称不能为空"],
        ),
    ],
)
def test_every_line_that_is_wrong_is_named_and_nothing_is_loaded(lines, said):
    with pytest.raises(DomainError) as refused:
        load(lines)

    assert [error.detail for error in refused.value.errors] == said
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"since": "1949-13-01"}, "--since：“1949-13-01”不是有效的日期，请写成 1949-10-01"),
        ({"since": "2999-01-01"}, "第2行：设立日期 2999-01-01 在今天（"),
        ({"file": FILE.with_name("nowhere.csv")}, "--file：读不出“"),
    ],
)
def test_the_command_says_which_option_is_wrong(options, said):
    with pytest.raises(CommandError) as refused:
        call_command("load_divisions", **options)

    assert str(refused.value).startswith(said)
    assert not Unit.objects.exists()
