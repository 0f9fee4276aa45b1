"""Transfers in the admin: from the member's page through every step, each on its side, and on paper."""

import pytest
from django.test import Client
from django.urls import reverse

from branches.operations import set_contact
from core.models import AuditEntry
from members.models import Member, Transfer
from members.operations.transfers import Destination, SentBack, return_letter
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import FROM, transfer
from tests.members.admin.pages import errors_of, rows_of, told
from tests.worlds import told_once

DAY = str(TODAY)
LETTER = {"issued_on": DAY, "valid_days": 10, "dues_paid_to": "2026-11", "number": ""}


@told_once
def wang(town):
    return factories.member(branch=town.our_branch, id_number=factories.id_number(3))


@pytest.fixture
def their_clerk(enter, town):
    """The browser of the other street's clerk."""
    return enter(factories.account(role="street_clerk", unit=town.theirs, name="对方经办"))


def page(row, name="change"):
    return reverse(f"admin:members_{row._meta.model_name}_{name}", args=[row.pk])


def do(browser, row, act, **values):
    """Open the step's page, fill it in and send it with the version that stands in it."""
    form = browser.get(page(row, act)).context["form"]
    given = {name: field.initial for name, field in form.fields.items()} | form.initial | values
    sent = {name: value for name, value in given.items() if value not in (None, "")}
    return browser.post(page(row, act), {name: call(value) for name, value in sent.items()}, follow=True)


def call(value):
    # The day that stands in a form was bound when the form was made: the tests' day stands in for it.
    return DAY if callable(value) else value


def offered(browser, row):
    return [act["title"] for act in browser.get(page(row)).context["acts"]]


def test_a_transfer_begins_on_the_members_page_and_leads_to_its_own(clerk, town, wang):
    assert "转接组织关系" in offered(clerk, wang)
    response = do(clerk, wang, "transfer", to_unit=town.theirs.pk, reason="moved_home")

    made = Transfer.objects.get()
    [message] = told(response)
    assert "已起草“王秀英”的组织关系转接（区内转接）" in message
    assert page(made) in message
    assert "转接组织关系" not in offered(clerk, wang)
    assert page(made) in clerk.get(page(wang)).content.decode()


def test_each_side_is_offered_its_own_steps(clerk, their_clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs))
    assert offered(clerk, made) == ["支部同意", "撤销转接"]
    first = clerk.get(page(made)).content.decode()
    assert first.index("支部同意</a>") < first.index("撤销转接</a>") < first.index("信上所写")
    assert their_clerk.get(page(made)).status_code == 302

    do(clerk, made, "agree")
    response = do(clerk, made, "issue", **LETTER)
    assert told(response) == ["“王秀英”：开具介绍信，现为“已开具”"]
    assert offered(clerk, made) == ["登记遗失", "撤销转接", "撤回上一步"]
    assert offered(their_clerk, made) == ["接收介绍信", "退回"]

    do(their_clerk, made, "receive", branch=town.their_branch.pk)
    response = do(their_clerk, made, "accept")
    assert told(response) == ["“王秀英”：编入支部，现为“已编入支部”"]
    assert Member.objects.get(pk=wang.pk).branch == town.their_branch
    assert offered(clerk, made) == []
    assert told(do(their_clerk, made, "close")) == ["“王秀英”：登记回执，现为“已回执”"]
    life = their_clerk.get(page(made)).content.decode()
    assert "南宁街道组转〔2026〕1号" in life
    assert "编入支部" in life


def test_a_step_of_the_other_side_is_forbidden(clerk, their_clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")

    assert clerk.get(page(made, "receive")).status_code == 403
    assert their_clerk.post(page(made, "cancel"), {}).status_code == 403


def test_a_secretary_proposes_and_agrees_and_no_more(enter, town, wang):
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))
    do(secretary, wang, "transfer", to_unit=town.theirs.pk, reason="retired", text="文昌社区支部")
    made = Transfer.objects.get()
    do(secretary, made, "agree")

    assert Transfer.objects.get().state == "agreed"
    assert offered(secretary, made) == ["撤销转接", "撤回上一步"]
    assert secretary.get(page(made, "issue")).status_code == 403


def test_a_community_places_into_its_own_branches_only(enter, town, wang):
    other = factories.branch(unit=factories.unit(parent=town.theirs, name="别的社区"), name="别的支部")
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")
    community = enter(factories.account(role="community_clerk", unit=town.their_community))
    assert community.get(page(made)).status_code == 302
    do(enter(factories.account(role="street_clerk", unit=town.theirs)), made, "receive",
       branch=town.their_branch.pk)  # fmt: skip

    refused = do(community, made, "accept", branch=other.pk)
    assert errors_of(refused) == {"branch": ["只能选“建宁街道”及其以下、在您管辖范围内的党支部"]}
    do(community, made, "accept")
    assert Transfer.objects.get().state == "accepted"


def test_whoever_was_too_late_reads_who_was_first_in_the_form(clerk, their_clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")
    seen = clerk.get(page(made, "cancel")).context["form"].fields["version"].initial
    do(their_clerk, made, "receive")

    late = clerk.post(page(made, "cancel"), {"version": seen, "on": DAY, "note": "不转了"})

    [[words]] = errors_of(late).values()
    assert "已由 对方经办 于" in words
    assert "不能再“撤销转接”" in words


def test_a_letter_that_came_back_is_addressed_anew(clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")
    return_letter(transfer=made, back=SentBack("wrong_addressee", TODAY), by=None, today=TODAY)

    do(clerk, made, "agree", to_unit=town.district.pk)

    now = Transfer.objects.get()
    assert (now.state, now.to_unit) == ("agreed", town.district)


def test_an_expired_letter_is_replaced_and_a_lost_one_too(clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued", on=TODAY.replace(month=9))
    assert "重新开具" in offered(clerk, made)
    do(clerk, made, "reissue", **LETTER)
    assert "重新开具" not in offered(clerk, made)
    do(clerk, made, "lose", note="路上丢失")

    assert offered(clerk, made) == ["重新开具", "撤销转接", "撤回上一步"]
    do(clerk, made, "undo", reason="找到了")
    assert Transfer.objects.get().state == "issued"
    assert "（已撤回）" in clerk.get(page(made)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"valid_days": 91}, "valid_days", "有效期 91 天，须在1至90天之间（组通字〔2006〕45号）"),
        ({"dues_paid_to": "2026"}, "dues_paid_to", "“2026”不是年月，请写成 2026-11"),
        ({"dues_paid_to": "很久"}, "dues_paid_to", "“很久”不是年月，请写成 2026-11"),
        ({"dues_paid_to": "2026年10月"}, "dues_paid_to", "党费只交到 2026-10，应交到转接的当月（2026-11）"),
    ],
)
def test_a_bad_letter_says_so_at_its_field(clerk, town, wang, wrong, field, words):
    made = transfer(member=wang, to=Destination(town.theirs), state="agreed")

    assert errors_of(do(clerk, made, "issue", **LETTER | wrong)) == {field: [words]}


def test_a_month_may_not_be_left_out(clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="agreed")

    response = clerk.post(page(made, "issue"), {"version": 2, "issued_on": DAY, "valid_days": 10})

    assert list(errors_of(response)) == ["dues_paid_to"]


def test_out_of_the_district_the_receipt_settles_what_hangs_on_her(clerk, town, wang):
    circle = factories.branch(unit=town.ours, kind="temporary", name="书画临时支部")
    factories.affiliation(member=wang, branch=circle)
    made = transfer(member=wang, to=Destination(outside="中共昆明市五华区委组织部"), state="issued")

    form = clerk.get(page(made, "close")).context["form"]
    assert any("书画临时支部" in str(field.label) for field in form.fields.values())
    do(clerk, made, "close", accepted_on=DAY)

    assert not Member.objects.get(pk=wang.pk).on_roster
    assert wang.affiliations.get().until == TODAY


INCOMING = {
    "name": "李玉兰", "sex": "F", "ethnic_group": "01", "standing": "full", "joined_on": "1971-07",
    "from_outside": FROM, "number": "昆组转〔2026〕7号", "issued_on": DAY, "valid_days": 60,
    "dues_paid_to": "2026-11", "reason": "moved_home", "channel": "paper",
}  # fmt: skip


def write_in(browser, town, **values):
    sent = {**INCOMING, "id_number": factories.id_number(7), "to_unit": town.ours.pk, **values}
    return browser.post(reverse("admin:members_transfer_add"), sent, follow=True)


def test_a_letter_from_outside_is_written_in_and_the_arrival_placed(clerk, town):
    shown = clerk.get(reverse("admin:members_transfer_add"))
    choices = shown.context["adminform"].form.fields["to_unit"].queryset
    assert list(choices) == [town.ours]
    write_in(clerk, town)
    made = Transfer.objects.get()
    assert (made.name, made.route, made.from_outside) == ("李玉兰", "in", FROM)

    do(clerk, made, "receive")
    do(clerk, made, "accept", branch=town.our_branch.pk)

    assert Member.objects.get().branch == town.our_branch
    assert "打印" in clerk.get(page(made)).content.decode()


def test_a_letter_from_outside_that_is_wrong_says_so(clerk, town, wang):
    assert errors_of(write_in(clerk, town, id_number="53")) == {
        "id_number": ["身份证号“53”应为18位（17位数字加1位数字或X），现为2位"]
    }
    assert "id_number" in errors_of(write_in(clerk, town, id_number=factories.id_number(3)))
    assert errors_of(write_in(clerk, town, to_unit=town.theirs.pk)) == {
        "to_unit": ["选择一个有效的选项： 该选择不在可用的选项中。"]
    }
    assert not Transfer.objects.exists()


def test_only_a_committee_writes_letters_in(enter, town):
    community = enter(factories.account(role="community_clerk", unit=town.our_community))

    assert community.get(reverse("admin:members_transfer_add")).status_code == 403


# The list.


@told_once
def several(town):
    """One of each sort that waits for somebody."""

    def member(name, branch=town.our_branch):
        return factories.member(branch=branch, name=name)

    there, here = Destination(town.theirs), Destination(town.ours)
    transfer(member=member("草甲"), to=there)
    transfer(member=member("途乙"), to=there, state="issued")
    transfer(member=member("过丙"), to=there, state="issued", on=TODAY.replace(month=9))
    transfer(member=member("收丁", town.their_branch), to=here, state="issued")
    transfer(member=member("编戊", town.their_branch), to=here, state="received")
    transfer(member=member("回己", town.their_branch), to=here, state="accepted", into=town.our_branch)
    transfer(member=member("结庚", town.their_branch), to=here, state="closed", into=town.our_branch)


@pytest.mark.parametrize(
    ("waiting", "names"),
    [
        ("", "草甲 途乙 过丙 收丁 编戊 回己"),
        ("send", "草甲"),
        ("way", "途乙"),
        ("receive", "收丁"),
        ("place", "编戊"),
        ("receipt", "回己"),
        ("expired", "过丙"),
        ("settled", "结庚"),
        ("all", "草甲 途乙 过丙 收丁 编戊 回己 结庚"),
    ],
)
def test_the_list_says_what_waits_for_whom(clerk, several, waiting, names):
    response = clerk.get(reverse("admin:members_transfer_changelist"), {"waiting": waiting})

    assert sorted(row.name for row in rows_of(response)) == sorted(names.split())
    counted = {each["label"]: each["number"] for each in response.context["waiting"]}
    assert counted == {"待转出": 1, "在途": 1, "待接收": 1, "待编入": 1, "待回执": 1, "已过期": 1}


def test_the_list_is_searched_by_pinyin_and_narrowed_to_a_unit(clerk, several, town):
    address = reverse("admin:members_transfer_changelist")
    found = clerk.post(address, {"q": "bw"}, follow=True)
    assert [row.name for row in rows_of(found)] == ["编戊"]
    within = clerk.get(address, {"unit": town.our_community.pk, "waiting": "all"})
    assert sorted(row.name for row in rows_of(within)) == sorted(["草甲", "途乙", "过丙", "回己", "结庚"])


def test_a_transfer_is_not_deleted(clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs))

    response = clerk.get(page(made, "delete"))

    assert (response.status_code, "撤销转接" in response.content.decode()) == (403, True)


# On paper.


def test_the_letter_is_seen_with_four_digits_and_printed_whole_on_record(clerk, town, wang):
    office = {"post_address": "麒麟南路1号", "office_phone": "0874-3100001", "postcode": "655000"}
    set_contact(unit=town.ours, values=office, by=None)
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")
    number = factories.id_number(3)

    seen = clerk.get(page(made, "letter")).content.decode()
    assert number not in seen
    assert f"****{number[-4:]}" in seen
    for words in (
        "贰零贰陆",
        "壹拾壹",
        "叁拾",
        "中共麒麟区建宁街道工作委员会",
        "南宁街道组转〔2026〕1",
        "76",
        *office.values(),
    ):
        assert words in seen, words
    assert not AuditEntry.objects.filter(verb="transfer.printed").exists()

    printed = clerk.post(page(made, "letter"))
    assert number in printed.content.decode()
    assert "no-store" in printed["Cache-Control"]
    entry = AuditEntry.objects.get(verb="transfer.printed")
    assert (entry.fields, entry.reason) == (["id_number"], "打印介绍信 南宁街道组转〔2026〕1号")


@pytest.mark.parametrize(
    ("role", "shown"), [("street_clerk", True), ("auditor", False), ("branch_secretary", False)]
)
def test_the_last_four_are_not_told_beside_a_birth_date_to_who_may_not_see_the_number(
    enter, town, wang, role, shown
):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")
    place = {"branch": town.our_branch} if role == "branch_secretary" else {"unit": town.ours}
    browser = enter(factories.account(role=role, **place))

    for name in ("change", "letter"):
        told = browser.get(page(made, name)).content.decode()
        last_four = f"****{factories.id_number(3)[-4:]}"
        assert (last_four in told, "已登记" in told) == (shown, not shown), name


def test_the_receiver_does_not_print_the_senders_letter(their_clerk, town, wang):
    made = transfer(member=wang, to=Destination(town.theirs), state="issued")

    assert their_clerk.get(page(made, "letter")).status_code == 200
    assert their_clerk.post(page(made, "letter")).status_code == 403


@pytest.mark.parametrize("state", ["received", "accepted", "closed"])
def test_the_senders_letter_is_no_longer_printed_whole_once_it_was_received(clerk, town, wang, state):
    made = transfer(member=wang, to=Destination(town.theirs), state=state, into=town.their_branch)

    seen = clerk.get(page(made, "letter"))
    assert (seen.status_code, seen.context["may_print"]) == (200, False)
    assert clerk.post(page(made, "letter")).status_code == 403
    assert not AuditEntry.objects.filter(verb="transfer.printed").exists()


def test_the_phone_is_whole_for_who_has_a_step_to_do_or_keeps_her_contacts(clerk, their_clerk, enter, town):
    member = factories.member(branch=town.our_branch, phones=[("13800001111", "self", "")])
    made = transfer(member=member, to=Destination(town.theirs), state="issued")
    auditor = enter(factories.account(role="auditor", unit=town.district))

    def shown(browser, name="change"):
        told = browser.get(page(made, name)).content.decode()
        return ("13800001111" in told, "****1111" in told)

    whole, masked = (True, False), (False, True)
    assert [shown(browser) for browser in (clerk, their_clerk, auditor)] == [whole, whole, masked]
    # On paper only when it is printed, on record.
    assert [shown(browser, "letter") for browser in (clerk, their_clerk, auditor)] == [masked] * 3
    assert "13800001111" in clerk.post(page(made, "letter")).content.decode()

    do(their_clerk, made, "receive", branch=town.their_branch.pk)
    do(their_clerk, made, "accept")
    # She is theirs now, and so are her contacts.
    assert [shown(browser) for browser in (clerk, their_clerk, auditor)] == [masked, whole, masked]


def test_the_receipt_is_printed_for_the_committee_that_sent_her(their_clerk, town, wang):
    set_contact(unit=town.theirs, values={"office_phone": "0874-3100002"}, by=None)
    made = transfer(member=wang, to=Destination(town.theirs), state="accepted", into=town.their_branch)

    paper = their_clerk.get(page(made, "receipt")).content.decode()

    for words in (
        "中共麒麟区南宁街道工作委员会",
        "王秀英",
        "已转达我处",
        "2026年11月23日",
        "对方经办",
        "0874-3100002",
    ):
        assert words in paper, words


@pytest.mark.parametrize("name", ["letter", "receipt"])
def test_what_cannot_be_printed_yet_says_so(clerk, town, wang, name):
    made = transfer(member=wang, to=Destination(town.theirs))

    response = clerk.get(page(made, name), follow=True)

    assert told(response) == ["现在没有可以打印的，请先办理相应的步骤"]


@pytest.mark.parametrize("name", ["letter", "receipt"])
def test_a_foreign_letter_answers_as_if_it_were_not_there(enter, town, wang, name):
    made = transfer(member=wang, to=Destination(town.district), state="issued")
    stranger = enter(factories.account(role="street_clerk", unit=town.theirs))

    assert stranger.get(page(made, name)).status_code == 302
    assert Client().get(page(made, name)).status_code == 302
