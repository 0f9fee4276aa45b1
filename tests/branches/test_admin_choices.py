"""What drop-downs and the command palette offer: nothing that the person could not open."""

import pytest
from django.urls import reverse

from tests import factories

AUTOCOMPLETE = reverse("admin:autocomplete")
TEAMS = [
    "派单台", "事项台", "岗位认领", "志愿服务队", "服务单", "网格事项", "服务目录", "办理时限",
    "岗位", "认领记录", "轮值", "资源清单", "载体", "楼栋", "队员", "服务时间", "服务证书",
]  # fmt: skip
HANDED_OVER = ["移交批次", "移交名单", "企业承诺", "选派和交叉任职"]
ORGANISATIONS = ["组织树", "党支部", "党内职务", "届次", "组织变动", "规则数值", "统计分档", "原工作单位"]
PEOPLE_READ = [
    "首页", "组织设置体检", "名册", "名册导出", "组织关系转接", "组织关系", "参加临时党组织", "参加记录",
    "党籍变动",
]  # fmt: skip
PEOPLE_KEPT = [
    "首页", "待办", "组织设置体检", "名册", "登记党员", "名册导入", "名册导出", "组织关系转接", "组织关系",
    "参加临时党组织", "参加记录", "党籍变动",
]  # fmt: skip


def offered(browser, model, field, term=""):
    answer = browser.get(
        AUTOCOMPLETE, {"app_label": "branches", "model_name": model, "field_name": field, "term": term}
    )
    return [row["text"] for row in answer.json()["results"]]


def found(browser, term):
    answer = browser.get(reverse("admin:search"), {"s": term, "extended": 1})
    return [row.title for row in answer.context["results"]] if answer.context else []


def test_units_are_offered_within_the_scope_and_told_apart_by_their_place(clerk, town):
    assert offered(clerk, "branch", "unit", "社区") == ["鼓楼社区（南宁街道）"]


def test_units_and_branches_are_offered_by_pinyin_initials(clerk, town):
    assert offered(clerk, "branch", "unit", "gl") == ["鼓楼社区（南宁街道）"]
    assert offered(clerk, "appointment", "branch", "glsq") == ["中共鼓楼社区离退休党支部（鼓楼社区）"]
    assert offered(clerk, "branch", "unit", "wcsq") == offered(clerk, "appointment", "branch", "wcsq") == []


def test_a_parent_is_offered_only_where_something_may_stand_below_it(officer, town):
    group = factories.unit(parent=town.our_community, name="第一小组")
    factories.unit(parent=group, name="一号网格")

    assert offered(officer, "unit", "parent", "网格") == []
    assert offered(officer, "unit", "parent", "小组") == ["第一小组（南宁街道 / 鼓楼社区）"]


def test_branches_are_offered_within_the_scope(clerk, town):
    assert offered(clerk, "appointment", "branch") == ["中共鼓楼社区离退休党支部（鼓楼社区）"]


@pytest.mark.parametrize("field", ["user", "unit"])
def test_who_may_not_see_a_table_is_offered_none_of_it(enter, town, field):
    role, place = ("street_clerk", town.ours) if field == "user" else (None, None)
    browser = enter(factories.account(role=role, unit=place))

    answer = browser.get(
        AUTOCOMPLETE, {"app_label": "branches", "model_name": "appointment", "field_name": field}
    )

    assert answer.status_code == 403


def test_the_palette_finds_people_branches_and_units_within_the_scope(clerk, town):
    factories.member(branch=town.our_branch, name="王秀英", id_number=factories.id_number(1))
    factories.member(branch=town.their_branch, name="王桂兰", id_number=factories.id_number(2))

    assert found(clerk, "王") == ["王秀英"]
    assert found(clerk, "wxy") == ["王秀英"]
    assert found(clerk, "社区") == ["中共鼓楼社区离退休党支部", "鼓楼社区"]
    assert found(clerk, "建宁") == []


def test_the_palette_finds_nothing_the_moment_an_appointment_is_over(clerk, town, django_user_model):
    assert found(clerk, "鼓楼社区") != []
    django_user_model.objects.get(name="街道经办").appointments.update(until="2001-01-01")

    assert found(clerk, "鼓楼社区") == []


def sidebar(browser):
    groups = browser.get(reverse("admin:index")).context["sidebar_navigation"]
    return [str(item["title"]) for group in groups for item in group["items"] if item["has_permission"]]


@pytest.mark.parametrize(
    ("role", "items"),
    [
        (
            "street_clerk",
            [*PEOPLE_KEPT, *TEAMS, *HANDED_OVER, *ORGANISATIONS],
        ),
        (
            "auditor",
            [*PEOPLE_READ, *TEAMS, *HANDED_OVER, *ORGANISATIONS, "账号", "任职授权", "审计记录"],
        ),
        ("system_administrator", ["首页", "组织树", "党支部", "账号", "任职授权", "接口密钥"]),
        ("statistics_consumer", ["首页", "组织树", "党支部"]),
    ],
)
def test_the_sidebar_shows_what_the_role_may_open(enter, town, role, items):
    assert sidebar(enter(factories.account(role=role, unit=town.ours))) == items


def test_who_has_no_appointment_is_told_so(enter, db):
    browser = enter(factories.account())

    assert sidebar(browser) == ["首页"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/admin/", ["首页"]),
        ("/admin/members/member/", ["名册"]),
        ("/admin/members/member/add/", ["登记党员"]),
        ("/admin/password_change/", []),
    ],
)
def test_the_sidebar_marks_the_one_page_that_is_open(enter, town, address, shown):
    browser = enter(factories.account(role="street_clerk", unit=town.ours))

    groups = browser.get(address).context["sidebar_navigation"]

    assert [item["title"] for group in groups for item in group["items"] if item["active"]] == shown
