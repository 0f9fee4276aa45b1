"""The pages of a hand-over: from the list of an enterprise to everybody answered for."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from branches.models import Delivery, Pledge
from core.models import AuditEntry
from core.sheets import csv_file, xlsx
from members.models import Handover, HandoverPerson, Member, Secondment
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import bad_rows, cells, handover, promised, seconded
from tests.office import errors_of, told
from tests.worlds import told_once

HEADER = ["姓名", "身份证号", "性别", "出生年月", "入党时间", "手机号", "居住社区", "籍贯"]
KEYS = ["name", "id_number", "sex", "birth_on", "joined_on", "phone", "wanted_unit"]


def table(*rows):
    return [[row.get(key, "") for key in KEYS] + ["云南"] for row in rows]


def page(name, batch, **query):
    return reverse(f"admin:members_handover_{name}", args=[batch.pk], query=query)


def browser_of(enter, role, **at):
    return enter(factories.account(role=role, name="社区经办", **at))


@told_once
def batch(town):
    return handover(town.district, cells(1), cells(2), cells(3, wanted_unit="文昌社区"), cells(4, phone="1"),
                    employer=factories.employer(name="滇东第一机械厂"))  # fmt: skip


@pytest.fixture
def community(town, enter):
    return browser_of(enter, "community_clerk", unit=town.our_community)


def post(browser, batch, tab="pending", **values):
    values = {"on": TODAY, "branch": "", "group": "", "reason": "", "remark": "", **values}
    return browser.post(page("receive", batch, outcome=tab), values, follow=True)


def number(name):
    return HandoverPerson.objects.get(name=name).pk


def test_a_batch_is_registered_and_its_names_come_next(officer, town):
    firm = factories.employer(name="滇东第一机械厂")
    values = {"employer": firm.pk, "unit": town.district.pk, "document": "移1号", "opened_on": TODAY,
              "archives_at": "", "note": ""}  # fmt: skip

    answer = officer.post(reverse("admin:members_handover_add"), values, follow=True)

    batch = Handover.objects.get()
    assert answer.redirect_chain[-1][0] == page("add-names", batch)
    assert told(answer) == ["已登记“滇东第一机械厂 移1号”，接下来请添加名单"]
    change = {"document": "移2号", "opened_on": TODAY, "archives_at": "", "note": "", "version": "1"}
    officer.post(page("change", batch), change)
    assert Handover.objects.get().document == "移2号"


def test_a_pasted_list_is_read_by_its_headers_and_what_nobody_understands_is_said(officer, town):
    batch = handover(town.district)
    text = "\n".join("\t".join(row) for row in [HEADER, *table(cells(1), *bad_rows()[:2])])

    answer = officer.post(page("add-names", batch), {"text": text}, follow=True)

    assert told(answer) == [
        "以下列没有对应的栏目，原文已随名单保存：籍贯",
        "2 人有问题，列在“待更正”中，没有丢弃；更正后即可接收",
        "共 3 行：1 人待接收，2 人待更正",
    ]
    again = officer.post(page("add-names", batch), {"text": text}, follow=True)
    assert told(again)[-1] == "共 3 行：3 行名单中已有，没有改动"


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030"])
def test_a_list_comes_as_a_file(officer, town, kind):
    batch = handover(town.district)
    rows = table(cells(1), cells(2))
    content = xlsx(HEADER, rows) if kind == "xlsx" else csv_file(HEADER, rows)
    if kind == "gb18030":
        content = content.decode("utf-8-sig").encode("gb18030")
    file = SimpleUploadedFile("名单.xlsx" if kind == "xlsx" else "名单.csv", content)

    officer.post(page("add-names", batch), {"text": "", "file": file})

    assert batch.people.filter(outcome="pending").count() == 2


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"text": ""}, {"__all__": ["粘贴名单和上传文件须且只能选一种"]}),
        (
            {"text": "张三\t李四"},
            {"text": ["没有找到表头“姓名”“公民身份号码”：请连同表头一行一起提供，第一行写各列的名称"]},
        ),
        (
            {"text": "姓名\t性别\n张三\t男"},
            {"text": ["没有找到表头“公民身份号码”：请连同表头一行一起提供，第一行写各列的名称"]},
        ),
        ({"text": 'x\t"' + "y" * 200_000}, {"text": ["粘贴的内容不能按表格读取（引号不成对，或一格太长）"]}),
        ({"text": "姓" * 600_001}, {"text": ["粘贴的内容太长，请分几次添加，或上传文件"]}),
        (
            {"file": SimpleUploadedFile("名单.pdf", b"%PDF")},
            {"file": ["“名单.pdf”不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv"]},
        ),
    ],
)
def test_what_is_no_list_is_refused_in_words(officer, town, values, errors):
    batch = handover(town.district)

    assert errors_of(officer.post(page("add-names", batch), values)) == errors


def test_a_file_whose_first_sheet_is_no_list_and_one_that_has_none(officer, town):
    batch = handover(town.district)
    file = SimpleUploadedFile("名单.xlsx", xlsx(["说明"], [["请填写"]]))

    assert "没有找到表头" in errors_of(officer.post(page("add-names", batch), {"file": file}))["file"][0]


def test_a_community_sees_its_own_people_and_their_progress(batch, community):
    shown = community.get(page("receive", batch))

    assert [str(line) for line in shown.context["page"]] == [cells(1)["name"], cells(2)["name"]]
    assert shown.context["figures"]["total"] == 3
    assert "王强秀" not in shown.content.decode()
    assert 'href="?outcome=faulty"' in shown.content.decode()


def test_the_people_ticked_are_accepted_into_a_branch(batch, community, town):
    people = [line.pk for line in HandoverPerson.objects.filter(outcome="pending", unit=town.our_community)]

    answer = post(community, batch, do="accept", people=people, branch=town.our_branch.pk)

    assert told(answer) == [f"已接收 2 人到“中共鼓楼社区离退休党支部”（{TODAY}）"]
    assert Member.objects.filter(branch=town.our_branch).count() == 2


def test_all_of_the_tab_are_accepted_and_who_is_here_already_is_named(batch, community, town):
    first = cells(1)
    factories.member(branch=town.our_branch, id_number=first["id_number"], sex="M", birth_on=None)

    answer = post(community, batch, do="accept", all="1", branch=town.our_branch.pk)

    assert told(answer) == [
        f"已接收 1 人到“中共鼓楼社区离退休党支部”（{TODAY}）；1 人已在册，没有重复登记：{first['name']}"
    ]


def test_a_refusal_leaves_the_ticks_and_nothing_written(batch, community, town):
    mine, foreign = number(cells(1)["name"]), number(cells(3)["name"])

    answer = post(community, batch, do="accept", people=[mine, foreign], branch=town.our_branch.pk)

    assert errors_of(answer) == {"__all__": ["所选的人中有 1 个不在名单里，或不在您的管辖范围内"]}
    assert answer.context["chosen"] == {mine, foreign}
    assert Member.objects.count() == 0


def test_the_people_ticked_are_returned_missed_and_let_wait_again(batch, community):
    first, second = number(cells(1)["name"]), number(cells(2)["name"])

    answer = post(community, batch, do="return", people=[first], reason="not_resident", remark="迁居")
    assert told(answer) == ["1 人已退回"]
    assert told(post(community, batch, do="miss", people=[second])) == ["1 人查无此人"]
    assert told(post(community, batch, tab="returned", do="reopen", people=[first])) == ["1 人重新待接收"]
    [wrong] = errors_of(post(community, batch, do="return", people=[first]))["reason"]
    assert wrong.startswith("退回须写明原因：抬头或去向有误、")


def test_a_secretary_and_an_auditor_look_and_are_offered_nothing(batch, town, enter):
    auditor = browser_of(enter, "auditor", unit=town.district)

    shown = auditor.get(page("receive", batch, outcome="faulty"))

    assert shown.context["form"] is None
    assert "有问题，待社区或街道更正" in shown.content.decode()
    assert auditor.post(page("receive", batch), {"do": "accept"}).status_code == 403
    assert auditor.get(page("faulty", batch)).status_code == 403


def test_a_faulty_line_is_put_right_on_its_page(batch, community):
    line = HandoverPerson.objects.get(outcome="faulty")
    address = reverse("admin:members_handoverperson_correct", args=[line.pk])
    form = community.get(address).context["form"]
    assert list(form.fields)[:2] == ["version", "phone"]
    values = {name: form[name].initial or "" for name in form.fields}

    answer = community.post(address, {**values, "phone": "2", "name": ""}, follow=True)
    assert told(answer)[0].startswith("已保存，还有问题：")
    answer = community.post(address, {**values, "version": "2", "phone": ""}, follow=True)

    assert told(answer) == [f"“{line}”已更正，结果为“待接收”"]
    assert "pending" not in answer.text
    assert errors_of(community.post(address, {**values, "version": "1"}))["__all__"]


def test_an_acceptance_is_taken_back_on_its_page(batch, community, town):
    post(community, batch, do="accept", people=[number(cells(1)["name"])], branch=town.our_branch.pk)
    line = HandoverPerson.objects.get(outcome="accepted")
    shown = community.get(reverse("admin:members_handoverperson_change", args=[line.pk]))
    assert "撤回接收" in shown.content.decode()
    assert reverse("admin:members_member_change", args=[line.membership.member_id]) in shown.content.decode()

    address = reverse("admin:members_handoverperson_undo", args=[line.pk])
    answer = community.post(address, {"reason": "编错了支部", "version": "2"}, follow=True)

    assert told(answer) == [f"已撤回“{line}”的接收，现为“待接收”"]


def test_who_is_here_already_out_of_reach_is_not_said_where(batch, community, town, enter):
    factories.member(branch=town.their_branch, id_number=cells(5)["id_number"], sex="M", birth_on=None)
    officer = browser_of(enter, "district_officer", unit=town.district)
    text = "\n".join("\t".join(row) for row in [HEADER, *table(cells(5))])
    officer.post(page("add-names", batch), {"text": text})
    line = HandoverPerson.objects.get(outcome="already_here")
    clerk = browser_of(enter, "community_clerk", unit=town.our_community)

    shown = clerk.get(reverse("admin:members_handoverperson_change", args=[line.pk])).content.decode()

    assert "不在您的管辖范围内，请联系上级" in shown
    assert "文昌" not in shown


def test_the_faulty_ones_are_downloaded_with_their_reasons_and_that_is_put_on_record(batch, community):
    answer = community.get(page("faulty", batch))

    header, row = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert (header[0], header[-1]) == ("更正编号", "问题（请更正后整份重新上传）")
    assert row[header.index("公民身份号码")] == cells(4)["id_number"]
    assert "不是11位手机号" in row[-1]
    assert AuditEntry.objects.filter(verb="handover.exported").count() == 1


def test_the_list_of_people_is_searched_and_filtered(officer, batch):
    address = reverse("admin:members_handoverperson_changelist")
    found = officer.post(address, {"q": "yyx"}, follow=True)

    assert [line.name for line in found.context["cl"].result_list] == ["杨英秀"]
    assert officer.get(address, {"late": "1"}).context["cl"].result_count == 0
    assert officer.get(address, {"handover": batch.pk}).context["cl"].result_count == 4


def test_a_street_prints_its_receipt_and_no_other(batch, town, enter):
    clerk = browser_of(enter, "street_clerk", unit=town.ours)
    post(clerk, batch, do="accept", people=[number(cells(1)["name"])], branch=town.our_branch.pk)
    post(clerk, batch, do="return", people=[number(cells(2)["name"])], reason="not_resident")
    assert "打印回执" in clerk.get(page("change", batch)).content.decode()

    shown = clerk.get(page("receipt", batch, street=town.ours.pk)).content.decode()

    text = re.sub(r"<[^>]+>|\s+", " ", shown)
    assert "企业离退休党员接收回执名单" in shown
    assert f"麒移回〔2026〕{batch.pk}-" in shown
    assert "已接收 1 人，退回 1 人，查无此人 0 人，已在册 0 人，尚在办理 1 人" in " ".join(text.split())
    assert "不在本辖区居住" in shown
    assert cells(3)["name"] not in shown
    for street in (town.theirs.pk, town.our_community.pk, 99_999, "x"):
        assert clerk.get(page("receipt", batch, street=street)).status_code == 404


def test_the_list_of_batches_tells_how_far_each_has_come(officer, batch):
    post(officer, batch, do="miss", people=[number(cells(1)["name"])])

    shown = officer.get(reverse("admin:members_handover_changelist"), {"state": "open"}).content.decode()

    assert "1 / 4（25%）" in shown
    assert "待接收 2，待更正 1" in shown
    assert (
        officer.get(reverse("admin:members_handover_changelist"), {"state": "closed"})
        .context["cl"]
        .result_count
        == 0
    )


def test_a_batch_is_closed_and_opened_again(officer, town):
    batch = handover(town.district)

    officer.post(page("close", batch), {"on": TODAY, "version": "1"})
    closed = Handover.objects.get()
    assert closed.closed_on == TODAY
    assert officer.get(page("receive", batch)).context["reception"].receives is False
    officer.post(page("reopen", batch), {"version": "2"})
    assert Handover.objects.get().closed_on is None


# Promises and secondments.


def test_a_promise_is_registered_and_what_came_is_written_down(officer, town):
    firm = factories.employer(name="滇东第一机械厂")
    values = {"employer": firm.pk, "unit": town.our_community.pk, "kind": "venue", "what": "活动室",
              "amount": "120", "due_on": "2027-01-01", "document": "", "note": ""}  # fmt: skip
    officer.post(reverse("admin:branches_pledge_add"), values)
    made = Pledge.objects.get()

    address = reverse("admin:branches_pledge_deliver", args=[made.pk])
    answer = officer.post(address, {"on": TODAY, "amount": "20", "note": "", "version": "1"}, follow=True)

    assert told(answer)[-1:] == [f"已登记 {TODAY} 兑现 20 平方米，累计 20 平方米"]
    assert errors_of(officer.post(address, {"on": TODAY, "amount": "101", "version": "2"})) == {
        "amount": ["本次 101 平方米超过尚未兑现的 100.00 平方米（承诺 120.00，已兑现 20.00）"]
    }
    change = {"kind": "venue", "what": "活动室一间", "amount": "20", "due_on": "2027-01-01", "document": "",
              "note": "", "version": "2"}  # fmt: skip
    officer.post(reverse("admin:branches_pledge_change", args=[made.pk]), change)
    assert Pledge.objects.get().what == "活动室一间"
    assert Delivery.objects.count() == 1
    listed = officer.get(reverse("admin:branches_pledge_changelist"), {"state": "kept"})
    assert listed.context["cl"].result_count == 1


def test_a_community_clerk_sees_promises_and_secondments_and_does_not_register_them(town, community):
    promised(town.our_community)
    seconded(town.our_community)

    for name in ("branches_pledge", "members_secondment"):
        assert community.get(reverse(f"admin:{name}_changelist")).context["cl"].result_count == 1
        assert community.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_secondment_is_registered_corrected_and_ended(officer, town):
    values = {"member": "", "person_name": "赵志明", "role": "cross_post", "duty": "",
              "sent_by": town.ours.pk, "host": town.our_community.pk, "employer": "", "document": "",
              "since": "2026-01-01", "until": "2028-01-01"}  # fmt: skip
    officer.post(reverse("admin:members_secondment_add"), values)
    made = Secondment.objects.get()

    change = {"duty": "联络员", "document": "", "since": "2026-01-01", "until": "2027-12-31", "version": "1"}
    officer.post(reverse("admin:members_secondment_change", args=[made.pk]), change)
    address = reverse("admin:members_secondment_end", args=[made.pk])
    answer = officer.post(address, {"on": "2027-01-01", "version": "2"}, follow=True)

    assert told(answer)[-1:] == ["“赵志明”在“鼓楼社区”的任职已改为 2027-01-01 结束"]
    assert (Secondment.objects.get().duty, Secondment.objects.get().until) == ("联络员", date(2027, 1, 1))
    listed = officer.get(reverse("admin:members_secondment_changelist"), {"unit": town.ours.pk})
    assert listed.context["cl"].result_count == 1


def test_where_her_file_is_kept_stands_on_her_page_apart_from_her_branch(community, town):
    lists = [cells(1), cells(2, archives_at="市档案馆")]
    kept = handover(town.district, *lists, document="另一批", archives_at="区档案中心")
    post(community, kept, do="accept", all="1", branch=town.our_branch.pk)
    for line, where in zip(kept.people.order_by("serial"), ("区档案中心", "市档案馆"), strict=True):
        member = line.membership.member
        page_of_her = reverse("admin:members_member_change", args=[member.pk])
        shown = community.get(page_of_her).content.decode()
        assert f"存放于 <strong>{where}</strong>" in shown
    other = factories.member(branch=town.our_branch)
    shown = community.get(reverse("admin:members_member_change", args=[other.pk]))
    assert "存放于 <strong>" not in shown.content.decode()
