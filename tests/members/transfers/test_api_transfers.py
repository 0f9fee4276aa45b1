"""Transfers over the API: both sides see them, each does its own steps, and who comes too late hears why."""

import pytest

from members.models import Member, Transfer
from members.operations import open_obligations
from members.operations.transfers import Destination
from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from tests.factories.transfers import FROM, transfer
from tests.worlds import told_once

DAY = str(TODAY)
LETTER = {"issued_on": DAY, "valid_days": 30, "dues_paid_to": DAY[:7]}


@told_once
def town(streets):
    return streets.people()


@told_once
def sender(town):
    """南宁街道, from where she goes."""
    return town.clerk


@pytest.fixture
def receiver(town):
    """建宁街道, where she goes."""
    return town.caller("street_clerk", unit=town.jianning)


def at(row, verb=""):
    return f"transfers/{row['id'] if isinstance(row, dict) else row.pk}/{verb and verb + '/'}"


def do(caller, row, verb, body=None):
    """One step with the version that the row has now."""
    version = Transfer.objects.get(pk=row["id"]).version
    return caller.post(at(row, verb), body, If_Match=f'"v{version}"')


def drafted(town, caller, **body):
    made = caller.post(
        "transfers/", {"member": town.wang.pk, "to_unit": town.jianning.code, "reason": "moved_home", **body}
    )
    assert made.status_code == 201, made.json()
    return made.json()


def test_a_letter_lives_from_draft_to_receipt_each_side_doing_its_own(town, sender, receiver):
    row = drafted(town, town.secretary, destination="文昌社区支部")
    assert (row["state"], row["route"], row["from_branch"], row["may"]) == (
        "draft", "between", town.here.pk, ["agree", "cancel"],
    )  # fmt: skip
    assert receiver.get(at(row)).status_code == 404

    assert do(town.secretary, row, "agree", {"on": DAY}).json()["may"] == ["cancel", "undo"]
    issued = do(sender, row, "issue", LETTER).json()
    assert issued["letter"] == {
        "number": "南宁街道组转〔2026〕1号", "signed_by": "中共麒麟区南宁街道工作委员会", "issued_on": DAY,
        "valid_days": 30, "valid_until": "2026-12-23", "dues_paid_to": "2026-11", "replaces": None,
    }  # fmt: skip
    assert receiver.get(at(row)).json()["may"] == ["receive", "return"]
    assert do(receiver, row, "receive", {"on": DAY, "branch": town.there.pk}).status_code == 200
    community = town.caller("community_clerk", unit=town.wenchang)
    accepted = do(community, row, "accept", {"on": DAY, "branch": town.there.pk})
    assert (accepted.status_code, accepted.json()["state"], accepted.json()["receipt_due_on"]) == (
        200, "accepted", "2026-12-23",
    )  # fmt: skip
    assert accepted["ETag"] == '"v5"'
    closed = do(receiver, row, "close", {"receipt_on": DAY}).json()

    assert closed["state"] == "closed"
    assert [step["words"] for step in closed["steps"]] == [
        "起草", "支部同意", "开具介绍信", "接收介绍信", "编入支部", "登记回执",
    ]  # fmt: skip
    assert Member.objects.get(pk=town.wang.pk).branch == town.there
    # Her page is the receiver's now; the sender keeps the letter.
    assert sender.get(f"members/{town.wang.pk}/").status_code == 404
    assert sender.get(at(row)).json()["may"] == []


def test_the_receiver_reads_the_letter_and_not_the_person(town, receiver):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="issued")

    shown = receiver.get(at(row)).json()

    assert (shown["name"], shown["id_masked"]) == ("王秀英", f"****{factories.id_number(1)[-4:]}")
    assert receiver.get(f"members/{town.wang.pk}/").status_code == 404
    assert factories.id_number(1) not in str(shown)
    for role, place in (("auditor", {"unit": town.district}), ("branch_secretary", {"branch": town.here})):
        shown = town.caller(role, **place).get(at(row)).json()
        assert shown["id_masked"] == "已登记"
        assert factories.id_number(1)[-4:] not in str(shown)


@pytest.mark.parametrize(
    ("role", "place", "verb", "status"),
    [
        ("branch_secretary", "here", "issue", 403),
        ("community_clerk", "gulou", "issue", 403),
        ("street_clerk", "nanning", "issue", 200),
        ("street_clerk", "jianning", "issue", 404),
        ("auditor", "nanning", "issue", 403),
        ("statistics_consumer", "nanning", "issue", 403),
        ("district_officer", "district", "issue", 200),
    ],
)
def test_each_role_does_only_its_own_steps(town, role, place, verb, status):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="agreed")
    at_place = getattr(town, place)
    caller = town.caller(role, **{"branch" if role == "branch_secretary" else "unit": at_place})

    assert caller.post(at(row, verb), LETTER, If_Match='"v2"').status_code == status


def test_a_side_does_not_do_the_steps_of_the_other(town, sender, receiver):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="issued")

    assert sender.post(at(row, "receive"), {"on": DAY}, If_Match='"v3"').status_code == 403
    assert receiver.post(at(row, "cancel"), {"on": DAY, "note": "不要"}, If_Match='"v3"').status_code == 403
    assert receiver.post(at(row, "undo"), {"reason": "不要"}, If_Match='"v3"').status_code == 403
    assert Transfer.objects.get().version == 3


@pytest.mark.parametrize("state", ["draft", "agreed"])
def test_whoever_comes_too_early_hears_how_the_letter_stands(town, state):
    row = transfer(member=town.wang, to=Destination(town.jianning), state=state)
    officer = town.caller("district_officer", unit=town.district)
    bodies = {
        "accept": ({"on": DAY, "branch": town.there.pk}, "编入支部"),
        "receive": ({"on": DAY}, "接收介绍信"),
        "return": ({"on": DAY, "reason": "duplicate"}, "退回"),
        "close": ({"receipt_on": DAY}, "登记回执"),
    }
    stands = {"draft": "草稿", "agreed": "支部同意"}[state]
    for verb, (body, name) in bodies.items():
        refused = officer.post(at(row, verb), body, If_Match=f'"v{row.version}"')
        [detail] = words(refused)[1]
        assert (refused.status_code, detail.endswith(f"现为“{stands}”，不能再“{name}”")) == (409, True), (
            detail
        )


def test_who_could_never_do_a_step_hears_only_that(town, sender, receiver):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="agreed")
    body, match = {"on": DAY, "branch": town.there.pk}, {"If_Match": f'"v{row.version}"'}

    # 南宁街道 has the verb, but she does not come there; 建宁街道 does not yet see the letter.
    assert sender.post(at(row, "accept"), body, **match).status_code == 403
    assert town.secretary.post(at(row, "accept"), body, **match).status_code == 403
    assert receiver.post(at(row, "accept"), body, **match).status_code == 404


def test_whom_a_letter_comes_to_never_does_the_senders_steps(town, receiver):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="received")

    assert receiver.post(at(row, "issue"), LETTER, If_Match=f'"v{row.version}"').status_code == 403


def test_whoever_comes_too_late_hears_who_was_first(town, receiver):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="issued")
    first = town.caller("district_officer", unit=town.district)
    first.post(at(row, "receive"), {"on": DAY}, If_Match='"v3"')

    late = receiver.post(at(row, "receive"), {"on": DAY}, If_Match='"v3"')
    assert late.status_code == 409
    assert f"已由 {first.user.name} 于" in late.json()["errors"][0]["detail"]
    stale = receiver.post(at(row, "return"), {"on": DAY, "reason": "duplicate"}, If_Match='"v3"')
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (412, "stale")
    assert receiver.post(at(row, "return"), {"on": DAY, "reason": "duplicate"}).status_code == 428


def test_a_letter_goes_back_is_readdressed_lost_and_replaced(town, sender, receiver):
    row = drafted(town, sender)
    do(sender, row, "agree", {"on": DAY})
    do(sender, row, "issue", LETTER)
    back = do(receiver, row, "return", {"on": DAY, "reason": "wrong_addressee", "note": "应去区直"}).json()
    assert (back["state"], back["return_reason"], back["return_note"]) == (
        "returned", "wrong_addressee", "应去区直",
    )  # fmt: skip

    again = do(sender, row, "agree", {"on": DAY, "to_unit": town.district.code}).json()
    assert (again["to_unit"], again["to_unit_name"]) == (town.district.code, "麒麟区")
    do(sender, row, "issue", LETTER)
    assert do(sender, row, "lose", {"on": DAY, "note": "邮寄丢失"}).json()["state"] == "lost"
    replaced = do(sender, row, "reissue", {**LETTER, "number": "补0001"}).json()

    assert (replaced["letter"]["number"], replaced["letter"]["replaces"]) == (
        "补0001",
        "南宁街道组转〔2026〕2号",
    )
    assert receiver.get(at(row)).status_code == 404
    undone = do(sender, row, "undo", {"reason": "找到了"}).json()
    assert (undone["state"], [step["undone"] for step in undone["steps"]][-2:]) == ("lost", [True, False])
    assert do(sender, row, "cancel", {"on": DAY, "note": "不转了"}).json()["state"] == "cancelled"


def test_out_of_the_district_what_hangs_on_her_is_settled_with_the_receipt(town, sender):
    factories.affiliation(member=town.wang, branch=town.circle_here)
    row = drafted(town, sender, to_unit=None, to_outside="中共昆明市五华区委组织部")
    do(sender, row, "agree", {"on": DAY})
    do(sender, row, "issue", LETTER)

    answer = {"receipt_on": DAY, "accepted_on": DAY}
    refused = do(sender, row, "close", answer)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "obligation_open")
    [hanging] = open_obligations(town.wang, on=TODAY, leaving="transfer_out")
    settle = [{"obligation": hanging.key, "reason": "转出"}]
    assert do(sender, row, "close", {**answer, "settle": settle}).json()["state"] == "closed"
    assert not Member.objects.get(pk=town.wang.pk).on_roster


def test_a_letter_from_outside_is_written_in_received_and_placed(town, receiver):
    body = {
        **LETTER, "number": "昆组转〔2026〕7号", "name": "李玉兰", "sex": "F", "joined_on": "1971-07",
        "id_number": factories.id_number(7), "from_outside": FROM, "to_unit": town.jianning.code,
        "reason": "moved_home", "phone": "13800000001",
    }  # fmt: skip
    made = receiver.post("transfers/record/", body)
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["state"], row["route"], row["member"], row["may"]) == (
        "issued", "in", None, ["receive", "return", "cancel"],
    )  # fmt: skip

    do(receiver, row, "receive", {"on": DAY})
    done = do(receiver, row, "accept", {"on": DAY, "branch": town.there.pk}).json()

    member = Member.objects.get(pk=done["member"])
    assert (member.name, member.branch, str(member.partial("joined"))) == ("李玉兰", town.there, "1971-07")


def test_a_letter_from_outside_comes_to_ones_own_committee(town, receiver):
    body = {
        **LETTER, "number": "7号", "name": "李玉兰", "sex": "F", "joined_on": "1971-07",
        "id_number": factories.id_number(7), "from_outside": FROM, "to_unit": town.nanning.code,
        "reason": "moved_home",
    }  # fmt: skip
    assert refusals(receiver.post("transfers/record/", body)) == (400, [("invalid", "to_unit")])
    body.pop("to_unit")
    assert refusals(receiver.post("transfers/record/", body)) == (400, [("invalid", "to_unit")])


BAD = [
    ({"to_unit": "530302999"}, ["没有代码为“530302999”的区或街道"]),
    ({"to_unit": "5303\x00"}, ["应为单位代码"]),
    ({"to_branch": 999_999}, ["没有“999999”这条记录，或不在您的管辖范围内"]),
    ({"reason": "lazy"}, ["“lazy” 不是合法选项。"]),
    ({"hurry": True}, ["没有“hurry”这个可填写的字段"]),
    ({"to_unit": None}, ["须写明转到哪里"]),
]


@pytest.mark.parametrize(("wrong", "told"), BAD)
def test_a_bad_draft_is_refused_in_words(town, sender, wrong, told):
    body = {"member": town.wang.pk, "to_unit": town.jianning.code, "reason": "moved_home", **wrong}

    response = sender.post("transfers/", body)

    assert words(response) == (400, told)
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("text", ["2026", "2026-11-23", "十一月"])
def test_dues_are_paid_to_a_month(town, sender, text):
    row = transfer(member=town.wang, to=Destination(town.jianning), state="agreed")

    response = sender.post(at(row, "issue"), {**LETTER, "dues_paid_to": text}, If_Match='"v2"')

    assert words(response) == (400, ["应为年月，如 2026-11"])


def test_a_foreign_member_cannot_be_proposed_nor_a_foreign_branch_named(town, sender):
    body = {"member": town.li.pk, "to_unit": town.nanning.code, "reason": "moved_home"}
    assert refusals(sender.post("transfers/", body)) == (400, [("does_not_exist", "member")])
    body = {"member": town.wang.pk, "to_branch": town.there.pk, "reason": "moved_home"}
    assert refusals(sender.post("transfers/", body)) == (400, [("does_not_exist", "to_branch")])


@told_once
def several(town):
    """王秀英's letter ran out, 李国强's is on its way, and 张三 has a draft."""
    zhang = factories.member(branch=town.here, name="张三")
    old = TODAY.replace(month=9)
    return (
        transfer(member=town.wang, to=Destination(town.jianning), state="issued", on=old),
        transfer(member=town.li, to=Destination(town.nanning), state="issued"),
        transfer(member=zhang, to=Destination(town.jianning)),
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["王秀英", "李国强", "张三"]),
        ({"state": "expired"}, ["王秀英"]),
        ({"state": "issued"}, ["李国强"]),
        ({"open": "true"}, ["王秀英", "李国强", "张三"]),
        ({"open": "false"}, []),
        ({"search": "zs"}, ["张三"]),
        ({"unit": "nanning"}, ["王秀英", "李国强", "张三"]),
        ({"unit": "wenchang"}, ["李国强"]),
        ({"route": "between", "reason": "moved_home"}, ["王秀英", "李国强", "张三"]),
        ({"from_branch": "here"}, ["王秀英", "张三"]),
    ],
)
def test_lists_are_asked_by_state_side_and_name(town, several, query, names):
    places = {"nanning": town.nanning.code, "wenchang": town.wenchang.code, "here": town.here.pk}
    query = {name: places.get(value, value) for name, value in query.items()}

    page = town.officer.get("transfers/", **query).json()

    assert sorted(row["name"] for row in page["results"]) == sorted(names)


def test_a_line_says_what_is_due(town, several):
    lines = {row["name"]: row for row in town.officer.get("transfers/").json()["results"]}

    assert (lines["王秀英"]["state"], lines["王秀英"]["valid_until"]) == ("expired", "2026-10-23")
    assert lines["张三"]["letter_number"] is None


def test_a_transfer_is_not_deleted(town, several, sender):
    response = sender.delete(at(several[0]))

    assert response.status_code == 405
    assert "cancel" in response.json()["errors"][0]["detail"]
