"""The lists around the roster: relations, taking part, sign-ins and what happened to standings."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from core.models import User
from members.models import Affiliation, Membership, SignIn
from members.operations import StandingChange, change_standing, record_sign_in
from tests import factories
from tests.ledger import fingerprint
from tests.members.admin.pages import errors_of, rows_of, told
from tests.worlds import told_once

# The lists, and what to ask of each for rows of the past.
LISTS = {"membership": {"state": "all"}, "affiliation": {"state": "all"}, "signin": {}, "standingevent": {}}
NOT_THERE = "没有这一项，或不在您的管辖范围内"


def list_of(name):
    return reverse(f"admin:members_{name}_changelist")


def page_of(row, name="change"):
    return reverse(f"admin:members_{row._meta.model_name}_{name}", args=[row.pk])


def life(branch, temporary, name, serial):
    """A member with a row in each of the lists."""
    member = factories.member(branch=branch, name=name, id_number=factories.id_number(serial))
    affiliation = factories.affiliation(member=member, branch=temporary)
    sign_in = record_sign_in(affiliation=affiliation, on=date(2026, 11, 1), by=None, today=factories.TODAY)
    change = StandingChange("suspend", date(2026, 11, 2), reason="lost_contact")
    event = change_standing(member=member, change=change, by=None, today=factories.TODAY)
    return {
        "membership": member.memberships.get(),
        "affiliation": affiliation,
        "signin": sign_in,
        "standingevent": event,
    }


@told_once
def ours(town):
    temporary = factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")
    return life(town.our_branch, temporary, "王秀英", 1)


@told_once
def theirs(town):
    temporary = factories.branch(unit=town.their_community, kind="temporary", name="外临时支部")
    return life(town.their_branch, temporary, "王桂兰", 2)


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_cut_to_the_scope(clerk, officer, ours, theirs, name):
    assert rows_of(clerk.get(list_of(name), LISTS[name])) == [ours[name]]
    assert set(rows_of(officer.get(list_of(name), LISTS[name]))) == {ours[name], theirs[name]}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("term", ["王秀英", "wxy", factories.id_number(1)[-4:]])
def test_each_list_is_searched_as_the_roster_is(officer, ours, theirs, name, term):
    answer = officer.post(f"{list_of(name)}?{urlencode(LISTS[name])}", {"q": term}, follow=True)

    assert rows_of(answer) == [ours[name]]
    assert "王" not in answer.redirect_chain[0][0]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("which", ["change", "history", "delete"])
def test_a_foreign_row_answers_as_an_unknown_one(clerk, ours, theirs, name, which):
    def answer(number):
        return [
            (response.status_code, getattr(response, "url", ""))
            for response in (clerk.get(reverse(f"admin:members_{name}_{which}", args=[number])),)
        ]

    assert answer(theirs[name].pk) == answer(999999)


@pytest.mark.parametrize("name", LISTS)
def test_no_row_is_deleted_and_the_page_says_so(officer, ours, name):
    answer = officer.post(page_of(ours[name], "delete"), {"post": "yes"})

    assert answer.status_code == 403
    assert "不能删除" in answer.content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", ["statistics_consumer", "system_administrator"])
def test_who_may_not_see_people_gets_no_list(enter, town, name, role):
    assert enter(factories.account(role=role, unit=town.district)).get(list_of(name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_each_list_asks_the_same_number_of_questions_for_one_row_and_for_three(
    officer, town, name, rows, django_assert_num_queries
):
    for serial in range(rows):
        temporary = factories.branch(unit=town.our_community, kind="temporary")
        life(factories.branch(unit=town.our_community), temporary, "王秀英", serial)
    officer.get(list_of(name), LISTS[name])

    with django_assert_num_queries(4):
        assert len(rows_of(officer.get(list_of(name), LISTS[name]))) == rows


def test_the_unit_filter_of_taking_part_looks_at_both_sides(officer, town, ours, theirs):
    member = theirs["affiliation"].member
    guest = Affiliation.objects.create(
        member=member, branch=ours["affiliation"].branch, since=date(2020, 1, 1)
    )

    found = rows_of(officer.get(list_of("affiliation"), {"state": "all", "unit": town.ours.pk}))

    assert set(found) == {ours["affiliation"], guest}


def test_the_filters_of_the_lists_keep_what_they_say(officer, town, ours, theirs):
    def found(name, **query):
        return rows_of(officer.get(list_of(name), query))

    assert found("membership") == []
    assert set(found("membership", state="ended")) == {ours["membership"], theirs["membership"]}
    assert found("membership", state="all", branch=town.our_branch.pk) == [ours["membership"]]
    assert found("affiliation", branch=ours["affiliation"].branch_id) == [ours["affiliation"]]
    assert set(found("affiliation", affinity="interest")) == {ours["affiliation"], theirs["affiliation"]}
    assert found("affiliation", affinity="place") == []
    assert set(found("signin", verified="no")) == {ours["signin"], theirs["signin"]}
    assert found("signin", verified="yes") == []
    assert found("standingevent", unit=town.ours.pk) == [ours["standingevent"]]


# Correcting a relation.


def corrected(row, **values):
    read = {"branch": row.branch_id, "since": row.since, "began_by": row.began_by, "version": row.version}
    return {**read, **values}


def test_a_relation_entered_wrongly_is_corrected(clerk, town, ours):
    row = factories.member(branch=town.our_branch, name="安然").memberships.get()

    without = clerk.post(page_of(row), corrected(row, since="2012-03-01"))
    assert errors_of(without) == {"evidence": ["更正起始日期须写明依据，如档案审核意见、文件名称和文号"]}

    clerk.post(
        page_of(row), corrected(row, since="2012-03-01", began_document="介绍信12号", evidence="介绍信存根")
    )

    found = Membership.objects.get(pk=row.pk)
    assert (found.since, found.began_document, found.version) == (date(2012, 3, 1), "介绍信12号", 2)


@pytest.mark.parametrize("field", ["branch", "group"])
def test_a_foreign_choice_is_refused_exactly_as_an_unknown_one(clerk, town, field):
    row = factories.member(branch=town.our_branch).memberships.get()
    group = factories.branch(unit=town.their_community, category="641", parent=town.their_branch, name="外组")
    foreign = {"branch": town.their_branch, "group": group}[field]

    def answer(number):
        before = fingerprint()
        response = clerk.post(page_of(row), corrected(row, **{field: number}))
        assert fingerprint() == before
        return errors_of(response)

    assert answer(foreign.pk) == answer(999999)
    assert answer(foreign.pk) == {field: [NOT_THERE]}


def test_a_correction_before_the_branch_was_founded_is_refused_in_words(clerk, town):
    row = factories.member(branch=town.our_branch).memberships.get()

    answer = clerk.post(page_of(row), corrected(row, since="1999-01-01"))

    assert errors_of(answer) == {
        "since": ["起始日期 1999-01-01 早于“中共鼓楼社区离退休党支部”的成立日期 2000-01-01"]
    }


def test_a_secretary_corrects_no_relation(enter, town):
    row = factories.member(branch=town.our_branch).memberships.get()
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    assert secretary.get(page_of(row)).status_code == 200
    assert secretary.post(page_of(row), corrected(row, since="2012-03-01")).status_code == 403


# Taking part and signing in.


def test_taking_part_is_ended_on_its_page(clerk, ours):
    row = ours["affiliation"]

    answer = clerk.post(page_of(row, "end"), {"on": "2026-11-10", "version": row.version}, follow=True)

    assert told(answer) == ["“王秀英”已于 2026-11-10 结束参加“书画临时支部”"]
    assert [act["link"].split("/")[-2] for act in clerk.get(page_of(row)).context["acts"]] == [
        "sign-in",
        "reopen",
        "undo",
    ]


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-12-31", "结束日期 2026-12-31 在今天（2026-11-23）之后"),
        ("2020-01-01", "结束日期 2020-01-01 必须晚于起始日期 2020-01-01"),
    ],
)
def test_an_impossible_last_day_is_refused_beside_its_field(clerk, ours, on, why):
    row = ours["affiliation"]

    answer = clerk.post(page_of(row, "end"), {"on": on, "version": row.version})

    assert errors_of(answer) == {"on": [why]}


def test_a_secretary_signs_in_and_another_person_verifies(enter, clerk, town, ours):
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch, name="支部书记"))

    secretary.post(page_of(ours["affiliation"], "sign-in"), {"on": "2026-11-20", "occasion": "笔会"})
    row = SignIn.objects.get(on=date(2026, 11, 20))
    answer = clerk.post(page_of(row, "verify"), follow=True)

    row.refresh_from_db()
    assert (row.recorded_by.name, row.verified_by.name) == ("支部书记", "街道经办")
    assert told(answer) == ["已核实 王秀英 2026-11-20"]
    assert secretary.post(page_of(row, "verify")).status_code == 403


def test_the_name_of_who_wrote_it_down_is_no_link(enter, clerk, town, ours):
    secretary = factories.account(role="branch_secretary", branch=town.our_branch, name="支部书记")
    row = signed(ours["affiliation"], 20, by=secretary)

    page = clerk.get(page_of(row)).content.decode()

    assert "支部书记" in page
    assert reverse("admin:core_user_change", args=[secretary.pk]) not in page


def test_the_same_day_is_not_signed_twice(clerk, ours):
    answer = clerk.post(page_of(ours["affiliation"], "sign-in"), {"on": "2026-11-01"})

    assert errors_of(answer) == {"on": ["王秀英 在 2026-11-01 已登记"]}


def chosen(*rows, **more):
    return {
        "action": "verify_chosen",
        "index": "0",
        "_selected_action": [getattr(row, "pk", row) for row in rows],
        **more,
    }


def signed(affiliation, day, by=None):
    return record_sign_in(affiliation=affiliation, on=date(2026, 11, day), by=by, today=factories.TODAY)


def test_several_sign_ins_are_verified_at_once(clerk, ours):
    second = signed(ours["affiliation"], 3)

    answer = clerk.post(list_of("signin"), chosen(ours["signin"], second), follow=True)

    assert told(answer) == ["已核实 2 条"]
    assert SignIn.objects.verified().count() == 2


@pytest.mark.parametrize("foreign", ["theirs", "unknown"])
def test_one_row_out_of_scope_and_none_is_verified(clerk, ours, theirs, foreign):
    before = fingerprint()

    other = theirs["signin"] if foreign == "theirs" else 999999
    answer = clerk.post(list_of("signin"), chosen(ours["signin"], other), follow=True)

    assert told(answer) == ["一条也没有核实。不能核实的：1 条所选记录不存在或不在您的管辖范围内"]
    assert fingerprint() == before


def test_what_one_recorded_oneself_is_named_and_nothing_is_verified(clerk, ours):
    own = signed(ours["affiliation"], 3, by=User.objects.get(name="街道经办"))
    before = fingerprint()

    answer = clerk.post(list_of("signin"), chosen(ours["signin"], own), follow=True)

    assert told(answer) == ["一条也没有核实。不能核实的：王秀英 2026-11-03：登记人不能核实自己登记的记录"]
    assert fingerprint() == before


def test_a_row_seen_but_not_within_reach_of_verifying_is_named(enter, town, ours, theirs):
    account = factories.account(role="street_clerk", unit=town.ours)
    factories.appoint(
        user=account, values={"role": "auditor", "unit": town.theirs, "since": date(2000, 1, 1)}, by=None
    )
    browser, before = enter(account), fingerprint()

    answer = browser.post(list_of("signin"), chosen(ours["signin"], theirs["signin"]), follow=True)

    assert told(answer) == ["一条也没有核实。不能核实的：王桂兰 2026-11-01：不在您可核实的范围内"]
    assert fingerprint() == before


def test_a_secretary_is_not_offered_to_verify(enter, town, ours):
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    answer = secretary.post(list_of("signin"), chosen(ours["signin"]), follow=True)

    assert "核实所选" not in answer.content.decode()
    assert SignIn.objects.verified().count() == 0
