"""Certificates: of verified hours only, public for a week, numbered without a gap, checked by anybody."""

from datetime import date, time, timedelta
from itertools import product

import pytest
from django.urls import reverse

from core.models import AuditEntry
from tests import factories
from tests.callers import words
from tests.factories import TODAY
from tests.ledger import fingerprint, refused, refused_by_database
from tests.members.test_membership_races import at_once, refusals
from tests.office import errors_of, rows_of, told
from tests.volunteering.postings import fresh
from tests.volunteering.test_admin_orders import page
from tests.worlds import told_once
from volunteering.models import Certificate, CertificateBook
from volunteering.operations import (
    Span,
    Worked,
    announce_certificate,
    code_of,
    issue_certificate,
    record_hours,
    revoke_certificate,
    undo_hours,
    verify_hours,
    withdraw_certificate,
)
from volunteering.operations.certificates import CertificateRule
from volunteering.operations.hours import HoursRule
from volunteering.states import (
    CERTIFICATE_MOVE_NAMES,
    CERTIFICATE_MOVES,
    CERTIFICATE_NAMES,
    CertificateMove,
    CertificateStatus,
)

LONG_BEFORE, WEEK = TODAY - timedelta(days=8), timedelta(days=7)
SPAN = Span(date(2026, 11, 1), date(2026, 11, 15))


def served(member, day=date(2026, 11, 3), by=None, verified_by=None):
    entry = record_hours(member=member, worked=Worked(day, time(9), time(10, 30)), by=by, today=TODAY)
    return verify_hours(entry=entry, by=verified_by) if verified_by else entry


def announced(member, unit, span=SPAN, today=LONG_BEFORE):
    return announce_certificate(member=member, unit=unit, span=span, by=None, today=max(today, span.last))


def issued(member, unit, by=None):
    return issue_certificate(certificate=announced(member, unit), by=by, today=TODAY)


@told_once
def certified(wang, community, second):
    """王秀英, with one and a half verified hours."""
    served(wang, verified_by=second)
    return wang


def certificate_in(status, member, unit):
    certificate = announced(member, unit)
    ways = {
        CertificateStatus.ANNOUNCED: [],
        CertificateStatus.ISSUED: [CertificateMove.ISSUE],
        CertificateStatus.WITHDRAWN: [CertificateMove.WITHDRAW],
        CertificateStatus.REVOKED: [CertificateMove.ISSUE, CertificateMove.REVOKE],
    }
    for name in ways[status]:
        move(fresh(certificate), name)
    return fresh(certificate)


def move(certificate, name, by=None):
    told = {"certificate": certificate, "by": by}
    deeds = {
        CertificateMove.ISSUE: lambda: issue_certificate(**told, today=TODAY),
        CertificateMove.WITHDRAW: lambda: withdraw_certificate(**told, reason="有异议"),
        CertificateMove.REVOKE: lambda: revoke_certificate(**told, reason="重复出具"),
    }
    return deeds[name]()


@pytest.mark.parametrize(("status", "name"), list(product(CertificateStatus, CertificateMove)))
def test_each_move_is_made_or_refused_as_the_table_says(status, name, certified, community, writer):
    certificate = certificate_in(status, certified, community)
    if (status, name) in CERTIFICATE_MOVES:
        move(certificate, name, writer)
        assert fresh(certificate).status == CERTIFICATE_MOVES[status, name]
        assert AuditEntry.objects.about(certificate).filter(by=writer).count() == 1
    else:
        words = f"证书现为“{CERTIFICATE_NAMES[status]}”，不能{CERTIFICATE_MOVE_NAMES[name]}"
        with refused(CertificateRule, words):
            move(certificate, name, writer)


def test_only_what_others_verified_is_certified(certified, community, writer):
    served(certified, date(2026, 11, 4), by=writer)
    certificate = issued(certified, community)

    assert (certificate.minutes, certificate.times, certificate.hours) == (90, 1, "1.5")
    assert (certificate.number, certificate.issued_on) == ("麒志证〔2026〕0001号", TODAY)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(60, "1"), (600, "10"), (90, "1.5"), (375, "6.25"), (100, "1.67"), (0, "0")]
)
def test_hours_are_printed_as_they_are(minutes, hours):
    assert Certificate(minutes=minutes).hours == hours


def test_what_cannot_be_certified_is_refused_in_words(certified, community):
    none = Span(date(2026, 10, 1), date(2026, 10, 2))
    with refused(
        CertificateRule, f"{certified} 在 2026-10-01—2026-10-02 没有经他人核实的服务时间", field="first"
    ):
        announced(certified, community, none)
    with refused(errors=[("last", "最后一天 2026-10-31 早于第一天 2026-11-01")]):
        announced(certified, community, Span(SPAN.first, date(2026, 10, 31)))
    elsewhere = factories.unit(parent=community.parent)
    late = Span(SPAN.first, TODAY + WEEK)
    with refused(
        errors=[
            ("unit", f"{certified} 不在“{elsewhere}”，不能由它出具"),
            ("last", "最后一天 2026-11-30 在今天（2026-11-23）之后"),
        ]
    ):
        announce_certificate(member=certified, unit=elsewhere, span=late, by=None, today=TODAY)
    announced(certified, community)
    with refused(
        CertificateRule, "已有证书（公示中）包括 2026-11-01—2026-11-15，不能重复计算", field="first"
    ):
        announced(certified, community)


def test_it_is_public_for_a_week_before_it_has_a_number(certified, community):
    certificate = announced(certified, community, today=TODAY)
    with refused(CertificateRule, "公示满7天才能出具：2026-11-30 起（今天 2026-11-23）"):
        issue_certificate(certificate=certificate, by=None, today=TODAY)
    assert issue_certificate(certificate=certificate, by=None, today=TODAY + WEEK).serial == 1


def test_no_hours_change_once_a_certificate_stands(certified, community, writer, second):
    waiting = served(certified, date(2026, 11, 5), by=writer)
    certificate = announced(certified, community)
    said = "2026-11-05 已列入服务证书（公示中），不能再登记、核实或撤回"
    with refused(HoursRule, said, field="on"):
        served(certified, date(2026, 11, 5))
    with refused(HoursRule, said, field="on"):
        verify_hours(entry=waiting, by=second)
    with refused(HoursRule, said, field="on"):
        undo_hours(entry=waiting, reason="登记有误", by=None)
    withdraw_certificate(certificate=certificate, reason="有异议", by=None)
    verify_hours(entry=waiting, by=second)
    assert announced(certified, community).minutes == 180


def test_what_no_longer_agrees_with_the_hours_is_not_issued(certified, community):
    certificate = announced(certified, community)
    Certificate.objects.filter(pk=certificate.pk).update(minutes=600)
    with refused(CertificateRule, "公示后核实的服务时间有变化，请撤回后重新公示"):
        issue_certificate(certificate=certificate, by=None, today=TODAY)


def test_ending_one_asks_why(certified, community):
    certificate = announced(certified, community)
    with refused(errors=[("reason", "撤回须写明原因")]):
        withdraw_certificate(certificate=certificate, reason=" ", by=None)


def test_the_database_gives_a_number_once(certified, community):
    issued(certified, community)
    with refused_by_database("certificate_number_is_unique"):
        Certificate.objects.create(
            member=certified, unit=community, first=TODAY, last=TODAY, minutes=60, times=1, year=2026,
            serial=1, announced_on=TODAY, issued_on=TODAY, status="issued",
        )  # fmt: skip


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_issued_at_once_each_has_the_next_number_and_none_is_lost(branch, community, second):
    people = [factories.member(branch=branch) for _ in range(8)]
    for member in people:
        served(member, verified_by=second)
    waiting = [announced(member, community) for member in people]
    Certificate.objects.filter(pk=waiting[0].pk).update(minutes=1)
    outcomes = at_once(
        *[lambda each=each: issue_certificate(certificate=each, by=None, today=TODAY) for each in waiting]
    )

    assert len(refusals(outcomes)) == 1
    assert sorted(Certificate.objects.exclude(serial=None).values_list("serial", flat=True)) == [*range(1, 8)]
    assert CertificateBook.objects.get().last == 7


# Anybody checks it.


def address(certificate, **other):
    told = {"year": certificate.year, "serial": certificate.serial, "code": code_of(certificate), **other}
    return reverse("public:certificate", kwargs=told)


def test_whoever_has_the_paper_sees_that_it_is_registered_and_little_else(client, certified, community):
    certificate = issued(certified, community)
    shown = client.get(address(certificate)).content.decode()

    for text in ("证书有效", "麒志证〔2026〕0001号", "王**", "1.5 小时", "鼓楼社区", "2026-11-01"):
        assert text in shown
    assert "王秀英" not in shown
    assert client.get(address(certificate, code=code_of(certificate).lower())).status_code == 200
    revoke_certificate(certificate=certificate, reason="重复出具", by=None)
    shown = client.get(address(certificate)).content.decode()
    assert "证书已注销" in shown
    assert "重复出具" not in shown


@pytest.mark.parametrize(
    "other", [{"code": "0" * 12}, {"serial": 2}, {"year": 2025}, {"serial": 2**40}, {"code": "无"}]
)
def test_without_the_right_code_there_is_no_such_certificate(client, certified, community, other):
    certificate = issued(certified, community)
    answers = client.get(address(certificate, **other)), client.get(address(certificate, serial=9))

    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    assert "没有这份证书" in answers[0].content.decode()


def test_who_checks_too_often_is_asked_to_wait(client, certified, community, monkeypatch):
    certificate = issued(certified, community)
    monkeypatch.setattr("volunteering.public.certificates.MOST_A_DAY", 2)
    answers = [client.get(address(certificate)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "现在不能查验" in answers[2].content.decode()
    assert "没有查到" not in answers[2].content.decode()
    elsewhere = client.get(address(certificate), REMOTE_ADDR="10.1.1.1")
    assert elsewhere.status_code == 200


def test_what_is_announced_is_read_by_anybody_until_it_is_issued(
    client, certified, community, branch, second
):
    two = factories.member(branch=branch, name="李明")
    served(two, verified_by=second)
    public = reverse("public:announced", args=[community.code])
    assert "现在没有公示中的证书" in client.get(public).content.decode()
    first, withdrawn = announced(certified, community), announced(two, community)
    shown = client.get(public).content.decode()
    for text in ("王*英", "李*", "1.5 小时，1 次", "2026-11-15 起，2026-11-22 之前可提意见"):
        assert text in shown
    assert "王秀英" not in shown
    above = client.get(reverse("public:announced", args=[community.parent.code])).content.decode()
    assert "王*英" not in above
    issue_certificate(certificate=first, by=None, today=TODAY)
    withdraw_certificate(certificate=withdrawn, reason="有异议", by=None)
    assert "现在没有公示中的证书" in client.get(public).content.decode()


def test_what_is_announced_is_not_read_without_end_nor_at_no_place(client, community, monkeypatch):
    monkeypatch.setattr("volunteering.public.certificates.MOST_A_DAY", 1)
    nowhere = client.get(reverse("public:announced", args=["nothing"]))
    assert (nowhere.status_code, "没有这个单位的公示" in nowhere.content.decode()) == (404, True)
    answer = client.get(reverse("public:announced", args=[community.code]))
    assert (answer.status_code, "现在不能查看" in answer.content.decode()) == (429, True)


# Pages and REST.


def test_a_certificate_is_announced_issued_printed_and_revoked_page_by_page(
    clerk, officer, town, monkeypatch
):
    second = factories.account(name="核实人")
    wang = factories.member(branch=town.our_branch)
    served(wang, verified_by=second)
    add = reverse("admin:volunteering_certificate_add")
    form = {"member": wang.pk, "unit": town.our_community.pk, "first": "2026-11-01", "last": "2026-10-01"}
    assert errors_of(clerk.post(add, form)) == {"last": ["最后一天 2026-10-01 早于第一天 2026-11-01"]}
    clerk.post(add, {**form, "last": "2026-11-15"})
    certificate = Certificate.objects.get()
    assert clerk.get(page(certificate, "paper")).status_code == 404
    public = reverse("public:announced", args=[town.our_community.code])
    assert public in clerk.get(page(certificate)).content.decode()
    early = clerk.post(page(certificate, "issue"), {"version": 1})
    assert errors_of(early) == {"__all__": ["公示满7天才能出具：2026-11-30 起（今天 2026-11-23）"]}
    Certificate.objects.update(announced_on=LONG_BEFORE)
    answer = clerk.post(page(certificate, "issue"), {"version": 1}, follow=True)
    assert told(answer) == ["已出具 麒志证〔2026〕0001号"]
    paper = clerk.get(page(certificate, "paper")).content.decode()
    for text in ("王秀英", "1.5", "麒志证〔2026〕0001号", code_of(fresh(certificate)), "data:image/svg+xml"):
        assert text in paper
    clerk.post(page(certificate, "revoke"), {"version": 2, "reason": "重复出具"})
    assert fresh(certificate).status == CertificateStatus.REVOKED
    assert rows_of(clerk.get(reverse("admin:volunteering_certificate_changelist"))) == [certificate]


def test_a_certificate_by_rest(streets):
    streets.people()
    served(streets.wang, verified_by=factories.account())
    clerk = streets.clerk
    body = {"member": streets.wang.pk, "unit": streets.gulou.pk, "first": "2026-11-01", "last": "2026-11-15"}
    made = clerk.post("certificates/", body)
    assert (made.status_code, made.json()["minutes"], made.json()["number"]) == (201, 90, "")
    path = f"certificates/{made.json()['id']}/"
    before = fingerprint()
    assert words(clerk.post(f"{path}issue/", If_Match='"v1"')) == (
        409,
        ["公示满7天才能出具：2026-11-30 起（今天 2026-11-23）"],
    )
    assert fingerprint() == before
    Certificate.objects.update(announced_on=LONG_BEFORE)
    assert clerk.post(f"{path}issue/", If_Match='"v1"').json()["number"] == "麒志证〔2026〕0001号"
    assert clerk.post(f"{path}revoke/", {"reason": "重复"}, If_Match='"v2"').json()["status"] == "revoked"
    assert clerk.get("certificates/", year="2026", status="revoked").json()["count"] == 1
    again = clerk.post("certificates/", body).json()["id"]
    gone = clerk.post(f"certificates/{again}/withdraw/", {"reason": "有误"}, If_Match='"v1"')
    assert gone.json()["status"] == "withdrawn"
