"""Each bad input of orders, hours and posts is refused in words, and leaves nothing written."""

from datetime import date, time, timedelta

import pytest
from django.core.management import call_command

from core import clock
from members.operations import StandingChange, change_standing
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.volunteering.postings import NEXT_YEAR, fresh, rota, seated, service_post, turn_of
from volunteering.models import ServicePost
from volunteering.operations import (
    Rota,
    Span,
    Worked,
    add_post,
    announce_certificate,
    claim_post,
    deal_turns,
    finish_turn,
    record_hours,
    request_order,
    verify_hours,
)
from volunteering.states import PostStatus


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"unit": "street"}, "unit", "服务地点须是社区、小组或网格，“南宁街道”范围太大"),
        (
            {"wanted_on": TODAY - timedelta(days=1)},
            "wanted_on",
            "希望日期 2026-11-22 已过（今天 2026-11-23）",
        ),
        ({"item": "elsewhere"}, "item", "“家政服务”在“鼓楼社区”没有开设；这里可点：物品代购"),
        ({"cash": 900}, "cash", "“物品代购”不代办钱款"),
        ({"requester_address": "楼" * 201}, "requester_address", "不能超过200个字"),
    ],
)
def test_an_order_that_cannot_be_served(item, community, branch, values, field, words):
    other = factories.unit(parent=community.parent)
    named = {"street": community.parent, "elsewhere": factories.service_item(unit=other, name="家政服务")}
    told = {name: named.get(value, value) if isinstance(value, str) and value in named else value
            for name, value in values.items()}  # fmt: skip
    asked = {"item": item, "unit": community, "requester": "赵大娘", "requester_phone": "13700001234",
             "wanted_on": TODAY}  # fmt: skip
    with refused(errors=[(field, words)]):
        request_order(values={**asked, **told}, by=None, today=TODAY)


def day_of_25_hours(wang, **_):
    record_hours(member=wang, worked=Worked(TODAY, time(0), time(8)), by=None, today=TODAY)
    return lambda: record_hours(member=wang, worked=Worked(TODAY, time(8), time(23)), by=None, today=TODAY)


def own_verification(wang, writer, **_):
    entry = record_hours(member=wang, worked=Worked(TODAY, time(9), time(10)), by=writer, today=TODAY)
    return lambda: verify_hours(entry=entry, by=writer)


def after_the_certificate(wang, writer, second):
    entry = record_hours(member=wang, worked=Worked(TODAY, time(9), time(10)), by=writer, today=TODAY)
    verify_hours(entry=entry, by=second)
    span = Span(TODAY, TODAY)
    announce_certificate(member=wang, unit=wang.branch.unit, span=span, by=None, today=TODAY)
    return lambda: record_hours(member=wang, worked=Worked(TODAY, time(11), time(12)), by=None, today=TODAY)


def after_her_death(wang, **_):
    change = StandingChange("decease", TODAY - timedelta(days=1))
    change_standing(member=wang, change=change, by=None, today=TODAY)
    return lambda: record_hours(member=wang, worked=Worked(TODAY, time(9), time(10)), by=None, today=TODAY)


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        (after_her_death, "on", "王秀英 在 2026-11-23 没有组织关系，不能登记服务时间"),
        (day_of_25_hours, "ended", "2026-11-23 合计 23.0 小时，一天最多 8 小时"),
        (own_verification, None, "登记人不能核实自己登记的服务时间"),
        (after_the_certificate, "on", "2026-11-23 已列入服务证书（公示中），不能再登记、核实或撤回"),
    ],
)
def test_hours_that_cannot_be(wang, writer, second, told, field, words):
    deed = told(wang, writer=writer, second=second)
    with refused(errors=[(field, words)]):
        deed()


def outside_the_period(post, wang):
    return lambda: claim_post(post=post, member=wang, since=NEXT_YEAR, by=None, today=TODAY)


def at_the_same_time(post, wang):
    seated(post, wang)
    turn_of(fresh(post))
    other = service_post(post.unit, name="书法课")
    seated(other, wang)
    served = turn_of(fresh(other), began=time(8), ended=time(9))
    finish_turn(turn=served, worked=Worked(TODAY, time(16), time(17)), by=None, today=TODAY)
    [mine] = post.turns.all()
    return lambda: finish_turn(turn=mine, by=None, today=TODAY)


def without_seats(post, wang):
    values = {"name": "空岗", "unit": post.unit, "duty": "无", "seats": 0, "since": TODAY, "until": NEXT_YEAR}
    return lambda: add_post(values=values, by=None)


def before_it_is_open(post, wang):
    draft = service_post(post.unit, name="草稿岗", status=PostStatus.DRAFT)
    return lambda: claim_post(post=draft, member=wang, by=None, today=TODAY)


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        (outside_the_period, "since", f"在岗日期 {NEXT_YEAR} 不在岗位的 2026-11-01—{NEXT_YEAR} 之内"),
        (at_the_same_time, "began", "与已登记的 16:00—17:00 重叠"),
        (without_seats, "seats", "名额至少1个：没有名额的岗位不能设"),
        (before_it_is_open, "post", "“草稿岗”现为“草稿”，不能认领"),
    ],
)
def test_posts_that_cannot_be_claimed_or_served(community, wang, told, field, words):
    deed = told(service_post(community), wang)
    with refused(errors=[(field, words)]):
        deed()


def test_who_has_a_turn_at_that_time_is_dealt_no_other(community, wang):
    for name in ("四点半课堂", "书法课"):
        seated(service_post(community, name=name), wang)
    posts = list(ServicePost.objects.order_by("pk"))
    assert len(deal_turns(post=posts[0], rota=rota(), by=None, today=TODAY)) == 4
    same = Rota(TODAY, date(2026, 12, 6), (1, 3), time(17), time(19))
    assert deal_turns(post=posts[1], rota=same, by=None, today=TODAY) == []


def test_once_a_day_posts_that_are_over_are_closed(community, monkeypatch, capsys):
    post = service_post(community)
    monkeypatch.setattr(clock, "today", lambda: NEXT_YEAR)
    call_command("close_posts")
    assert capsys.readouterr().out.splitlines()[-1] == "共结束 1 个岗位。"
    assert fresh(post).status == PostStatus.CLOSED


def test_a_post_that_cannot_be_closed_is_said_and_the_others_are_closed(community, monkeypatch, capsys):
    broken, post = (service_post(community, name=name) for name in ("书法课", "四点半课堂"))
    ServicePost.objects.filter(pk=broken.pk).update(duty="")
    monkeypatch.setattr(clock, "today", lambda: NEXT_YEAR)
    call_command("close_posts")
    said = capsys.readouterr()
    assert said.err.startswith(f"{broken}：")
    assert said.out.splitlines()[-1] == "共结束 1 个岗位。"
    assert (fresh(broken).status, fresh(post).status) == (PostStatus.OPEN, PostStatus.CLOSED)
