"""Neighbours: who is paired with whom, when somebody has to look in, what a visit becomes, who is told."""

from datetime import timedelta

import pytest
from django.db import connection

from branches.gates import scope_for
from branches.scope import scope_of
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.models import Membership
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from members.operations.obligations import ObligationsOpen
from reports.indicators import INDICATORS
from reports.tasks import due
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once
from volunteering.models import Household, Pairing, Visit
from volunteering.operations import (
    Agreed,
    Looked,
    add_building,
    add_household,
    amend_building,
    amend_household,
    end_household,
    end_pairing,
    matter_from_visit,
    note_event,
    order_from_visit,
    pair,
    record_visit,
    verify_visit,
)
from volunteering.operations.neighbours import NeighbourRule

DAY = timedelta(days=1)


@told_once
def home(building):
    return factories.household(building=building, needs="腿脚不便")


@told_once
def pairing(home, wang):
    return factories.pairing(household=home, member=wang)


def tell(on=TODAY, **more):
    return {"by": None, "today": on, **more}


# Buildings and households.


def test_a_building_lies_in_a_community_or_below_it(community, building, grid):
    with refused(detail="楼栋须在社区、小组或网格，“南宁街道”范围太大", field="unit"):
        add_building(values={"name": "1栋", "unit": community.parent}, by=None)
    with refused(detail="这里已有同名的楼栋", field="name"):
        add_building(values={"name": "3栋", "unit": grid}, by=None)


def test_households_go_with_their_building_to_another_grid(building, home, community):
    other = factories.unit(parent=community, name="第二小组")
    amend_building(building=building, values={"unit": other}, **tell())
    home.refresh_from_db()
    assert home.path == other.path

    assert amend_building(building=building, values={"unit": other}, **tell()).version == 2


def test_a_building_with_households_is_not_gone(building, home, grid):
    with refused(detail="“3栋”还有守望户，请先结束或改到别的楼栋", field="gone_on"):
        amend_building(building=building, values={"gone_on": TODAY}, **tell())
    end_household(household=home, on=TODAY, reason="搬走", **tell())
    gone = amend_building(building=building, values={"gone_on": TODAY}, **tell())
    with refused(detail=f"“3栋”已于 {TODAY} 拆除", field="building"):
        factories.household(building=gone)
    elsewhere = factories.household(building=factories.building(unit=grid, name="5栋"))
    with refused(detail=f"“3栋”已于 {TODAY} 拆除", field="building"):
        amend_household(household=elsewhere, values={"building": gone}, by=None)


def test_who_lives_where_is_sealed_and_told_by_nothing_else(home):
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM volunteering_household t")
        [(stored,)] = cursor.fetchall()
    for secret in ("赵大娘", "13700001234", "2单元301", "腿脚"):
        assert secret.encode().hex() not in stored
        assert secret not in stored
    assert home.title == "3栋 2单元301 赵大娘"
    assert "赵" not in AuditEntry.objects.about(home).get().subject_text


def test_a_household_is_corrected_by_field(home):
    changed = amend_household(household=home, values={"needs": "住院", "risk": "high"}, by=None, version=1)
    assert (changed.get_sealed("needs"), changed.risk) == ("住院", "high")
    assert AuditEntry.objects.about(home).latest("pk").fields == ["needs", "risk"]
    assert amend_household(household=home, values={"needs": "住院"}, by=None).version == 2
    with pytest.raises(StaleVersion):
        amend_household(household=home, values={"needs": ""}, by=None, version=1)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"room": " "}, [("room", "请填写门牌")]),
        ({"room": "", "resident": ""}, [("room", "请填写门牌"), ("resident", "请填写姓名")]),
        (
            {"phone": "12"},
            [("phone", "电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）")],
        ),
    ],
)
def test_a_wrong_household_is_refused_in_words(values, errors, building):
    right = {"building": building, "room": "301", "resident": "赵大娘"}
    with refused(InvalidValue if len(errors) == 1 else Exception, errors=errors):
        add_household(values={**right, **values}, by=None)


# Pairings.


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"agreed": Agreed("", None)}, "consent", "没有住户同意不能结对，请写明同意方式和日期"),
        ({"agreed": Agreed("spoken", TODAY)}, "consent_on", "同意日期 2026-11-23 晚于结对日期 2026-11-20"),
        ({"since": TODAY + DAY}, "since", "结对日期 2026-11-24 在今天（2026-11-23）之后"),
        ({"since": Membership}, "member", "王秀英 不在册，不能结对"),
    ],
)
def test_a_wrong_pairing_is_refused_in_words(given, field, words, home, wang):
    since = TODAY - 3 * DAY
    right = {"since": since, "agreed": Agreed("spoken", since)}
    if given.get("since") is Membership:
        given = {"since": TODAY.replace(year=2009), "agreed": Agreed("spoken", TODAY.replace(year=2009))}
    with refused(detail=words, field=field):
        pair(household=home, member=wang, **{**right, **given}, **tell())


def test_the_dead_are_not_paired(home, wang):
    change_standing(member=wang, change=StandingChange("decease", TODAY), **tell())
    with refused(detail="王秀英 不在册，不能结对", field="member"):
        factories.pairing(household=home, member=wang)


def test_a_household_is_corrected_into_no_other(home, building):
    other = factories.household(building=building, room="9单元901", resident="赵大娘")

    with refused(detail=f"“{building}”这一户已登记（守望户第{home.pk}户）", field="room"):
        amend_household(household=other, values={"room": home.get_sealed("room")}, by=None)
    assert amend_household(household=other, values={"room": "9单元902"}, by=None).version == 2
    assert amend_household(household=other, values={"needs": "助餐"}, by=None).version == 3


def test_nobody_is_paired_twice_or_with_more_than_five(home, pairing, wang, building):
    with refused(detail="王秀英 已与该户结对", field="member"):
        factories.pairing(household=home, member=wang)
    for _ in range(4):
        factories.pairing(household=factories.household(building=building), member=wang)
    other = factories.household(building=building)
    with refused(detail="王秀英 已结对 5 户，最多 5 户", field="member"):
        factories.pairing(household=other, member=wang)
    end_pairing(pairing=pairing, on=TODAY, reason="身体原因", **tell())
    assert factories.pairing(household=other, member=wang).until is None


def test_from_farther_away_only_with_a_reason_or_a_team_there(home, branch, community, team):
    far = factories.unit(parent=community.parent)
    li = factories.member(branch=branch, name="李玉兰", residence=far)
    with refused(detail="李玉兰 不住在、也不服务于本社区，确需结对请写明理由", field="override"):
        factories.pairing(household=home, member=li)
    assert factories.pairing(household=home, member=li, override="老同事").override == "老同事"
    zhang = factories.member(branch=branch, name="张兰", residence=far)
    factories.team_membership(team=team, member=zhang)
    assert factories.pairing(household=home, member=zhang).override == ""


def test_a_pairing_ends_for_a_reason_and_after_its_visits(pairing):
    factories.visit(pairing=pairing, on=TODAY - DAY)
    with refused(detail="请写明结束的原因", field="reason"):
        end_pairing(pairing=pairing, on=TODAY, reason=" ", **tell())
    with refused(detail="2026-11-22 还有走访记录，结束日期须晚于那一天", field="on"):
        end_pairing(pairing=pairing, on=TODAY - DAY, reason="身体原因", **tell())
    with refused(detail="结束日期 2026-07-01 必须晚于结对日期 2026-07-01", field="on"):
        end_pairing(pairing=pairing, on=pairing.since, reason="身体原因", **tell())
    ended = end_pairing(pairing=pairing, on=TODAY, reason="身体原因", **tell())
    with refused(detail=f"结对已于 {TODAY} 结束", field="on"):
        end_pairing(pairing=ended, on=TODAY, reason="身体原因", **tell())


def test_what_is_ended_stays_as_it_is(home, pairing, wang):
    ended = end_household(household=home, on=TODAY, reason="搬走", **tell())
    assert Pairing.objects.get().end_reason == "搬走"
    words = f"守望户第{home.pk}户已于 {TODAY} 结束守望"
    for deed in (
        lambda: end_household(household=ended, on=TODAY, reason="搬走", **tell()),
        lambda: amend_household(household=ended, values={"risk": "high"}, by=None),
        lambda: note_event(household=ended, on=TODAY, **tell()),
        lambda: factories.pairing(household=ended, member=wang),
    ):
        with refused(detail=words):
            deed()


def test_the_database_refuses_a_pairing_before_its_consent(pairing):
    with refused_by_database("paired_after_consent"):
        Pairing.objects.update(consent_on=TODAY)


# When somebody has to look in.


def due_on(home, day=TODAY):
    return Household.objects.with_due(day).get(pk=home.pk).due_on


@pytest.mark.parametrize(("risk", "days"), [("high", 7), ("key", 30), ("general", 90)])
def test_the_interval_comes_from_the_risk(risk, days, home, wang):
    amend_household(household=home, values={"risk": risk}, by=None)
    assert due_on(home) is None
    pairing = factories.pairing(household=home, member=wang, since=TODAY - 200 * DAY)
    assert due_on(home) == TODAY + (days - 200) * DAY
    factories.visit(pairing=pairing, on=TODAY - 5 * DAY)
    assert due_on(home) == TODAY + (days - 5) * DAY


def test_after_a_serious_event_somebody_looks_in_within_a_day(home, pairing):
    factories.visit(pairing=pairing, on=TODAY - DAY)
    note_event(household=home, on=TODAY, **tell())
    assert due_on(home) == TODAY + DAY
    factories.visit(pairing=pairing, on=TODAY)
    assert due_on(home) == TODAY + 90 * DAY


def test_the_dead_look_in_on_nobody(home, pairing, wang):
    settle = (Settlement(f"pairing-{pairing.pk}", "去世"),)
    change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), **tell())

    assert due_on(home) is None
    assert list(Household.objects.short_of_pairs(TODAY)) == [home]


def test_a_missed_week_is_told_to_the_secretary_on_day_8_and_to_the_community_on_day_10(
    home, wang, branch, community
):
    amend_household(household=home, values={"risk": "high"}, by=None)
    pairing = factories.pairing(household=home, member=wang)
    factories.visit(pairing=pairing, on=TODAY)
    people = {
        "secretary": factories.account(role="branch_secretary", branch=branch),
        "community": factories.account(role="community_clerk", unit=community),
        "street": factories.account(role="street_clerk", unit=community.parent),
    }

    def hears(each, day):
        return bool(due(lambda verb: scope_for(each, verb), on=TODAY + day * DAY, kinds=["visit"]))

    def told(day):
        return {who for who, each in people.items() if hears(each, day)}

    assert [told(day) for day in (7, 8, 9, 10)] == [
        set(), {"secretary"}, {"secretary"}, {"secretary", "community"}
    ]  # fmt: skip
    [task] = due(lambda verb: scope_for(people["secretary"], verb), on=TODAY + 8 * DAY, kinds=["visit"])
    assert (task.about, task.words) == ("3栋 2单元301", "2026-11-30 就该走访（高），已过 1 天")
    short = due(lambda verb: scope_for(people["community"], verb), on=TODAY, kinds=["unpaired"])
    assert [each.words for each in short] == ["需要 2 名结对党员，现有 1 名"]


# Visits.


@pytest.mark.parametrize(
    ("looked", "field", "words"),
    [
        (Looked(TODAY + DAY), "on", "走访日期 2026-11-24 在今天（2026-11-23）之后"),
        (Looked(TODAY.replace(month=6)), "on", "走访日期 2026-06-23 不在结对期间（2026-07-01 起）"),
        (Looked(TODAY, found="needs"), "finding", "请写明走访发现的情况"),
        (Looked(TODAY - DAY), "on", "2026-11-22 的走访已登记"),
    ],
)
def test_a_wrong_visit_is_refused_in_words(looked, field, words, pairing):
    factories.visit(pairing=pairing, on=TODAY - DAY)
    with refused(detail=words, field=field):
        record_visit(pairing=pairing, looked=looked, **tell())


def test_a_visit_lies_within_the_pairing_and_the_membership(pairing, wang):
    ended = end_pairing(pairing=pairing, on=TODAY - DAY, reason="身体原因", **tell())
    with refused(detail="走访日期 2026-11-22 不在结对期间（2026-07-01 至 2026-11-22）", field="on"):
        factories.visit(pairing=ended, on=TODAY - DAY)
    Membership.objects.update(since=TODAY)
    with refused(detail="王秀英 在 2026-11-20 没有组织关系，不能登记走访", field="on"):
        factories.visit(pairing=ended, on=TODAY - 3 * DAY)


def test_a_visit_counts_once_somebody_else_has_verified_it(pairing, writer, second, wang):
    visit = factories.visit(pairing=pairing, by=writer)
    counted = INDICATORS["members.participating"]
    with refused(detail="登记人不能核实自己登记的走访"):
        verify_visit(visit=visit, by=writer)
    assert list(counted.entries(TODAY)) == []
    verified = verify_visit(visit=visit, by=second)
    assert [row.member for row in counted.entries(TODAY)] == [wang]
    with refused(detail="该走访已核实"):
        verify_visit(visit=verified, by=second)
    with refused_by_database("visit_verified_by_somebody_else"):
        Visit.objects.update(verified_by=writer)


def test_a_finding_becomes_an_order_in_one_step(pairing, item, grid):
    visit = factories.visit(pairing=pairing, found="needs", finding="没有米了")
    done = order_from_visit(visit=visit, values={"item": item, "wanted_on": TODAY}, version=1, **tell())

    order = done.order
    told = [order.get_sealed(f"sealed_{name}") for name in ("requester", "phone", "address")]
    assert told == ["赵大娘", "13700001234", "3栋 2单元301"]
    assert (order.unit, order.channel) == (grid, "visit")
    with refused(NeighbourRule, f"这次走访已转为{order}"):
        matter_from_visit(visit=done, values={"kind": "public", "subject": "灯"}, **tell())


def test_a_finding_becomes_a_matter_that_names_no_resident(pairing, wang, grid):
    visit = factories.visit(pairing=pairing, found="needs", finding="楼道灯坏了")
    values = {"kind": "public", "urgency": "urgent", "subject": "楼道灯不亮"}
    matter = matter_from_visit(visit=visit, values=values, **tell()).matter

    assert (matter.unit, matter.spot, matter.brought_by) == (grid, "3栋", wang)
    assert (matter.reporter, matter.reporter_phone) == (None, None)


def test_without_a_phone_or_for_the_wrong_item_nothing_is_made(pairing, item, home):
    visit = factories.visit(pairing=pairing, found="needs", finding="没有米了")
    with refused(detail=f"希望日期 {TODAY - DAY} 已过（今天 {TODAY}）", field="wanted_on"):
        order_from_visit(visit=visit, values={"item": item, "wanted_on": TODAY - DAY}, **tell())
    amend_household(household=home, values={"phone": ""}, by=None)
    with refused(detail="该户没有登记电话，请先补上，以便服务的人联系", field="item"):
        order_from_visit(visit=visit, values={"item": item, "wanted_on": TODAY}, **tell())


# Who is told.


def test_a_household_is_seen_in_its_community_and_at_the_paired_members_branch_only(
    home, pairing, branch, community
):
    street = community.parent
    people = {
        "district": factories.account(role="district_officer", unit=street.parent),
        "street": factories.account(role="street_clerk", unit=street),
        "auditor": factories.account(role="auditor", unit=street.parent),
        "community": factories.account(role="community_clerk", unit=community),
        "elsewhere": factories.account(role="community_clerk", unit=factories.unit(parent=street)),
        "her branch": factories.account(role="branch_secretary", branch=branch),
        "another branch": factories.account(
            role="branch_secretary", branch=factories.branch(unit=community, name="第二支部")
        ),
    }
    factories.visit(pairing=pairing)

    def who_sees(model):
        verb = f"volunteering.view_{model._meta.model_name}"
        scopes = {who: scope_of(each, to=verb, on=TODAY) for who, each in people.items()}
        return {who for who, scope in scopes.items() if model.objects.visible_in(scope).exists()}

    assert [who_sees(model) for model in (Household, Pairing, Visit)] == [{"community", "her branch"}] * 3
    end_pairing(pairing=pairing, on=TODAY + DAY, reason="身体原因", **tell(TODAY + DAY))
    assert [who_sees(model) for model in (Household, Pairing, Visit)] == [{"community"}] * 3


# Who is gone.


@pytest.mark.parametrize(("since", "until"), [(TODAY - 9 * DAY, TODAY), (TODAY, TODAY + DAY)])
def test_a_pairing_ends_with_who_is_gone(since, until, home, wang):
    pairing = factories.pairing(household=home, member=wang, since=since)
    with pytest.raises(ObligationsOpen):
        change_standing(member=wang, change=StandingChange("decease", TODAY), **tell())
    settle = (Settlement(f"pairing-{pairing.pk}", "去世"),)
    change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), **tell())

    pairing.refresh_from_db()
    assert (pairing.until, pairing.end_reason) == (until, "去世")


def test_within_the_district_a_pairing_may_go_on(pairing, wang):
    def keepable(leaving):
        return [each.keepable for each in open_obligations(wang, on=TODAY, leaving=leaving)]

    assert (keepable(Leaving.TRANSFER), keepable(Leaving.TRANSFER_OUT)) == ([True], [False])
