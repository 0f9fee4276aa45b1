"""A member's page: amending, the secretary's cut, what is sealed, phones, panels and the history."""

from datetime import date

import pytest
from django.urls import reverse

from core.models import AuditEntry
from members.models import Member, Phone
from members.operations import MemberChanges, amend_member
from tests import factories
from tests.ledger import fingerprint
from tests.members.admin.pages import errors_of, told
from tests.worlds import told_once


@told_once
def wang(town):
    return factories.member(
        branch=town.our_branch,
        name="王秀英",
        id_number=factories.id_number(1),
        health_note="高血压",
        phones=[("13987654321", "self", "")],
        retired_on=date(2004, 1, 1),
        retired_precision="Y",
    )


@pytest.fixture
def secretary(town, enter):
    """The browser of our branch's secretary."""
    return enter(factories.account(role="branch_secretary", branch=town.our_branch, name="支部书记"))


def page_of(member, name="change"):
    return reverse(f"admin:members_member_{name}", args=[member.pk])


def phones_form(*numbers, kept=()):
    """The part of the form about phones: those already there, and new ones."""
    values = {"phones-TOTAL_FORMS": len(kept) + len(numbers), "phones-INITIAL_FORMS": len(kept)}
    for place, phone in enumerate(kept):
        values |= {f"phones-{place}-id": phone.pk, f"phones-{place}-number": phone.number}
        values |= {f"phones-{place}-owner": phone.owner, f"phones-{place}-note": phone.note}
    for place, (number, owner, note) in enumerate(numbers, start=len(kept)):
        values |= {
            f"phones-{place}-number": number,
            f"phones-{place}-owner": owner,
            f"phones-{place}-note": note,
        }
    return values


def as_form(member, **values):
    """The page's form as it comes back."""
    shown = [
        "name",
        "former_name",
        "sex",
        "ethnic_group",
        "education",
        "retire_kind",
        "former_title",
        "address",
    ]
    dates = {
        f"{name}_on": member.partial(name) or "" for name in ("birth", "joined", "full", "worked", "retired")
    }
    return {
        **{name: getattr(member, name) for name in [*shown, "skills", "note", "party_age_correction"]},
        **dates,
        "version": member.version,
        **phones_form(kept=list(member.phones.all())),
        **values,
    }


def refused(browser, member, values):
    before = fingerprint()
    answer = browser.post(page_of(member), values)
    assert answer.status_code == 200
    assert fingerprint() == before
    return errors_of(answer)


def test_amending_changes_what_was_changed_and_nothing_else(clerk, wang):
    clerk.post(page_of(wang), as_form(wang, address="麒麟南路1号", full_on="1971年5月"))

    found = Member.objects.get(pk=wang.pk)
    assert (found.address, str(found.partial("full")), found.version) == ("麒麟南路1号", "1971-05", 2)
    assert found.get_sealed("id_number") == factories.id_number(1)
    assert found.get_sealed("health_note") == "高血压"
    assert str(found.partial("retired")) == "2004"
    assert AuditEntry.objects.filter(verb="member.amended").latest("pk").fields == [
        "address",
        "full_on",
        "full_precision",
    ]


def test_a_form_sent_back_unchanged_changes_nothing(clerk, wang):
    before = fingerprint(without=("django_admin_log",))

    assert clerk.post(page_of(wang), as_form(wang)).status_code == 302
    assert fingerprint(without=("django_admin_log",)) == before


def test_who_saves_what_somebody_else_has_changed_is_refused(clerk, wang):
    values = as_form(wang, address="旧地址")
    amend_member(member=wang, changes=MemberChanges({"address": "新地址"}), by=None, today=factories.TODAY)

    assert refused(clerk, wang, values) == {
        "__all__": ["“王秀英”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"]
    }


def test_what_is_wrong_is_said_at_once_beside_its_field(clerk, wang):
    values = as_form(wang, joined_on="不知道", retired_on="2990", new_id_number="123", worked_on="1940-01-01")

    assert sorted(refused(clerk, wang, values)) == ["joined_on", "new_id_number", "retired_on", "worked_on"]


def test_the_id_number_is_corrected_in_a_field_of_its_own(clerk, wang):
    assert factories.id_number(1) not in clerk.get(page_of(wang)).content.decode()

    clerk.post(page_of(wang), as_form(wang, new_id_number=factories.id_number(3), evidence="户籍证明"))

    assert Member.objects.get().get_sealed("id_number") == factories.id_number(3)


def test_a_taken_id_number_is_refused_in_that_field_without_saying_whose_it_is(clerk, wang, town):
    factories.member(branch=town.their_branch, name="李桂兰", id_number=factories.id_number(3))

    assert refused(clerk, wang, as_form(wang, new_id_number=factories.id_number(3), evidence="户籍证明")) == {
        "new_id_number": ["该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"]
    }


def test_a_foreign_residence_is_refused_as_an_unknown_one(clerk, wang, town):
    foreign = refused(clerk, wang, as_form(wang, residence=town.their_community.pk))

    assert foreign == refused(clerk, wang, as_form(wang, residence=999999))
    assert foreign == {"residence": ["没有这一项，或不在您的管辖范围内"]}


def test_a_residence_out_of_scope_stays_when_something_else_is_changed(clerk, wang, town):
    changes = MemberChanges({"residence": town.their_community})
    member = amend_member(member=wang, changes=changes, by=None, today=factories.TODAY)

    clerk.post(page_of(wang), as_form(member, residence=town.their_community.pk, skills="书法"))

    found = Member.objects.get()
    assert (found.residence, found.skills) == (town.their_community, "书法")


def test_phones_are_added_changed_and_taken_away_on_the_page(clerk, wang):
    kept = list(wang.phones.all())
    values = as_form(wang) | phones_form(("0874-3123456", "child", "晚上"), kept=kept)

    clerk.post(page_of(wang), values)
    assert sorted(wang.phones.values_list("number", "owner", "note")) == [
        ("0874-3123456", "child", "晚上"),
        ("13987654321", "self", ""),
    ]

    wang.refresh_from_db()
    gone = as_form(wang) | phones_form(kept=list(wang.phones.order_by("pk"))) | {"phones-0-DELETE": "on"}
    clerk.post(page_of(wang), gone)
    assert list(wang.phones.values_list("number", flat=True)) == ["0874-3123456"]


def test_a_number_that_is_none_is_refused_beside_it(clerk, wang):
    before = fingerprint()

    answer = clerk.post(
        page_of(wang), as_form(wang) | phones_form(("123", "self", ""), kept=wang.phones.all())
    )

    formset = answer.context["inline_admin_formsets"][0].formset
    assert formset.errors[1] == {
        "number": ["电话“123”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"]
    }
    assert fingerprint() == before


# The secretary's cut.


def test_what_a_secretary_may_change_stands_first_on_her_page(secretary, clerk, enter, town, wang):
    def titles(browser):
        fieldsets = browser.get(page_of(wang)).context["adminform"].fieldsets
        return [title for title, _ in fieldsets]

    read = ["基本信息", "入党", "离退休"]
    assert titles(secretary) == ["联系与居住", "特别情况", "备注", *read]
    assert titles(clerk) == [*read, "联系与居住", "特别情况", "备注", "更正依据"]
    assert titles(enter(factories.account(role="auditor", unit=town.district))) == [
        *read, "联系与居住", "特别情况", "备注"
    ]  # fmt: skip


def test_a_secretary_changes_contact_and_phones_but_no_identity(secretary, wang):
    values = as_form(
        wang, name="改名", joined_on="1980-01-01", new_id_number=factories.id_number(3), address="新址"
    )

    answer = secretary.post(page_of(wang), values | phones_form(("13800000000", "self", "")))

    # She stays with the person, whose numbers are there to be called.
    assert answer.url == page_of(wang)
    assert 'href="tel:13800000000"' in secretary.get(page_of(wang)).content.decode()

    found = Member.objects.get()
    assert (found.name, str(found.partial("joined")), found.address) == ("王秀英", "1970-05-01", "新址")
    assert found.get_sealed("id_number") == factories.id_number(1)
    assert list(found.phones.values_list("number", flat=True)) == ["13800000000"]


def test_a_secretary_sees_identity_as_text_with_its_precision(secretary, wang):
    answer = secretary.get(page_of(wang))

    assert sorted(answer.context["adminform"].form.fields) == [
        "address",
        "floating_since",
        "floating_to",
        "lost_since",
        "note",
        "residence",
        "skills",
        "version",
    ]
    page = answer.content.decode()
    assert "查看完整号码" not in page
    assert "查看健康状况" not in page
    assert "停止党籍" not in page


def test_a_secretary_does_not_reach_another_branch(secretary, town):
    other = factories.member(branch=factories.branch(unit=town.our_community, name="二支部"), name="安然")

    assert secretary.post(page_of(other), as_form(other, address="新址")).status_code == 302
    assert Member.objects.get().address == ""


def test_an_auditor_reads_and_changes_nothing(enter, town, wang):
    auditor = enter(factories.account(role="auditor", unit=town.district))
    before = fingerprint()

    page = auditor.get(page_of(wang)).content.decode()
    assert ["****4321" in page, "13987654321" in page] == [True, False]
    assert auditor.post(page_of(wang), as_form(wang, address="新址")).status_code == 403
    assert auditor.get(page_of(wang, "id-number")).status_code == 403
    assert fingerprint() == before


# What is sealed.


@pytest.mark.parametrize(
    ("which", "value"), [("id-number", factories.id_number(1)), ("health-note", "高血压")]
)
def test_a_sealed_value_is_shown_once_for_a_reason_that_is_kept(clerk, wang, which, value):
    asked = clerk.get(page_of(wang, which))
    shown = clerk.post(page_of(wang, which), {"reason": "核对医保关系"})

    assert value not in asked.content.decode()
    assert value in shown.content.decode()
    assert "no-store" in shown["Cache-Control"].split(", ")
    entry = AuditEntry.objects.get(verb="member.revealed")
    assert (entry.by.name, entry.reason, entry.subject_id) == ("街道经办", "核对医保关系", str(wang.pk))
    assert value not in clerk.get(page_of(wang, which)).content.decode()


@pytest.mark.parametrize("reason", ["", "看看", "   看 看"])
def test_without_a_reason_nothing_is_shown_and_nothing_written(clerk, wang, reason):
    before = fingerprint()

    answer = clerk.post(page_of(wang, "id-number"), {"reason": reason})

    assert factories.id_number(1) not in answer.content.decode()
    assert list(errors_of(answer)) == ["reason"]
    assert fingerprint() == before


def test_what_is_not_kept_is_refused_in_words(clerk, town):
    other = factories.member(branch=town.our_branch, name="安然")
    before = fingerprint()

    answer = clerk.post(page_of(other, "id-number"), {"reason": "核对医保关系"})

    assert errors_of(answer) == {"reason": ["安然 没有登记公民身份号码"]}
    assert fingerprint() == before


def test_a_secretary_reveals_nothing(secretary, wang):
    assert secretary.post(page_of(wang, "id-number"), {"reason": "核对医保关系"}).status_code == 403
    assert AuditEntry.objects.filter(verb="member.revealed").count() == 0


# Panels, history, deleting.


def test_the_page_shows_relations_taking_part_and_what_is_unusual(clerk, wang, town):
    temporary = factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")
    factories.affiliation(member=wang, branch=temporary, duty="召集人")
    changes = MemberChanges({"birth_on": date(1950, 1, 1)}, evidence="干部履历表")
    amend_member(member=wang, changes=changes, by=None, today=factories.TODAY)

    panels = clerk.get(page_of(wang)).context["panels"]

    assert [str(row.branch) for row in panels["memberships"]] == ["中共鼓楼社区离退休党支部"]
    assert [(str(row.branch), row.duty) for row in panels["affiliations"]] == [("书画临时支部", "召集人")]
    assert panels["warnings"] == ["档案出生日期 1950-01-01 与身份证上的 1949-12-31 不一致，两者都已保留"]


def test_the_history_tells_changes_of_the_person_and_her_phones_but_no_sealed_value(clerk, wang):
    changed = {"address": "麒麟南路1号", "new_id_number": factories.id_number(3), "evidence": "户籍证明"}
    clerk.post(page_of(wang), as_form(wang, **changed))

    page = clerk.get(page_of(wang, "history")).content.decode()

    assert "麒麟南路1号" in page
    assert "已更改" in page
    assert [
        text
        for text in (factories.id_number(1), factories.id_number(3), "高血压", "13987654321")
        if text in page
    ] == []


def test_nobody_is_ever_deleted_and_the_page_says_what_to_do_instead(clerk, wang):
    answer = clerk.post(page_of(wang, "delete"), {"post": "yes"})

    assert answer.status_code == 403
    assert "不能删除" in answer.content.decode()
    assert Member.objects.count() == 1
    assert Phone.objects.count() == 1


def test_the_page_asks_a_fixed_number_of_questions(clerk, wang, django_assert_num_queries):
    clerk.get(page_of(wang))

    with django_assert_num_queries(22):
        clerk.get(page_of(wang))


def test_after_saving_the_filtered_list_is_found_again(clerk, wang):
    answer = clerk.post(f"{page_of(wang)}?_changelist_filters=age%3D76-79", as_form(wang))

    assert answer.url == reverse("admin:members_member_changelist") + "?age=76-79"
    assert told(clerk.get(answer.url))


def test_a_disputed_fact_is_corrected_only_on_evidence_which_the_history_tells(clerk, wang):
    values = as_form(wang, birth_on="1950-03-01")
    before = wang.birth_on
    assert refused(clerk, wang, values) == {
        "evidence": ["更正出生日期须写明依据，如档案审核意见、文件名称和文号"]
    }

    clerk.post(page_of(wang), {**values, "evidence": "麒组函〔2026〕8号"})

    page = clerk.get(page_of(wang, "history")).content.decode()
    assert Member.objects.get().birth_on == date(1950, 3, 1)
    assert [text in page for text in ("依据：麒组函〔2026〕8号", str(before), "1950-03-01")] == [True] * 3
