"""Verbs of a rota: deal out turns fairly, swap with somebody's word, and say what became of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from core.audit import record
from core.changes import check, locked, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Member
from members.obligations import KeptByAMove
from volunteering.models import Turn
from volunteering.operations.hours import Worked, written
from volunteering.operations.posts import PostRule, status_after, stepped
from volunteering.states import UPCOMING, PostStatus, TurnMove, TurnStatus

LONGEST_ROTA = 366
COUNTED = (*UPCOMING, TurnStatus.DONE)


@dataclass(frozen=True)
class Rota:
    """Which turns a post needs: on these weekdays (0 is Monday) between two days, both included."""

    first: date
    last: date
    weekdays: tuple[int, ...]
    began: time
    ended: time
    people: int = 1

    @property
    def days(self) -> list[date]:
        """Each day of the rota."""
        span = range((self.last - self.first).days + 1)
        every = (self.first + timedelta(days=each) for each in span)
        return [day for day in every if day.weekday() in self.weekdays]


@transaction.atomic
def deal_turns(*, post, rota, by, today):
    """Give each turn to whoever had the fewest so far, then whose last is longest ago; return the new ones.

    Who has another turn at that time is passed over, and turns that are already dealt stay: dealing twice
    deals nothing twice. A day for which nobody is left stays short.
    """
    held = Member.objects.filter(claims__in=post.claims.seated()).values("pk")
    members = list(Member.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk"))
    post = locked(post)
    refuse_all(_complaints(post, rota, today))
    dealer = _Dealer(post, members)
    turns = [turn for day in rota.days for turn in dealer.deal(day, rota)]
    record("service_post.dealt", post, by=by, fields=["turns"], reason=f"{len(turns)} 个班次")
    return turns


@transaction.atomic
def ask_swap(*, turn, to, by, against=None, version=None):
    """Ask another who serves at the post to stand in, perhaps for a turn of hers in exchange."""
    turn = locked(turn, version=version)
    status_after(turn, TurnMove.ASK)
    against = Turn.objects.get(pk=against.pk) if against else None
    refuse_all(_swap_complaints(turn, to, against))
    turn = stepped(turn, TurnMove.ASK, swap_to=to, swap_for=against)
    record("turn.ask", turn, by=by, fields=["swap_to"], place=turn.post.path)
    return turn


@transaction.atomic
def agree_to_swap(*, turn, by, today, version=None):
    """She who was asked gives her word: the turns change hands. Refused when one of them no longer can."""
    seen = Turn.objects.get(pk=turn.pk)
    people = {seen.member_id, seen.swap_to_id} - {None}
    list(Member.objects.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk"))
    turn = locked(turn, version=version)
    status_after(turn, TurnMove.AGREE)
    mine, hers, against = turn.member, turn.swap_to, turn.swap_for
    if turn.on < today:
        raise PostRule(f"{turn.on} 的班次已过，不能再换")
    against = locked(against) if against else None
    refuse_all(_swap_complaints(turn, hers, against))
    if against:
        # For a moment neither is anybody's rival: hers goes first, where I have nothing else.
        _refuse_busy(mine, against, besides=turn)
    _refuse_busy(hers, turn, besides=against)
    turn = _handed(turn, hers)
    if against:
        _given(against, mine)
    record("turn.agreed_to", turn, by=by, fields=["member"], place=turn.post.path)
    return turn


@transaction.atomic
def decline_swap(*, turn, by, version=None):
    """She who was asked does not swap: the turn stays whose it is."""
    turn = stepped(locked(turn, version=version), TurnMove.DECLINE, swap_to=None, swap_for=None)
    record("turn.decline", turn, by=by, fields=["swap_to"], place=turn.post.path)
    return turn


@transaction.atomic
def finish_turn(*, turn, by, today, now=None, worked=None, version=None):
    """She was there: her hours are written down, as planned or as `worked` says, and wait to be verified."""
    member = locked(turn.member)
    turn = locked(turn, version=version)
    status_after(turn, TurnMove.FINISH)
    _refuse_future(turn, today)
    worked = worked or Worked(turn.on, turn.began, turn.ended, turn.post.name)
    if worked.on != turn.on:
        raise InvalidValue(f"服务日期 {worked.on} 不是班次的 {turn.on}", field="on")
    written(member, worked, by=by, today=today, now=now, turn=turn)
    turn = stepped(turn, TurnMove.FINISH, swap_to=None, swap_for=None)
    record("turn.finish", turn, by=by, fields=["status"], place=turn.post.path)
    return turn


@transaction.atomic
def miss_turn(*, turn, by, today, reason="", version=None):
    """She was not there."""
    turn = locked(turn, version=version)
    status_after(turn, TurnMove.MISS)
    _refuse_future(turn, today)
    turn = stepped(turn, TurnMove.MISS, swap_to=None, swap_for=None, reason=reason.strip())
    record("turn.miss", turn, by=by, fields=["status"], reason=reason, place=turn.post.path)
    return turn


@transaction.atomic
def cancel_turn(*, turn, reason, by, version=None):
    """The turn does not take place."""
    turn, reason = locked(turn, version=version), words_of(reason, "取消须写明原因")
    turn = stepped(turn, TurnMove.CANCEL, swap_to=None, swap_for=None, reason=reason)
    record("turn.cancel", turn, by=by, fields=["status"], reason=reason, place=turn.post.path)
    return turn


class HeldTurns(KeptByAMove):
    """What a rota leaves open for who is gone: each turn is handed to another at the post, or cancelled."""

    kind = "turn"

    def held(self, members, *, on, leaving):
        """Each turn of one of them on the day or later."""
        turns = Turn.objects.upcoming().filter(member__in=members, on__gte=on)
        return turns.select_related("post__unit").order_by("on", "pk")

    def words(self, row):
        """When and where."""
        return f"轮值：{row.on} {row.began:%H:%M}，{row.post}"

    def settle(self, number, settlement, *, on, by, today):
        """The successor, who serves at the post and is free then, takes the turn; else it is cancelled."""
        turn = locked(Turn(pk=number))
        if settlement.successor is None:
            stepped(turn, TurnMove.CANCEL, swap_to=None, swap_for=None, reason=settlement.reason)
            return
        status_after(turn, TurnMove.HAND)
        refuse_all(_swap_complaints(turn, settlement.successor, None))
        _refuse_busy(settlement.successor, turn)
        _given(turn, settlement.successor)


class _Dealer:
    """Deals out the turns of one post among its locked people, knowing how many each has had."""

    def __init__(self, post, members):
        self.post = post
        self.members = {member.pk: member for member in members}
        self.claims = list(post.claims.seated().filter(member__in=self.members))
        dealt = post.turns.filter(status__in=COUNTED)
        self.had = Counter(dealt.values_list("member", flat=True))
        self.last = dict(dealt.order_by("on").values_list("member", "on"))
        self.taken = list(
            Turn.objects.filter(member__in=self.members, status__in=COUNTED).values_list(
                "member", "on", "began", "ended"
            )
        )
        self.dealt = Counter(dealt.values_list("on", "began"))

    def deal(self, day, rota):
        """The turns of one day that are still short."""
        short = rota.people - self.dealt[day, rota.began]
        return [self._turn(member, day, rota) for member in self._free(day, rota)[: max(short, 0)]]

    def _free(self, day, rota):
        """Who could take it, in the order in which it is fair to ask them."""
        there = {claim.member_id for claim in self.claims if claim.since <= day}
        busy = {
            member
            for member, on, began, ended in self.taken
            if on == day and began < rota.ended and rota.began < ended
        }
        return sorted((self.members[pk] for pk in there - busy), key=self._turn_to_come)

    def _turn_to_come(self, member):
        return self.had[member.pk], self.last.get(member.pk, date.min), member.sort_key, member.pk

    def _turn(self, member, day, rota):
        turn = Turn(post=self.post, member=member, on=day, began=rota.began, ended=rota.ended)
        check(turn, constraints=False)
        turn.save()
        self.had[member.pk] += 1
        self.last[member.pk] = max(day, self.last.get(member.pk, day))
        self.taken.append((member.pk, day, rota.began, rota.ended))
        return turn


def _complaints(post, rota, today) -> list[DomainError]:
    wrong = []
    if post.status not in (PostStatus.OPEN, PostStatus.FULL):
        wrong.append(PostRule(f"“{post.name}”现为“{post.get_status_display()}”，不能排班"))
    elif not post.claims.seated().exists():
        wrong.append(PostRule(f"“{post.name}”还没有人认领，不能排班"))
    if rota.ended <= rota.began:
        wrong.append(
            InvalidValue(f"结束时间 {rota.ended:%H:%M} 必须晚于开始时间 {rota.began:%H:%M}", field="ended")
        )
    if not rota.weekdays:
        wrong.append(InvalidValue("请选择星期几", field="weekdays"))
    if rota.people < 1:
        wrong.append(InvalidValue("每班至少1人", field="people"))
    return [*wrong, *_day_complaints(post, rota, today)]


def _day_complaints(post, rota, today) -> list[DomainError]:
    if rota.last < rota.first:
        return [InvalidValue(f"最后一天 {rota.last} 早于第一天 {rota.first}", field="last")]
    if (rota.last - rota.first).days >= LONGEST_ROTA:
        return [InvalidValue("一次最多排一年", field="last")]
    if rota.first < today:
        return [InvalidValue(f"第一天 {rota.first} 已过（今天 {today}）", field="first")]
    if rota.first < post.since or rota.last >= post.until:
        return [InvalidValue(f"排班须在岗位的 {post.since}—{post.until} 之内", field="first")]
    return []


def _swap_complaints(turn, to, against) -> list[DomainError]:
    wrong = []
    serves = turn.post.claims.seated().filter(member=to, since__lte=turn.on).exists()
    if to.pk == turn.member_id:
        wrong.append(InvalidValue("不能与自己换班", field="to"))
    elif not serves:
        wrong.append(InvalidValue(f"{to} 在 {turn.on} 不在“{turn.post.name}”岗位，不能换班", field="to"))
    if against and not _is_hers(against, to, turn.post_id):
        wrong.append(InvalidValue(f"“{against}”不是 {to} 在这个岗位待值的班次", field="against"))
    return wrong


def _is_hers(turn, member, post_id) -> bool:
    return (turn.member_id, turn.post_id, turn.status) == (member.pk, post_id, TurnStatus.PLANNED)


def _refuse_busy(member, turn, besides=None):
    """Refuse when the member has another turn at that time, apart from the one she gives away."""
    same_time = Turn.objects.filter(
        member=member, on=turn.on, status__in=COUNTED, began__lt=turn.ended, ended__gt=turn.began
    )
    other = same_time.exclude(pk__in=[turn.pk, besides.pk if besides else turn.pk]).first()
    if other:
        raise PostRule(f"{member} 在 {turn.on} 这段时间已有别的班次，不能重叠", field="to")


def _handed(turn, member):
    """The turn that was asked about, in her hands."""
    turn.member = member
    return stepped(turn, TurnMove.AGREE, swap_to=None, swap_for=None)


def _given(turn, member):
    """A turn that nobody has served yet, in other hands."""
    return stepped(turn, TurnMove.HAND, member=member, swap_to=None, swap_for=None)


def _refuse_future(turn, today):
    if turn.on > today:
        raise PostRule(f"班次在 {turn.on}，今天（{today}）还没有到")
