"""The roster by REST: who sees whom, what of her, how she is found, and how she is registered."""

from datetime import date

import pytest

from branches.models import Category
from core.models import AuditEntry
from members.api.shown import MemberLine
from members.models import Member, Membership
from members.operations import StandingChange, change_standing
from tests import factories
from tests.callers import refusals, unnumbered, words
from tests.factories import TODAY
from tests.ledger import fingerprint


def names(answer):
    return [member["name"] for member in answer.json()["results"]]


def decease(member, on=date(2026, 5, 1)):
    change_standing(member=member, change=StandingChange("decease", on), by=None, today=TODAY)


# Who sees whom.


def test_a_list_holds_the_members_in_scope_and_no_others(streets):
    streets.people()

    assert names(streets.clerk.get("members/")) == names(streets.secretary.get("members/")) == ["王秀英"]
    assert names(streets.officer.get("members/")) == ["李国强", "王秀英"]


def test_a_secretary_does_not_see_the_branch_next_door(streets):
    streets.people()
    factories.member(branch=factories.branch(unit=streets.gulou), name="赵邻")

    assert names(streets.secretary.get("members/")) == ["王秀英"]
    assert names(streets.secretary.get("members/", search="赵邻")) == []


def test_a_foreign_member_answers_as_one_that_never_was(streets):
    streets.people()
    clerk = streets.clerk

    for action in ("", "confirm/", "extend/", "suspend/", "restore/", "expel/", "decease/", "reveal/"):
        call = clerk.post if action else clerk.get
        answers = [call(f"members/{pk}/{action}") for pk in (streets.li.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    answers = [clerk.patch(f"members/{pk}/", {}) for pk in (streets.li.pk, 999_999)]
    assert answers[0].content == answers[1].content


def test_a_consumer_of_statistics_sees_places_but_nobody(streets):
    streets.people()
    consumer = streets.consumer

    for path in ("members/", f"members/{streets.wang.pk}/", "memberships/", "affiliations/"):
        assert refusals(consumer.get(path)) == (403, [("permission_denied", None)])
    assert consumer.post(f"members/{streets.wang.pk}/reveal/", {"reason": "核对身份"}).status_code == 403
    assert [consumer.get(path).status_code for path in ("units/", "branches/")] == [200, 200]


# What of her.


def test_no_list_and_no_detail_holds_a_whole_number_or_health(streets):
    number = factories.id_number(3)
    wang = factories.member(
        branch=streets.here,
        id_number=number,
        health_note="高血压",
        phones=[("13987654321", "child", "女儿王小芳")],
    )
    secrets = (number, number[:14], "高血压")

    listed = streets.clerk.get("members/").content.decode()
    assert [text for text in (*secrets, "13987654321", "4321", "王小芳") if text in listed] == []
    for caller in (streets.clerk, streets.secretary, streets.caller("auditor", unit=streets.district)):
        shown = caller.get(f"members/{wang.pk}/").content.decode()
        assert [text for text in secrets if text in shown] == []


def test_the_last_four_are_shown_to_who_may_see_the_whole_for_this_member(streets):
    streets.people()
    factories.member(branch=streets.there, name="赵有号", id_number=factories.id_number(4))
    masked, theirs = (f"****{factories.id_number(serial)[-4:]}" for serial in (1, 4))
    both = streets.secretary
    factories.appoint(
        user=both.user,
        values={"role": "street_clerk", "unit": streets.jianning, "since": date(2000, 1, 1)},
        by=None,
    )

    def shown(caller):
        listed = {line["name"]: line["id_masked"] for line in caller.get("members/").json()["results"]}
        detail = caller.get(f"members/{streets.wang.pk}/").json()["id_masked"]
        assert listed["王秀英"] == detail
        return listed

    assert shown(streets.clerk) == {"王秀英": masked}
    assert shown(streets.secretary) == {"王秀英": "已登记"}
    assert shown(streets.caller("auditor", unit=streets.nanning)) == {"王秀英": "已登记"}
    # A birth date and the last four are most of a number: she sees four there, but not here.
    assert shown(both) == {"王秀英": "已登记", "李国强": "", "赵有号": theirs}


def test_a_phone_is_shown_whole_only_to_who_may_keep_it(streets):
    wang = factories.member(branch=streets.here, phones=[("13987654321", "child", "女儿")])
    auditor = streets.caller("auditor", unit=streets.district)

    def phones(caller):
        return caller.get(f"members/{wang.pk}/").json()["phones"]

    whole = [{"number": "13987654321", "owner": "child", "note": "女儿"}]
    assert [phones(caller) for caller in (streets.clerk, streets.secretary)] == [whole, whole]
    assert phones(auditor) == [{"number": "****4321", "owner": "child", "note": ""}]


def test_who_keeps_contacts_elsewhere_is_shown_the_last_four_here(streets):
    wang = factories.member(branch=streets.here, phones=[("13987654321", "self", "")])
    auditor = streets.caller("auditor", unit=streets.district)
    factories.appoint(
        user=auditor.user,
        values={"role": "branch_secretary", "branch": streets.there, "since": date(2000, 1, 1)},
        by=None,
    )

    assert auditor.get(f"members/{wang.pk}/").json()["phones"][0]["number"] == "****4321"


def test_a_line_holds_exactly_what_its_description_says(streets):
    streets.people()

    [line] = streets.clerk.get("members/").json()["results"]

    assert set(line) == set(MemberLine().fields)
    detail = streets.clerk.get(f"members/{streets.wang.pk}/").json()
    assert {name: detail[name] for name in line} == line


def test_a_date_of_which_little_is_known_is_shown_as_far_as_known(streets):
    wang = factories.member(
        branch=streets.here,
        birth_on=date(1950, 7, 1),
        birth_precision="M",
        worked_on=date(1970, 1, 1),
        worked_precision="Y",
    )

    detail = streets.clerk.get(f"members/{wang.pk}/").json()

    assert (detail["birth_on"], detail["worked_on"], detail["joined_on"]) == ("1950-07", "1970", "1970-05-01")
    assert (detail["age"], detail["party_age"], detail["retired_on"]) == (76, 56, None)
    assert streets.clerk.get("members/").json()["results"][0]["birth_on"] == "1950-07"


# How she is found.


def test_members_are_found_by_lookups(streets):
    streets.people()
    decease(streets.li)
    officer = streets.officer
    found = {
        "李国强": [
            {"standing": "deceased"}, {"on_roster": "false"}, {"died_on__gte": "2026-05-01"},
            {"branch": str(streets.there.pk)}, {"unit": streets.jianning.code},
            {"standing__in": "deceased,exited"},
        ],
        "王秀英": [
            {"standing": "full"}, {"on_roster": "true"}, {"died_on__isnull": "true"}, {"search": "wxy"},
            {"search": factories.id_number(1)}, {"search": "1111"}, {"search": "王 wang"},
            {"branch": str(streets.here.pk), "sex": "F"}, {"unit": streets.gulou.code},
        ],
    }  # fmt: skip

    for name, queries in found.items():
        assert [names(officer.get("members/", **query)) for query in queries] == [[name]] * len(queries)
    assert names(officer.get("members/", birth_on__lt="1949-12-31")) == []
    assert names(officer.get("members/", birth_on__lte="1949-12-31", ordering="-name")) == [
        "王秀英",
        "李国强",
    ]
    assert names(officer.get("members/", employer=str(factories.employer().pk))) == []


def test_on_a_day_unit_and_branch_mean_where_she_was_on_that_day(streets):
    streets.people()
    second = factories.branch(unit=streets.nanning, name="中共南宁街道党支部")
    Membership.objects.filter(member=streets.wang).update(until=date(2020, 1, 1), ended_by="transfer_out")
    Membership.objects.create(
        member=streets.wang, branch=second, since=date(2020, 1, 1), began_by="transfer_in"
    )
    clerk = streets.clerk

    def on(day, **query):
        return names(clerk.get("members/", on=day, **query))

    gulou, here = {"unit": streets.gulou.code}, {"branch": str(streets.here.pk)}
    assert [on("2019-12-31"), on("2019-12-31", **gulou), on("2019-12-31", **here)] == [["王秀英"]] * 3
    assert [on("2020-01-01", **gulou), on("2020-01-01", **here), on("2009-12-31")] == [[]] * 3
    assert [on("2020-01-01"), on("2020-01-01", branch=str(second.pk))] == [["王秀英"]] * 2
    assert names(clerk.get("members/", **gulou)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_however_many_rows(streets, django_assert_num_queries, rows):
    for _ in range(rows):
        factories.member(branch=streets.here, phones=[("13800000000", "self", "")])
    clerk, wang = streets.clerk, Member.objects.first()

    # Appointments, the rows; one page shows them all.
    with django_assert_num_queries(2):
        clerk.get("members/")
    # The unit's code, its place on the day, the rows.
    with django_assert_num_queries(3):
        clerk.get("members/", unit=streets.gulou.code, on="2020-01-01", search="王", ordering="-birth_on")
    # The member, where her file is kept, whether her phones are shown whole, the phones.
    with django_assert_num_queries(4):
        clerk.get(f"members/{wang.pk}/")


# How she is registered.


def registration(branch, **values):
    return {
        "name": "赵玉兰", "sex": "F", "birth_on": "1950-07", "joined_on": "1970-05-01", "branch": branch.pk,
        "since": "2020-01-01", **values,
    }  # fmt: skip


def test_a_member_is_registered_with_branch_and_phones_in_one_step(streets):
    enterprise = factories.employer()
    group = factories.branch(
        unit=streets.gulou, category=Category.GROUP, parent=streets.here, name="第一党小组"
    )

    answer = streets.clerk.post(
        "members/",
        registration(
            streets.here,
            worked_on="1968",
            employer=enterprise.pk,
            residence=streets.gulou.pk,
            health_note="高血压",
            began_by="handover",
            handed_over_by=enterprise.pk,
            group=group.pk,
            document="移交〔2020〕1号",
            phones=[
                {"number": "138 8740 0001"},
                {"number": "0874-3123456", "owner": "child", "note": "女儿"},
            ],
        ),
    )

    assert (answer.status_code, answer["ETag"]) == (201, '"v1"')
    member = Member.objects.get(pk=answer.json()["id"])
    held = member.memberships.get()
    assert (str(member.partial("birth")), str(member.partial("worked"))) == ("1950-07", "1968")
    assert (member.branch, member.employer, member.residence) == (streets.here, enterprise, streets.gulou)
    assert member.get_sealed("health_note") == "高血压"
    assert (held.group, held.began_by, held.handed_over_by) == (group, "handover", enterprise)
    assert (held.began_document, str(held.since)) == ("移交〔2020〕1号", "2020-01-01")
    assert list(member.phones.values_list("number", "owner", "note")) == [
        ("13887400001", "self", ""),
        ("0874-3123456", "child", "女儿"),
    ]
    assert AuditEntry.objects.about(member).get().verb == "member.registered"


BAD = [
    ({"id_number": "110105194912310021"}, "id_number",
     "身份证号“110105194912310021”的校验位不对（GB 11643），请核对是否输错"),
    ({"birth_on": "1971"}, "joined_on", "入党日期必须晚于出生日期（1971-01-01，1970-05-01）"),
    ({"birth_on": "1950-13"}, "birth_on", "“1950-13”不是有效的日期，请写成 1958-07-12、1958-07 或 1958"),
    ({"birth_on": 1950}, "birth_on", "应为文字，如 1958-07-12、1958-07 或 1958"),
    ({"since": "2027-01-01"}, "since", "组织关系起始日期 2027-01-01 在今天（2026-11-23）之后"),
    ({"sex": "X"}, "sex", "“X” 不是合法选项。"),
    ({"standing": "deceased"}, "standing", "登记时只能是正式党员或预备党员，其他情形请登记后办理党籍变动"),
    ({"phones": [{"number": "1"}]}, "phones",
     "第1个电话“1”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"),
    ({"phones": [{"number": "13800000000", "id": 1}]}, "phones.0.id", "没有“id”这个可填写的字段"),
    ({"path": "00001/"}, "path", "没有“path”这个可填写的字段"),
    ({"version": 9}, "version", "没有“version”这个可填写的字段"),
    ({"name": "赵1"}, "name", "姓名“赵1”中不能有数字或符号"),
]  # fmt: skip


def test_what_is_wrong_is_named_with_field_value_and_rule_and_nothing_is_written(streets):
    clerk = streets.clerk
    before = fingerprint(without=["core_user"])

    for wrong, field, said in BAD:
        answer = clerk.post("members/", registration(streets.here, **wrong))
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["attr"], error["detail"]) == (400, field, said)
    assert fingerprint(without=["core_user"]) == before


def test_everything_that_is_wrong_is_named_at_once(streets):
    answer = streets.clerk.post("members/", {"name": "赵1", "owner": 1, "phones": [{"number": None}]})

    assert refusals(answer) == (
        400,
        [("required", "sex"), ("null", "phones.0.number"), ("required", "branch"), ("required", "since"),
         ("not_writable", "owner")],
    )  # fmt: skip


def test_a_temporary_organisation_holds_no_relation(streets):
    status, [said] = words(streets.clerk.post("members/", registration(streets.circle_here)))

    assert status == 400
    assert said.startswith("“中共鼓楼书画临时党支部”是三缘型临时党组织，不能接收组织关系")


def test_a_number_of_fifteen_places_is_taken_with_a_word_of_warning(streets):
    number = factories.id_number(9)
    old = number[:6] + number[8:17]

    def warned(given):
        body = registration(streets.here, birth_on="1949-12-31", id_number=given)
        answer = streets.clerk.post("members/", body)
        assert answer.status_code == 201
        return [words for words in answer.json()["warnings"] if "15位" in words]

    assert warned(old) == ["身份证号填写的是15位旧号，已换算为18位（补19和校验码），请与现用证件核对"]
    assert Member.objects.get().get_sealed("id_number") == number
    assert warned(factories.id_number(10)) == []


def test_a_name_in_pinyin_is_taken_with_a_word_of_warning(streets):
    answer = streets.clerk.post("members/", registration(streets.here, name="Zhang San"))

    assert answer.status_code == 201
    assert answer.json()["warnings"] == ["姓名“ZhangSan”中有括号或拉丁字母，请核对"]


def test_who_may_be_registered_twice_is_told_to_who_may_see_her(streets):
    body = registration(streets.here, birth_on="1949-12-31")
    factories.member(branch=streets.there, name=body["name"], birth_on=date(1949, 12, 31))

    first, second = (streets.clerk.post("members/", body).json() for _ in range(2))

    assert first["warnings"] == []
    [words] = second["warnings"]
    assert words.startswith(f"名册里已有一位{body['name']}（{streets.here}，1949-12-31）")


def test_whose_a_taken_id_number_is_hears_only_who_may_see_her(streets):
    streets.people()
    number = factories.id_number(7)
    factories.member(branch=streets.there, name="周桂英", id_number=number)

    def told(caller, taken):
        body = registration(streets.here, birth_on="1949-12-31", id_number=taken)
        return words(caller.post("members/", body))

    generic = "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"
    assert told(streets.clerk, number) == (400, [generic])
    known = "该身份证号已登记为“{}”，在“{}”，不能重复登记"
    hers, his = (
        known.format("王秀英", "中共鼓楼社区第一党支部"),
        known.format("周桂英", "中共文昌社区第一党支部"),
    )
    assert told(streets.clerk, factories.id_number(1)) == (400, [hers])
    assert told(streets.officer, number) == (400, [his])


def test_of_who_has_left_the_roster_it_is_said_how_she_stands(streets):
    wang = streets.people().wang
    streets.clerk.post(f"members/{wang.pk}/decease/", {"on": "2026-01-01"}, If_Match='"v1"')

    body = registration(streets.here, birth_on="1949-12-31", id_number=factories.id_number(1))
    assert words(streets.clerk.post("members/", body)) == (
        400, ["该身份证号已登记为“王秀英”，原在“中共鼓楼社区第一党支部”，现为“去世”，已不在册，不能重复登记"],
    )  # fmt: skip


def test_a_foreign_key_is_refused_like_an_unknown_one(streets):
    clerk = streets.clerk
    group = factories.branch(
        unit=streets.wenchang, category=Category.GROUP, parent=streets.there, name="文昌小组"
    )
    foreign = {"branch": streets.there.pk, "group": group.pk, "residence": streets.wenchang.pk}
    before = fingerprint(without=["core_user"])

    for field, number in foreign.items():
        answers = [
            clerk.post("members/", registration(streets.here) | {field: pk}) for pk in (number, 999_999)
        ]
        assert [refusals(answer) for answer in answers] == [(400, [("does_not_exist", field)])] * 2
        assert unnumbered(answers[0], number) == unnumbered(answers[1], 999_999)
    assert fingerprint(without=["core_user"]) == before


def test_who_only_reads_or_keeps_contacts_registers_nobody(streets):
    for caller in (streets.secretary, streets.caller("auditor", unit=streets.district), streets.consumer):
        assert caller.post("members/", registration(streets.here)).status_code == 403
