"""Registering in one form: everything that is wrong at once, nothing out of scope, nobody twice."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import reverse

from core.models import AuditEntry
from members.models import Member, Phone
from tests import factories
from tests.ledger import fingerprint
from tests.members.admin.pages import errors_of, told

ADD = reverse("admin:members_member_add")
AUTOCOMPLETE = reverse("admin:autocomplete")
NOT_THERE = "没有这一项，或不在您的管辖范围内"


def typed(where, /, **values):
    """What a person types to register 王秀英."""
    return {
        "uid": uuid4(),
        "name": "王秀英",
        "sex": "F",
        "id_number": factories.id_number(1),
        "ethnic_group": "01",
        "birth_on": "1949年12月",
        "standing": "full",
        "joined_on": "1970.5",
        "full_on": "",
        "retire_kind": "tuixiu",
        "phone": "139 8765 4321",
        "phone_owner": "child",
        "branch": where.pk,
        "since": "2010-01-01",
        "began_by": "initial_load",
        "party_age_correction": "0",
        **values,
    }


def refused(browser, values):
    """What the form says is wrong, once it is sure that nothing was written."""
    before = fingerprint()
    answer = browser.post(ADD, values)
    assert answer.status_code == 200
    assert fingerprint() == before
    return errors_of(answer)


def test_one_form_registers_the_person_her_branch_and_the_first_day(clerk, town):
    employer = factories.employer(name="曲靖卷烟厂")
    more = {
        "employer": employer.pk,
        "residence": town.our_community.pk,
        "health_note": "高血压",
        "retired_on": "2004",
        "note": "住女儿家",
    }

    answer = clerk.post(ADD, typed(town.our_branch, **more))

    member = Member.objects.get()
    assert answer.status_code == 302
    assert (member.name, member.employer, member.residence, member.note) == (
        "王秀英",
        employer,
        town.our_community,
        "住女儿家",
    )
    assert [str(member.partial(name)) for name in ("birth", "joined", "retired")] == [
        "1949-12",
        "1970-05",
        "2004",
    ]
    assert member.get_sealed("id_number") == factories.id_number(1)
    assert member.get_sealed("health_note") == "高血压"
    assert list(member.phones.values_list("number", "owner")) == [("13987654321", "child")]
    assert list(member.memberships.values_list("branch", "since", "began_by")) == [
        (town.our_branch.pk, date(2010, 1, 1), "initial_load")
    ]


def test_the_minimum_is_enough(clerk, town):
    values = typed(town.our_branch, birth_on="", phone="")

    clerk.post(ADD, values)

    member = Member.objects.get()
    assert str(member.partial("birth")) == "1949-12-31"
    assert Phone.objects.count() == 0


def test_a_number_of_fifteen_places_is_taken_with_a_word_of_warning(clerk, town):
    number = factories.id_number(1)

    page = clerk.post(ADD, typed(town.our_branch, id_number=number[:6] + number[8:17]), follow=True)

    assert Member.objects.get().get_sealed("id_number") == number
    assert "身份证号填写的是15位旧号，已换算为18位（补19和校验码），请与现用证件核对" in told(page)


def test_everything_that_is_wrong_is_said_at_once_beside_its_field(clerk, town):
    group = factories.branch(unit=town.our_community, category="641", parent=town.our_branch, name="一组")
    other = factories.branch(unit=town.our_community, name="二支部")
    values = typed(
        other,
        name="王3",
        sex="M",
        id_number=factories.id_number(1)[:-1] + "0",
        birth_on="什么时候",
        joined_on="2990-01-01",
        phone="12345",
        group=group.pk,
        began_by="handover",
    )

    assert sorted(refused(clerk, values)) == [
        "birth_on",
        "full_on",
        "id_number",
        "joined_on",
        "name",
        "phone",
    ]

    values |= {"name": "王秀英", "birth_on": "1949-12-31"}
    assert sorted(refused(clerk, values)) == [
        "full_on",
        "group",
        "handed_over_by",
        "id_number",
        "joined_on",
        "phone",
    ]


def test_the_empty_birth_date_is_not_missed_beside_a_number_that_cannot_be_read(clerk, town):
    wrong = factories.id_number(1)[:-1] + "0"

    assert sorted(refused(clerk, typed(town.our_branch, id_number=wrong, birth_on=""))) == ["id_number"]
    assert sorted(refused(clerk, typed(town.our_branch, id_number="", birth_on=""))) == ["birth_on"]


def test_sex_and_id_number_must_agree(clerk, town):
    assert refused(clerk, typed(town.our_branch, sex="M")) == {
        "sex": ["性别与身份证号不一致：身份证第17位表示女"]
    }


def test_the_branch_and_the_first_day_are_asked(clerk, town):
    assert sorted(refused(clerk, typed(town.our_branch, branch="", since=""))) == ["branch", "since"]


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_whose_a_taken_id_number_is_hears_only_who_may_see_her(clerk, town, whose):
    known = factories.member(
        branch=getattr(town, {"ours": "our_branch", "theirs": "their_branch"}[whose]),
        name="李桂兰",
        id_number=factories.id_number(1),
    )

    errors = refused(clerk, typed(town.our_branch))

    said = {
        "ours": f"该身份证号已登记为“李桂兰”，在“{known.branch.name}”，不能重复登记",
        "theirs": "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接",
    }
    assert errors == {"id_number": [said[whose]]}
    page = clerk.post(ADD, typed(town.our_branch)).content.decode()
    assert [text for text in (known.name, known.branch.name) if text in page and whose == "theirs"] == []


@pytest.mark.parametrize("field", ["branch", "group", "residence"])
def test_a_foreign_choice_is_refused_exactly_as_an_unknown_one(clerk, town, field):
    foreign = {
        "branch": town.their_branch,
        "group": factories.branch(
            unit=town.their_community, category="641", parent=town.their_branch, name="外组"
        ),
        "residence": town.their_community,
    }[field]

    errors = refused(clerk, typed(town.our_branch, **{field: foreign.pk}))

    assert errors == refused(clerk, typed(town.our_branch, **{field: 999999}))
    assert errors == {field: [NOT_THERE]}


@pytest.mark.parametrize("field", ["employer", "handed_over_by"])
def test_an_unknown_employer_is_refused(clerk, town, field):
    assert refused(clerk, typed(town.our_branch, **{field: 999999}))[field] == [NOT_THERE]


def test_a_temporary_branch_a_group_and_a_dissolved_one_hold_no_relation(clerk, town):
    temporary = factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")
    group = factories.branch(unit=town.our_community, category="641", parent=town.our_branch, name="一组")

    for branch in (temporary, group):
        assert refused(clerk, typed(branch)) == {"branch": [NOT_THERE]}


@pytest.mark.parametrize(
    ("model", "field", "offered"),
    [
        ("membership", "branch", ["中共鼓楼社区离退休党支部（鼓楼社区）"]),
        ("membership", "group", ["一组（鼓楼社区）"]),
        ("member", "branch", ["中共鼓楼社区离退休党支部（鼓楼社区）", "书画临时支部（鼓楼社区）"][:1]),
        ("affiliation", "branch", ["书画临时支部（鼓楼社区）"]),
        ("member", "residence", ["鼓楼社区（南宁街道）"]),
    ],
)
def test_what_is_offered_lies_within_the_scope_and_makes_sense_there(clerk, town, model, field, offered):
    for unit, branch in ((town.our_community, town.our_branch), (town.their_community, town.their_branch)):
        ours = unit == town.our_community
        factories.branch(unit=unit, category="641", parent=branch, name="一组" if ours else "外组")
        factories.branch(unit=unit, kind="temporary", name="书画临时支部" if ours else "外临时支部")

    answer = clerk.get(
        AUTOCOMPLETE, {"app_label": "members", "model_name": model, "field_name": field, "term": ""}
    )

    assert [row["text"] for row in answer.json()["results"]] == offered


def test_a_form_sent_twice_registers_once(clerk, town):
    values = typed(town.our_branch, id_number="", birth_on="1949")

    first, second = clerk.post(ADD, values), clerk.post(ADD, values)

    member = Member.objects.get()
    assert first.status_code == second.status_code == 302
    assert second.url == reverse("admin:members_member_change", args=[member.pk])
    assert "“王秀英”已登记，没有重复登记" in told(clerk.get(second.url))


def test_two_sendings_in_one_moment_register_once(clerk, town, monkeypatch):
    values = typed(town.our_branch, id_number="", birth_on="1949")
    clerk.post(ADD, values)
    page = admin.site.get_model_admin(Member)
    looks = iter([None, page._written_before])
    monkeypatch.setattr(page, "_written_before", lambda *about: (look := next(looks)) and look(*about))

    answer = clerk.post(ADD, values)

    assert answer.url == reverse("admin:members_member_change", args=[Member.objects.get().pk])
    assert list(looks) == []


def test_the_number_of_another_form_does_not_reach_a_foreign_member(clerk, town):
    foreign = factories.member(branch=town.their_branch, name="李桂兰")

    answer = clerk.post(ADD, typed(town.our_branch, uid=foreign.uid))

    assert answer.status_code == 200
    assert "李桂兰" not in answer.content.decode()
    assert Member.objects.count() == 1


def test_what_is_unusual_is_told_after_saving(clerk, town):
    answer = clerk.post(ADD, typed(town.our_branch, birth_on="1950-01-01"), follow=True)

    assert "档案出生日期 1950-01-01 与身份证上的 1949-12-31 不一致，两者都已保留" in told(answer)


@pytest.mark.parametrize(
    ("known", "birth", "told_of"),
    [
        ({"birth_on": date(1950, 3, 2)}, "1950-03-02", "1950-03-02"),
        ({"birth_on": date(1950, 3, 1), "birth_precision": "M"}, "1950-03-02", "1950-03"),
        ({"birth_on": date(1950, 3, 2)}, "1950", "1950-03-02"),
        ({"birth_on": date(1950, 3, 3)}, "1950-03-02", None),
        ({"birth_on": date(1951, 1, 1), "birth_precision": "Y"}, "1950-03-02", None),
    ],
)
def test_a_namesake_who_may_be_the_same_person_is_pointed_out(clerk, town, known, birth, told_of):
    factories.member(branch=town.our_branch, name="张秀英", **known)
    foreign = factories.member(branch=town.their_branch, name="张秀英", **known)

    values = typed(town.our_branch, name="张秀英", id_number="", birth_on=birth, joined_on="1975-01")
    page = clerk.post(ADD, values, follow=True)

    words = [words for words in told(page) if "已有一位" in words]
    expected = f"名册里已有一位张秀英（{town.our_branch}，{told_of}），请核对是不是同一人；"
    assert words == ([f"{expected}是重复登记的，请撤回这次登记"] if told_of else [])
    assert Member.objects.filter(name="张秀英").exclude(pk=foreign.pk).count() == 2


def test_registering_is_audited_with_names_of_fields_only(clerk, town):
    clerk.post(ADD, typed(town.our_branch))

    entry = AuditEntry.objects.get(verb="member.registered")
    assert entry.by.name == "街道经办"
    assert factories.id_number(1) not in str(entry.__dict__)


@pytest.mark.parametrize(
    "role", ["branch_secretary", "auditor", "statistics_consumer", "system_administrator"]
)
def test_who_may_not_register_gets_no_form(enter, town, role):
    place = {"branch": town.our_branch} if role == "branch_secretary" else {"unit": town.district}
    browser = enter(factories.account(role=role, **place))

    assert browser.get(ADD).status_code == 403
    assert browser.post(ADD, typed(town.our_branch)).status_code == 403
    assert Member.objects.count() == 0


def test_the_next_one_of_the_branch_need_not_have_her_relation_typed_anew(clerk, town):
    values = typed(town.our_branch, document="曲组介〔2010〕5号")

    answer = clerk.post(ADD, values | {"_addanother": "yes"}, follow=True)

    assert Member.objects.count() == 1
    assert "_addanother" in answer.content.decode()
    form = answer.context["adminform"].form
    kept = {
        name: form[name].value() for name in ("branch", "since", "began_by", "document", "name", "id_number")
    }
    assert kept == {
        "branch": str(town.our_branch.pk),
        "since": "2010-01-01",
        "began_by": "initial_load",
        "document": "曲组介〔2010〕5号",
        "name": None,
        "id_number": None,
    }
    assert form["uid"].value() != values["uid"]


def test_the_first_day_of_a_relation_is_nobody_s_guess(clerk):
    assert clerk.get(ADD).context["adminform"].form["since"].value() is None
