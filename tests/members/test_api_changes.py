"""Changing a member by REST: amending, the secretary's part, the standing, what is sealed, and races."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from core.models import AuditEntry
from members.api import MemberViewSet
from members.models import Member
from tests import factories
from tests.callers import Caller, TwoStreets, refusals, unnumbered, words
from tests.ledger import fingerprint

SECRETARYS = "支部书记只能修改联系方式和参与情况，身份信息请联系街道"


def address_of(member, action=""):
    return f"members/{member.pk}/{action}"


# Amending.


def test_an_amendment_is_kept_as_the_next_version(streets):
    wang = streets.people().wang
    body = {
        "name": "王秀瑛", "birth_on": "1949-12", "former_title": "科长", "residence": streets.gulou.pk,
        "phones": [{"number": "13811112222", "owner": "child", "note": "女儿"}, {"number": "13833334444"}],
        "evidence": "干部履历表",
    }  # fmt: skip

    answer = streets.clerk.patch(address_of(wang), body, If_Match='"v1"')

    shown = answer.json()
    assert (answer.status_code, shown["name"], shown["birth_on"]) == (200, "王秀瑛", "1949-12")
    assert (shown["former_title"], shown["residence_name"]) == ("科长", "鼓楼社区")
    assert shown["phones"] == [
        {"number": "13811112222", "owner": "child", "note": "女儿"},
        {"number": "13833334444", "owner": "self", "note": ""},
    ]
    assert answer["ETag"] == streets.clerk.etag(address_of(wang))
    assert answer["ETag"] != '"v1"'


def test_a_date_is_cleared_with_null(streets):
    wang = streets.people().wang

    answer = streets.clerk.patch(address_of(wang), {"retired_on": "2005", "worked_on": None}, If_Match='"v1"')
    assert answer.json()["retired_on"] == "2005"
    answer = streets.clerk.patch(address_of(wang), {"retired_on": None}, If_Match='"v2"')
    assert answer.json()["retired_on"] is None


def test_who_changes_only_phones_takes_part_in_versions_too(streets):
    wang, clerk = streets.people().wang, streets.clerk
    first = clerk.patch(address_of(wang), {"phones": [{"number": "13811112222"}]}, If_Match='"v1"')
    before = fingerprint()

    second = clerk.patch(address_of(wang), {"phones": [{"number": "13833334444"}]}, If_Match='"v1"')

    assert (first.status_code, refusals(second)) == (200, (412, [("stale", None)]))
    assert fingerprint() == before


def test_a_bad_phone_leaves_the_rest_of_the_amendment_unwritten(streets):
    wang, clerk = streets.people().wang, streets.clerk
    before = fingerprint()

    for phones in ([{"number": "1"}], [{"owner": "self"}], "x", [1], [{"number": "13811112222"}] * 21):
        answer = clerk.patch(address_of(wang), {"name": "王秀瑛", "phones": phones}, If_Match='"v1"')
        assert answer.status_code == 400
    assert fingerprint() == before


def test_a_foreign_key_in_an_amendment_is_refused_like_an_unknown_one(streets):
    wang = streets.people().wang
    callers = [streets.clerk, streets.secretary]
    before = fingerprint()

    for caller in callers:
        answers = [
            caller.patch(address_of(wang), {"residence": pk}, If_Match='"v1"')
            for pk in (streets.wenchang.pk, 999_999)
        ]
        assert [refusals(answer) for answer in answers] == [(400, [("does_not_exist", "residence")])] * 2
        assert unnumbered(answers[0], streets.wenchang.pk) == unnumbered(answers[1], 999_999)
    assert fingerprint() == before


def test_a_branch_in_an_amendment_is_refused_whosever_it_is(streets):
    wang, clerk = streets.people().wang, streets.clerk
    before = fingerprint()

    for branch in (streets.there.pk, streets.here.pk, 999_999):
        answer = clerk.patch(
            address_of(wang), {"branch": branch, "path": "0", "on_roster": False}, If_Match='"v1"'
        )
        assert refusals(answer) == (
            400,
            [("not_writable", "branch"), ("not_writable", "path"), ("not_writable", "on_roster")],
        )
    assert fingerprint() == before


def test_the_standing_is_changed_by_its_own_actions(streets):
    wang = streets.people().wang

    status, said = words(
        streets.clerk.patch(address_of(wang), {"standing": "full", "died_on": "2020-01-01"}, If_Match='"v1"')
    )

    assert (status, said) == (
        400,
        [
            "党籍变动请用 POST members/编号/confirm|extend|suspend|restore|expel|decease/",
            "去世请用 POST members/编号/decease/",
        ],
    )


# The secretary's part.


def test_a_secretary_keeps_contacts_and_participation(streets):
    wang = streets.people().wang
    body = {
        "address": "麒麟南路1号", "skills": "书法", "note": "每周一来", "lost_since": "2026-01-01",
        "residence": streets.gulou.pk, "phones": [{"number": "13811112222"}],
    }  # fmt: skip

    answer = streets.secretary.patch(address_of(wang), body, If_Match='"v1"')

    assert answer.status_code == 200
    assert (answer.json()["address"], answer.json()["phones"][0]["number"]) == ("麒麟南路1号", "13811112222")


def test_a_secretary_does_not_touch_who_somebody_is(streets):
    wang, secretary = streets.people().wang, streets.secretary
    before = fingerprint()

    for field, value in (
        ("name", "王秀瑛"), ("sex", "M"), ("birth_on", "1950"), ("id_number", factories.id_number(9)),
        ("joined_on", "1971-01-01"), ("employer", None), ("health_note", "x"), ("party_age_correction", 12),
    ):  # fmt: skip
        body = {field: value, "address": "x", "phones": []}
        answer = secretary.patch(address_of(wang), body, If_Match='"v1"')
        assert (refusals(answer), words(answer)[1]) == ((400, [("invalid", field)]), [SECRETARYS])
    assert fingerprint() == before


def test_who_is_secretary_here_and_clerk_there_keeps_to_each_place(streets):
    streets.people()
    caller = streets.secretary
    factories.appoint(
        user=caller.user,
        values={"role": "street_clerk", "unit": streets.jianning, "since": date(2000, 1, 1)},
        by=None,
    )

    here = caller.patch(address_of(streets.wang), {"name": "甲"}, If_Match='"v1"')
    there = caller.patch(address_of(streets.li), {"name": "李国庆"}, If_Match='"v1"')

    assert (words(here), there.status_code) == ((400, [SECRETARYS]), 200)


def test_an_auditor_reads_and_changes_nothing(streets):
    wang = streets.people().wang
    auditor = streets.caller("auditor", unit=streets.district)
    before = fingerprint()

    assert auditor.patch(address_of(wang), {"note": "x"}, If_Match='"v1"').status_code == 403
    for action in ("decease/", "reveal/"):
        assert auditor.post(address_of(wang, action), {}, If_Match='"v1"').status_code == 403
    assert fingerprint() == before


# The standing.


def test_each_move_of_the_standing_has_its_address(streets):
    new = factories.member(
        branch=streets.here,
        name="预备",
        standing="probationary",
        joined_on=date(2024, 1, 1),
        birth_on=date(1960, 1, 1),
    )
    clerk = streets.clerk
    moves = [
        ("extend", {"on": "2025-01-01"}, "probationary"),
        ("confirm", {"on": "2025-07-01", "document": "转〔2025〕1号"}, "full"),
        ("suspend", {"on": "2025-07-01", "reason": "lost_contact"}, "suspended"),
        ("restore", {"on": "2025-08-01", "branch": streets.here.pk}, "full"),
        ("expel", {"on": "2025-09-01", "reason": "expelled"}, "exited"),
        ("decease", {"on": "2025-10-01"}, "deceased"),
    ]
    version = '"v1"'

    for action, body, standing in moves:
        answer = clerk.post(address_of(new, f"{action}/"), body, If_Match=version)
        assert (answer.status_code, answer.json()["standing"]) == (200, standing)
        assert answer["ETag"] != version
        version = answer["ETag"]
    assert clerk.get(address_of(new)).json()["on_roster"] is False


def test_what_belongs_to_a_probation_is_refused_of_a_full_member(streets):
    wang = streets.people().wang
    body = {"on": "2025-09-01", "reason": "probation_cancelled"}

    answer = streets.clerk.post(address_of(wang, "expel/"), body, If_Match='"v1"')
    assert refusals(answer) == (400, [("invalid", "reason")])


def test_death_before_birth_and_other_impossible_moves_are_refused(streets):
    wang, clerk = streets.people().wang, streets.clerk
    before = fingerprint()
    attempts = [
        ("decease", {"on": "1949-12-30"}, (400, ["去世日期 1949-12-30 早于出生日期 1949-12-31"])),
        ("decease", {"on": "2026-11-24"}, (400, ["日期 2026-11-24 在今天（2026-11-23）之后"])),
        ("decease", {"on": "2026-02-30"}, (400, ["没有“2026-02-30”这一天"])),
        ("decease", {"on": "2026-11"}, (400, ["“2026-11”：应为 2024-06-30 这样的日期"])),
        ("decease", {"on": 20261101}, (400, ["“20261101”：应为 2024-06-30 这样的日期"])),
        ("decease", {"on": None}, (400, ["该字段不能为 null。"])),
        ("confirm", {"on": "2026-01-01"}, (409, ["王秀英 现为“正式党员”，不能办理“转正”"])),
        ("suspend", {"on": "2026-01-01", "reason": "x"}, (400, ["“x” 不是合法选项。"])),
        ("suspend", {"on": "2026-01-01"}, (400, ["该字段是必填项。"])),
        ("decease", {"on": "2026-01-01", "reason": "x"}, (400, ["没有“reason”这个可填写的字段"])),
    ]

    for action, body, said in attempts:
        assert words(clerk.post(address_of(wang, f"{action}/"), body, If_Match='"v1"')) == said
    assert fingerprint() == before


def test_nobody_is_restored_into_a_foreign_branch(streets):
    wang, clerk = streets.people().wang, streets.clerk
    suspended = clerk.post(
        address_of(wang, "suspend/"), {"on": "2025-07-01", "reason": "lost_contact"}, If_Match='"v1"'
    )
    before = fingerprint()

    answers = [
        clerk.post(
            address_of(wang, "restore/"), {"on": "2025-08-01", "branch": pk}, If_Match=suspended["ETag"]
        )
        for pk in (streets.there.pk, 999_999)
    ]

    assert [refusals(answer) for answer in answers] == [(400, [("does_not_exist", "branch")])] * 2
    assert unnumbered(answers[0], streets.there.pk) == unnumbered(answers[1], 999_999)
    assert fingerprint() == before


# What is sealed.


def test_a_whole_number_is_seen_for_a_reason_and_leaves_a_trace(streets):
    wang = streets.people().wang

    answer = streets.clerk.post(address_of(wang, "reveal/"), {"reason": "核对退休证"})

    assert (answer.status_code, answer.json()) == (200, {"id_number": factories.id_number(1)})
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.about(wang).get(verb="member.revealed")
    assert (entry.fields, entry.reason) == (["id_number"], "核对退休证")


def test_health_is_seen_in_the_same_way(streets):
    wang = factories.member(branch=streets.here, health_note="高血压")

    answer = streets.clerk.post(address_of(wang, "reveal/"), {"reason": "上门慰问前", "what": "health_note"})

    assert answer.json() == {"health_note": "高血压"}
    assert AuditEntry.objects.about(wang).get(verb="member.revealed").fields == ["health_note"]


def test_what_is_not_kept_is_refused_in_words(streets):
    wang, clerk = factories.member(branch=streets.here), streets.clerk
    before = fingerprint()

    answer = clerk.post(address_of(wang, "reveal/"), {"reason": "核对退休证"})

    assert (answer.status_code, "王秀英 没有登记公民身份号码" in answer.content.decode()) == (409, True)
    assert fingerprint() == before


def test_without_a_reason_or_the_right_nothing_is_seen(streets):
    wang, clerk, secretary = streets.people().wang, streets.clerk, streets.secretary
    before = fingerprint()

    for body in ({}, {"reason": ""}, {"reason": "看看"}, {"reason": "核对退休证", "what": "uid"}):
        answer = clerk.post(address_of(wang, "reveal/"), body)
        assert answer.status_code == 400
        assert factories.id_number(1) not in answer.content.decode()
    assert secretary.post(address_of(wang, "reveal/"), {"reason": "核对退休证"}).status_code == 403
    assert fingerprint() == before


# Races.


def race(streets, writers=4, rounds=8):
    """For each round the answers of writers who all amend the version they have just read."""
    user, address = streets.clerk.user, address_of(streets.wang)
    start, versions = Barrier(writers), ['"v1"']

    def amend(number):
        try:
            caller, outcomes = Caller(type(user).objects.get(pk=user.pk)), []
            for turn in range(rounds):
                start.wait(30)
                body = {"note": f"{turn}-{number}", "phones": [{"number": f"1380000{turn:02}{number:02}"}]}
                outcomes.append(caller.patch(address, body, If_Match=versions[turn]).status_code)
                start.wait(30)
                if number == 0:
                    versions.append(caller.etag(address))
                start.wait(30)
            return outcomes
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return [sorted(turn) for turn in zip(*pool.map(amend, range(writers)), strict=True)]


@pytest.fixture
def open_streets(transactional_db, monkeypatch):
    monkeypatch.setattr("core.clock.today", lambda: factories.TODAY)
    return TwoStreets().people()


@pytest.mark.race
def test_of_many_who_amend_one_version_one_wins_and_nothing_is_lost(open_streets):
    assert race(open_streets) == [[200, 412, 412, 412]] * 8
    wang = Member.objects.get(pk=open_streets.wang.pk)
    # Who wrote the last note also wrote the last phone.
    assert wang.phones.get().number == f"138000007{int(wang.note.removeprefix('7-')):02}"


@pytest.mark.race
def test_without_the_version_the_same_race_has_many_winners(open_streets, monkeypatch):
    monkeypatch.setattr(MemberViewSet, "row_as_read", lambda view: (view.get_object(), None))

    assert race(open_streets) == [[200, 200, 200, 200]] * 8


def test_a_mistaken_registration_is_taken_back_and_listed_only_when_asked_for(streets):
    streets.people()
    clerk = streets.clerk
    path = f"members/{streets.wang.pk}/"

    answer = clerk.post(f"{path}undo-registration/", {"reason": "认错了人"}, If_Match=clerk.etag(path))

    assert (answer.status_code, answer.json()["standing"], answer.json()["on_roster"]) == (200, "void", False)
    assert clerk.get("members/").json()["count"] == 0
    assert clerk.get("members/", standing="void").json()["count"] == 1
    assert clerk.get("members/", standing__in="void,full").json()["count"] == 1
    again = clerk.post(f"{path}undo-registration/", {"reason": "认错了人"}, If_Match=answer["ETag"])
    assert words(again) == (409, ["王秀英 的登记已作为录入错误撤回"])


def test_taking_back_a_registration_asks_the_version_and_a_reason(streets):
    streets.people()
    clerk = streets.clerk
    path = f"members/{streets.wang.pk}/"

    assert clerk.post(f"{path}undo-registration/", {"reason": "认错了人"}).status_code == 428
    assert refusals(clerk.post(f"{path}undo-registration/", {}, If_Match=clerk.etag(path))) == (
        400,
        [("required", "reason")],
    )
    secretary = streets.secretary
    answer = secretary.post(f"{path}undo-registration/", {"reason": "认错"}, If_Match=clerk.etag(path))
    assert answer.status_code == 403


# What hangs on a person.


def test_what_hangs_on_a_member_is_listed_and_settled_with_the_death(streets):
    wang, clerk = streets.people().wang, streets.clerk
    part = factories.affiliation(member=wang, branch=streets.circle_here)
    key = f"affiliation-{part.pk}"
    words_of_it = "参加“中共鼓楼书画临时党支部”（2020-01-01 起）"

    listed = clerk.get(address_of(wang, "obligations/"), leaving="death", on="2025-10-01").json()
    assert listed == [{"obligation": key, "words": words_of_it, "keepable": False, "transferable": False}]
    assert clerk.get(address_of(wang, "obligations/"), leaving="suspension").json()[0]["keepable"] is True

    before = fingerprint()
    answer = clerk.post(address_of(wang, "decease/"), {"on": "2025-10-01"}, If_Match='"v1"')
    assert refusals(answer) == (409, [("obligation_open", f"settle.{key}")])
    assert words(answer)[1] == [f"{words_of_it}，尚未了结：请写明原因予以了结"]
    assert fingerprint() == before

    body = {"on": "2025-10-01", "settle": [{"obligation": key, "reason": "去世"}]}
    assert clerk.post(address_of(wang, "decease/"), body, If_Match='"v1"').status_code == 200
    assert clerk.get(address_of(wang, "obligations/")).json() == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"leaving": "x"}, (400, [("invalid_choice", "leaving")])),
        ({"on": "x"}, (400, [("invalid", "on")])),
        ({"day": "2025-10-01"}, (400, [("not_writable", "day")])),
    ],
)
def test_what_hangs_on_a_member_is_asked_strictly(streets, query, said):
    wang = streets.people().wang

    assert refusals(streets.clerk.get(address_of(wang, "obligations/"), **query)) == said


def test_a_foreign_successor_is_answered_as_one_who_never_was(streets):
    wang, clerk = streets.people().wang, streets.clerk
    part = factories.affiliation(member=wang, branch=streets.circle_here)
    settle = {"obligation": f"affiliation-{part.pk}", "reason": "去世"}

    def answer(successor):
        body = {"on": "2025-10-01", "settle": [{**settle, "successor": successor}]}
        return refusals(clerk.post(address_of(wang, "decease/"), body, If_Match='"v1"'))

    assert answer(streets.li.pk) == answer(999999)
    assert answer(999999) == (400, [("does_not_exist", "settle.0.successor")])
