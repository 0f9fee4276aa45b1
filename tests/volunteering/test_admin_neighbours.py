"""The pages of neighbours and carriers: the visit list on a phone, pairing, and what a visit becomes."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.factories import TODAY
from tests.office import errors_of, rows_of, told
from tests.worlds import told_once
from volunteering.models import (
    Building,
    Carrier,
    GridMatter,
    Household,
    Pairing,
    ServiceOrder,
    Visit,
)
from volunteering.operations import amend_household, end_household

VISITS = "admin:volunteering_household_visits"


def page(row, name="change"):
    return reverse(f"admin:volunteering_{row._meta.model_name}_{name}", args=[row.pk])


def listed(name):
    return reverse(f"admin:volunteering_{name}_changelist")


@told_once
def wang(town):
    return factories.member(branch=town.our_branch, residence=town.our_community)


@told_once
def home(town):
    building = factories.building(unit=town.our_community, name="3栋")
    return factories.household(building=building, risk="high", needs="腿脚不便")


@pytest.fixture
def community(town, enter):
    return enter(factories.account(role="community_clerk", unit=town.our_community))


@told_once
def secretary(town):
    return factories.account(role="branch_secretary", branch=town.our_branch)


def test_namesakes_who_look_after_one_home_are_told_apart(community, town, wang, home):
    older = factories.member(
        branch=town.our_branch, name=wang.name, residence=town.our_community, birth_on=date(1937, 2, 12)
    )
    for member in (wang, older):
        factories.pairing(household=home, member=member)

    text = community.get(reverse(VISITS)).content.decode()

    for member in (wang, older):
        assert f"登记{member.name}（{member.birth_on.year}年生）走访" in text
    assert [text.count(f"（{year}年生）") for year in (wang.birth_on.year, 1937)] == [1, 1]


def test_a_household_is_written_down_and_corrected(community, town):
    building = factories.building(unit=town.our_community, name="3栋")
    add = reverse("admin:volunteering_household_add")
    form = {
        "building": building.pk,
        "risk": "key",
        "room": "301",
        "resident": "赵大娘",
        "phone": "12",
        "needs": "",
    }
    assert set(errors_of(community.post(add, form))) == {"phone"}
    right = {**form, "phone": "13700001234", "uid": str(uuid4())}
    for _ in range(2):
        community.post(add, right)
    home = Household.objects.get()
    again = community.post(add, {**right, "uid": str(uuid4()), "room": " 301"})
    assert errors_of(again) == {"room": [f"“3栋”这一户已登记（守望户第{home.pk}户）"]}
    assert home.title == "3栋 301 赵大娘"
    assert 'value="赵大娘"' in community.get(page(home)).content.decode()
    community.post(page(home), {**form, "phone": "", "resident": "赵奶奶", "version": 1})
    home.refresh_from_db()
    assert (home.title, home.get_sealed("phone"), home.version) == ("3栋 301 赵奶奶", "", 2)
    assert "赵奶奶" not in community.get(page(home, "history")).content.decode()


def test_a_pairing_needs_consent_and_ends_with_a_reason(community, home, wang):
    form = {
        "member": wang.pk,
        "since": TODAY,
        "consent": "",
        "consent_on": TODAY,
        "override": "",
        "version": 1,
    }
    assert set(errors_of(community.post(page(home, "pair"), form))) == {"consent"}
    answer = community.post(page(home, "pair"), {**form, "consent": "written"}, follow=True)
    assert told(answer) == [f"“王秀英”自 {TODAY} 起与该户结对"]
    assert "书面同意" in answer.content.decode()
    pairing = Pairing.objects.get()
    assert rows_of(community.get(listed("pairing"), {"q": "王秀英"})) == [pairing]
    wrong = community.post(page(pairing, "end"), {"on": TODAY, "reason": "身体原因", "version": 1})
    assert errors_of(wrong) == {"on": [f"结束日期 {TODAY} 必须晚于结对日期 {TODAY}"]}
    Pairing.objects.update(since=TODAY - timedelta(days=9), consent_on=TODAY - timedelta(days=9))
    answer = community.post(
        page(pairing, "end"), {"on": TODAY, "reason": "身体原因", "version": 1}, follow=True
    )
    assert told(answer) == [f"结对已于 {TODAY} 结束"]


def test_the_visit_list_goes_building_by_building_and_says_who_is_overdue(
    community, home, wang, town, secretary, enter
):
    browser = enter(secretary)
    assert "还没有结对的守望户" in browser.get(reverse(VISITS)).content.decode()
    pairing = factories.pairing(household=home, member=wang)
    other = factories.household(
        building=factories.building(unit=town.our_community, name="4栋"), resident="钱大爷"
    )
    factories.pairing(
        household=other, member=factories.member(branch=town.our_branch, name="李玉兰"), override="近"
    )
    theirs = factories.building(unit=town.their_community, name="9栋")
    factories.household(building=theirs, resident="孙大爷")
    answer = browser.get(reverse(VISITS))
    shown = answer.content.decode()
    found = [(str(building), len(homes)) for building, homes in answer.context["buildings"]]
    assert found == [("3栋", 1), ("4栋", 1)]
    assert answer.context["overdue"] == 2
    assert page(pairing, "visit") in shown
    assert "孙大爷" not in shown
    assert "tel:13700001234" in shown


def test_the_visit_list_asks_as_often_for_many_as_for_one(community, home, wang, town):
    factories.pairing(household=home, member=wang)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert community.get(reverse(VISITS)).status_code == 200
        return len(caught)

    before = queries()
    for _ in range(3):
        building = factories.building(unit=town.our_community)
        factories.pairing(household=factories.household(building=building), member=wang)
    assert queries() == before


def acts_of(response):
    """The names of the acts that the page offers."""
    return {act["link"].rstrip("/").rsplit("/", 1)[-1] for act in response.context["acts"]}


def test_a_visit_is_written_down_verified_and_followed_up(community, home, wang, town, secretary, enter):
    pairing = factories.pairing(household=home, member=wang)
    item = factories.service_item(unit=town.district, limits="先垫付后结清")
    browser = enter(secretary)
    form = {"on": TODAY, "way": "home", "found": "needs", "finding": "", "version": 1}
    assert errors_of(browser.post(page(pairing, "visit"), form)) == {"finding": ["请写明走访发现的情况"]}
    answer = browser.post(page(pairing, "visit"), {**form, "finding": "没有米了"}, follow=True)
    assert told(answer) == [f"已登记 {TODAY} 的走访，待他人核实，可在这里转成服务单或网格事项"]
    visit = Visit.objects.get()
    assert answer.redirect_chain[-1][0] == page(visit, "change")
    assert "verify" not in acts_of(answer), "she wrote it down herself"
    assert errors_of(browser.post(page(visit, "verify"), {"version": 1})) == {
        "__all__": ["登记人不能核实自己登记的走访"]
    }
    answer = browser.get(page(visit, "verify"), follow=True)
    assert (told(answer), answer.redirect_chain[-1][0]) == (["登记人不能核实自己登记的走访。"], page(visit))
    order = {"item": item.pk, "wanted_on": TODAY, "slot": "morning", "detail": "10斤米", "version": 1}
    answer = browser.post(page(visit, "order"), order, follow=True)
    assert told(answer) == [f"已转为{ServiceOrder.objects.get()}"]
    assert "没有米了" in answer.content.decode()

    clerk = enter(factories.account(role="community_clerk", unit=town.our_community))
    assert "verify" in acts_of(clerk.get(page(visit, "change")))
    answer = clerk.post(page(visit, "verify"), {"version": 2}, follow=True)
    assert told(answer) == [f"已核实 {visit}"]
    assert [act["title"] for act in answer.context["acts"]] == []
    assert rows_of(clerk.get(listed("visit"), {"verified": "yes"})) == [visit]


def test_a_visit_becomes_a_matter_and_an_event_hurries(community, home, wang):
    pairing = factories.pairing(household=home, member=wang)
    visit = factories.visit(pairing=pairing, found="needs", finding="灯坏了")
    form = {"kind": "public", "urgency": "ordinary", "subject": "楼道灯不亮", "detail": "", "version": 1}
    answer = community.post(page(visit, "matter"), form, follow=True)
    assert told(answer) == [f"已转为{GridMatter.objects.get()}"]
    answer = community.post(page(home, "event"), {"on": TODAY, "version": 1}, follow=True)
    assert told(answer) == ["已登记，请尽快走访"]


def test_a_secretary_reads_what_she_may_not_change(home, wang, secretary, enter, town):
    factories.pairing(household=home, member=wang)
    browser = enter(secretary)
    answer = browser.get(page(home))
    shown = answer.content.decode()
    assert "赵大娘" in shown
    assert "腿脚不便" in shown
    assert answer.context["acts"] == []
    assert browser.post(page(home), {"risk": "key"}).status_code == 403
    street = enter(factories.account(role="street_clerk", unit=town.ours))
    assert street.get(reverse(VISITS)).status_code == 403
    assert street.get(listed("household")).status_code == 403


def test_of_a_household_of_two_branches_each_is_told_of_its_own(
    home, wang, secretary, enter, town, community
):
    li = factories.member(branch=factories.branch(unit=town.our_community, name="第二支部"), name="李国强")
    for member, found in ((wang, "腿疼"), (li, "欠费停电")):
        pairing = factories.pairing(household=home, member=member, override="近")
        factories.visit(pairing=pairing, found="needs", finding=found)
    hers = enter(secretary)
    shown = hers.get(page(home)).content.decode()
    assert "王秀英" in shown
    assert "腿疼" in shown
    assert "李国强" not in shown
    assert "欠费停电" not in shown
    history = hers.get(page(home, "history")).content.decode()
    assert "李国强" not in history
    assert "结对" not in history
    assert "欠费停电" in community.get(page(home)).content.decode()
    assert "李国强" in community.get(page(home, "history")).content.decode()


def test_lists_are_filtered_by_state(community, home, wang):
    amend_household(household=home, values={"risk": "high"}, by=None)
    factories.pairing(household=home, member=wang)
    for state, found in [
        ("", [home]),
        ("overdue", [home]),
        ("short", [home]),
        ("ended", []),
        ("all", [home]),
    ]:
        assert rows_of(community.get(listed("household"), {"state": state})) == found
    home.refresh_from_db()
    answer = community.post(
        page(home, "end"), {"on": TODAY, "reason": "搬走", "version": home.version}, follow=True
    )
    assert told(answer) == [f"已于 {TODAY} 结束守望，结对同日结束"]
    assert "搬走" in community.get(page(home)).content.decode()
    assert rows_of(community.get(listed("household"), {"state": "ended"})) == [home]


def test_a_building_is_added_and_goes(community, town, home):
    form = {"name": "5栋", "unit": town.our_community.pk}
    community.post(reverse("admin:volunteering_building_add"), form)
    made = Building.objects.get(name="5栋")
    assert rows_of(community.get(listed("building"), {"q": "5栋"})) == [made]
    wrong = {"name": "3栋", "unit": town.our_community.pk, "gone_on": TODAY, "version": 1}
    said = {"gone_on": ["“3栋”还有守望户，请先结束或改到别的楼栋"]}
    assert errors_of(community.post(page(home.building), wrong)) == said
    end_household(household=home, on=TODAY, reason="搬走", by=None, today=TODAY)
    community.post(page(home.building), wrong)
    home.building.refresh_from_db()
    assert home.building.gone_on == TODAY


def test_a_carrier_is_founded_kept_and_dissolved_page_by_page(community, town, wang):
    building = factories.building(unit=town.our_community, name="3栋")
    add = reverse("admin:volunteering_carrier_add")
    form = {
        "kind": "area", "name": "3栋责任区", "branch": town.our_branch.pk, "unit": town.our_community.pk,
        "member": "", "building": "", "founded_on": "2020-01-01", "address": "",
    }  # fmt: skip
    assert errors_of(community.post(add, form)) == {
        "member": ["责任人不能为空，至少要有一名在册党员"], "building": ["党员责任区至少要有一栋楼"]
    }  # fmt: skip
    community.post(add, {**form, "member": wang.pk, "building": building.pk})
    carrier = Carrier.objects.get()
    community.post(page(carrier), {"name": "三栋责任区", "address": "3栋1楼", "version": 1})
    li = factories.member(branch=town.our_branch, name="李玉兰")
    answer = community.post(page(carrier, "in-charge"), {"member": li.pk, "since": TODAY}, follow=True)
    assert told(answer)[-1:] == [f"“李玉兰”自 {TODAY} 起为“三栋责任区”责任人"]
    second = factories.building(unit=town.our_community, name="4栋")
    answer = community.post(
        page(carrier, "include"), {"building": second.pk, "since": "2026-11-01"}, follow=True
    )
    assert told(answer) == ["“4栋”自 2026-11-01 起属于“三栋责任区”"]
    inclusion = carrier.buildings.get(building=second)
    community.post(page(inclusion, "end"), {"on": TODAY, "version": 1})
    duty = carrier.duties.get(member=wang)
    answer = community.post(page(duty, "end"), {"on": TODAY, "version": 1}, follow=True)
    assert told(answer)[-1:] == [f"已于 {TODAY} 结束"]
    later = {"on": TODAY, "document": "社区决定"}
    wrong = community.post(page(carrier, "dissolve"), later)
    assert errors_of(wrong) == {"on": [f"结束日期 {TODAY} 必须晚于起始日期 {TODAY}"]}
    carrier.duties.filter(member=li).update(since="2026-11-01")
    assert told(community.post(page(carrier, "dissolve"), later, follow=True)) == [
        f"“三栋责任区”已于 {TODAY} 撤销"
    ]
    assert rows_of(community.get(listed("carrier"))) == []
    assert rows_of(community.get(listed("carrier"), {"state": "dissolved"})) == [carrier]
    assert "社区决定" in community.get(page(carrier)).content.decode()


def test_a_carrier_without_anybody_is_found_and_says_so(community, town, wang):
    carrier = factories.carrier(branch=town.our_branch, member=wang)
    answer = community.post(page(carrier.duties.get(), "end"), {"on": TODAY, "version": 1}, follow=True)
    assert told(answer) == [f"已于 {TODAY} 结束；“{carrier}”没有责任人了，请尽快确定"]
    assert "没有责任人，请尽快确定" in community.get(page(carrier)).content.decode()
    assert rows_of(community.get(listed("carrier"), {"state": "vacant"})) == [carrier]
    assert rows_of(community.get(listed("carrier"), {"state": "all"})) == [carrier]
