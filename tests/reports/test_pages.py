"""The front page of the admin and the rows behind its figures, as each role gets them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.operations import move_branch
from core.models import AuditEntry
from reports.charts import Bar, Part, stacked
from tests import factories
from tests.factories import TODAY
from tests.reports.conftest import log_in

DAY = "2020-12-31"


@pytest.fixture
def look(client):
    """Open a page as an account: `look(account, "/admin/", on=…)`."""

    def opened(account, page="/admin/", **parameters):
        log_in(client, account)
        return client.get(page, parameters)

    return opened


def rows_of(code):
    return reverse("figure_rows", args=[code])


def figures(response):
    """Each figure of the front page by name."""
    return {figure["name"]: figure["count"] for figure in response.context["board"]["figures"]}


def chart(response, title):
    """One chart as {bar: [numbers]}."""
    (found,) = [chart for chart in response.context["board"]["charts"] if chart.title == title]
    return {bar.name: [part.count for part in bar.parts] for bar in found.bars}


def test_the_front_page_shows_the_figures_of_the_scope(district, look):
    assert figures(look(district.officer, on=DAY)) == {
        "在册离退休党员": 5,
        "已接收企业离退休党员": 3,
        "发挥作用党员": 2,
        "参加三缘型临时党组织的党员": 2,
        "认领岗位党员": 0,
        "邻里守望结对党员": 0,
        "党组织": 6,
        "区直离退休党支部": 1,
        "街道、社区离退休党支部和党小组": 4,
        "三缘型临时党组织": 1,
        "银发先锋志愿服务队": 1,
        "载体": 0,
        "结对守望户": 0,
        "办结的网格事项": 0,
        "按期办结的网格事项": 0,
    }


def test_the_charts_divide_the_roster(district, look):
    page = look(district.officer, on=DAY)
    assert chart(page, "年龄和性别") == {"71-75岁": [3, 2]}
    assert chart(page, "学历") == {"未填": [5]}
    assert chart(page, "按下级单位") == {"本级": [1], "南宁街道": [3], "建宁街道": [1]}


def test_where_there_are_no_units_below_the_roster_is_divided_by_branch(district, look):
    clerk = factories.account(role="community_clerk", unit=district.drum)
    assert chart(look(clerk, on=DAY), "按党支部") == {district.first.name: [2]}


def test_every_link_of_the_front_page_opens_to_as_many_rows_as_it_says(district, look):
    for account in (
        district.officer,
        factories.account(role="community_clerk", unit=district.drum),
        factories.account(role="branch_secretary", branch=district.first),
    ):
        board = look(account, on=DAY).context["board"]
        parts = [part for chart in board["charts"] for bar in chart.bars for part in bar.parts]
        links = [(figure["url"], figure["count"]) for figure in board["figures"]]
        links += [(part.url, part.count) for part in parts]
        counted = {url: count for url, count in links if url}
        assert len(counted) > 5
        for url, count in counted.items():
            assert look(account, url).context["page"].paginator.count == count, url


def test_a_smaller_unit_of_the_scope_can_be_opened_and_left_again(district, look):
    page = look(district.officer, unit=district.south.code, on=DAY)
    assert page.context["board"]["place"] == "南宁街道"
    assert page.context["board"]["above"] == [("麒麟区", f"/admin/?unit=530302&on={DAY}")]
    assert chart(page, "按下级单位") == {"本级": [1], "鼓楼社区": [2]}


def test_a_unit_out_of_scope_is_not_found(district, look):
    clerk = factories.account(role="street_clerk", unit=district.south)
    assert look(clerk, unit=district.north.code).status_code == 404
    assert look(clerk, rows_of("members.roster"), unit=district.north.code).status_code == 404


def test_what_is_not_understood_is_said_and_today_is_shown(district, look):
    for parameters in ({"on": "2099-01-01"}, {"on": "x"}, {"tree": "y"}, {"un": "z"}):
        page = look(district.officer, **parameters)
        assert page.status_code == 200
        assert page.context["board"]["on"] == page.context["board"]["today"]
        assert [message.level_tag for message in page.context["messages"]] == ["error"]
        refused = look(district.officer, rows_of("members.roster"), **parameters)
        assert refused.status_code == 400


def test_a_day_before_the_district_is_said_to_whom_only_a_branch_is_open(district, look):
    page = look(factories.account(role="branch_secretary", branch=district.first), on="0001-01-01")
    assert page.status_code == 200
    assert page.context["board"]["on"] == page.context["board"]["today"]
    (message,) = page.context["messages"]
    assert str(message) == "日期 0001-01-01 早于“麒麟区”的设立日期 1990-01-01，那时还没有它"


def test_a_secretary_sees_the_own_branch_by_name(district, look):
    neighbour = factories.branch(unit=district.drum, name="中共鼓楼社区第二离退休党支部")
    factories.member(branch=neighbour)
    page = look(factories.account(role="branch_secretary", branch=district.first), on=DAY)
    assert page.context["board"]["place"] == district.first.name
    assert figures(page)["在册离退休党员"] == 2
    assert neighbour.name not in page.content.decode()


def test_who_may_count_and_not_see_gets_numbers_without_links(district, look):
    consumer = factories.account(role="statistics_consumer", unit=district.root)
    page = look(consumer, on=DAY)
    assert figures(page)["在册离退休党员"] == 5
    assert chart(page, "年龄和性别")["71-75岁"] == [None, None]
    assert "/admin/figures/" not in page.content.decode()
    assert look(consumer, rows_of("members.roster")).status_code == 403


def test_who_has_no_figures_gets_a_page_to_start_from(district, look):
    administrator = factories.account(role="system_administrator", unit=district.root)
    page = look(administrator)
    assert "board" not in page.context
    assert reverse("admin:core_user_changelist") in page.content.decode()
    nobody = look(factories.account())
    assert "还没有任职授权" in nobody.content.decode()


def test_a_box_that_was_emptied_asks_for_nothing(district, look):
    clerk = factories.account(role="street_clerk", unit=district.south)
    page = look(clerk, on="", unit="", known_at="")
    assert [str(message) for message in page.context["messages"]] == []
    assert page.context["board"]["on"] == page.context["board"]["today"]


def test_whose_appointment_has_ended_is_told_so(district, look):
    account = factories.account()
    values = {
        "role": "community_clerk",
        "unit": district.drum,
        "since": date(2024, 1, 1),
        "until": date(2026, 1, 1),
    }
    factories.appoint(user=account, values=values, by=None)

    text = look(account).content.decode()

    assert "您的任职授权已于 2026-01-01 结束" in text
    assert "还没有任职授权" not in text


def test_whose_appointment_is_still_to_begin_is_told_when(district, look):
    account = factories.account()
    values = {"unit": district.drum, "since": date(2026, 12, 15), "until": date(2026, 12, 16)}
    factories.appoint(user=account, values={"role": "community_clerk", **values}, by=None)

    assert "您的任职授权自 2026-12-15 起生效" in look(account).content.decode()


def test_rows_show_the_person_and_her_place_and_hide_who_has_left(district, look):
    clerk = factories.account(role="street_clerk", unit=district.south)
    move_branch(
        branch=district.first, to=district.tower, on=date(2023, 1, 1), document="", by=None, today=TODAY
    )
    text = look(clerk, rows_of("members.roster"), on=DAY).content.decode()
    assert [text.count(word) for word in ("王秀兰", "不在您的查看范围", "王秀珍", "王秀芳")] == [1, 2, 0, 0]


def test_rows_of_what_a_branch_leads_open_to_it(district, look):
    station = factories.carrier(branch=district.first, member=district.member3, name="东门联络服务站")
    led = [
        ("teams.volunteer", district.squad, "牵头党组织"),
        ("carriers.all", station, "设立日期"),
    ]
    for code, body, heading in led:
        text = look(district.officer, rows_of(code), on=DAY).content.decode()
        link = reverse(f"admin:volunteering_{body._meta.model_name}_change", args=[body.pk])
        assert f'href="{link}">{body.name}</a>' in text
        assert heading in text
        assert str(district.first) in text


def test_rows_say_what_they_were_narrowed_to(district, look):
    page = look(district.officer, rows_of("members.roster"), on=DAY, sex="F", street=district.south.code)
    assert sorted(page.context["chosen"]) == [("性别", "女"), ("街道（镇）", "南宁街道")]
    assert page.context["page"].paginator.count == 2


def test_an_unknown_indicator_is_not_found(district, look):
    assert look(district.officer, rows_of("members.rooster")).status_code == 404


def test_an_empty_figure_says_so(district, look):
    page = look(district.officer, rows_of("members.participating"), on="2015-01-01")
    assert "没有符合条件的记录" in page.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_can_be_taken_as_a_file_and_that_is_written_down(district, look, kind):
    response = look(district.officer, rows_of("members.roster"), on=DAY, sex="F", format=kind)
    assert f".{kind}" in response["Content-Disposition"]
    entry = AuditEntry.objects.get(verb="figures.exported")
    assert "2行" in entry.reason


@pytest.mark.parametrize(
    ("address", "number"),
    [("/admin/", 58), (rows_of("members.roster"), 13), (rows_of("branches.all"), 13)],
)
def test_the_number_of_queries_does_not_grow_with_the_district(district, look, client, address, number):
    look(district.officer, address, on=DAY)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address, {"on": DAY}).status_code == 200
        return [row["sql"] for row in caught]

    before = queries()
    for each in range(3):
        unit = factories.unit(parent=district.root)
        factories.member(branch=factories.branch(unit=unit, name=f"中共第{each}新支部"))
    after = queries()
    assert (len(before), len(after)) == (number, number), "\n".join(after)


def test_bars_lie_side_by_side_and_the_longest_fills_the_width():
    found = stacked([Bar("a", (Part("m", 3), Part("f", 1))), Bar("b", (Part("m", 2), Part("f", 0)))])
    places = [[(part.start, part.width) for part in bar.parts] for bar in found]
    assert places == [[(0, 750.0), (750.0, 250.0)], [(0, 500.0), (500.0, 0.0)]]


def test_a_bar_of_nobody_is_left_out_and_a_hidden_one_is_not():
    found = stacked([Bar("none", (Part("m", 0),)), Bar("hidden", (Part("m", None),))])
    assert [bar.name for bar in found] == ["hidden"]
