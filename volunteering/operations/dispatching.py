"""Verbs between the desk and the helpers: dispatch, accept, decline, give back; and what the clock does."""

from django.db import transaction
from django.db.models import F, Q

from core.audit import record
from core.changes import locked
from core.errors import InvalidValue
from members.models import Member
from members.obligations import KeptByAMove
from volunteering.models import Answer, Confirmation, Dispatch, ServiceOrder
from volunteering.operations.orders import IllegalMove, OrderRule, answered, moved
from volunteering.operations.ranking import candidates, volunteers_near
from volunteering.states import HELD, ON_DESK, OrderMove, OrderStatus, after


class AlreadyTaken(OrderRule):
    """Somebody else was first; the refusal says who."""

    code = "already_taken"


@transaction.atomic
def dispatch_order(*, order, to, by, today, version=None):
    """Give the order to a member or to a team near the place. Raise OrderRule with what speaks against it."""
    member = locked(to) if isinstance(to, Member) else None
    order = locked(order, version=version)
    if after(order.status, OrderMove.DISPATCH) is None:
        raise IllegalMove(f"该单现为“{order.get_status_display()}”，不能派单")
    if member:
        _refuse_unfit(order, member, today)
    else:
        _refuse_a_team_that_cannot(order, to, today)
    order = moved(order, OrderMove.DISPATCH, today, member=member, team=None if member else to, rounds=0)
    _given(order, by, today)
    record("service_order.dispatch", order, by=by, fields=["member" if member else "team"], reason=str(to))
    return order


@transaction.atomic
def accept_order(*, order, member, by, today):
    """The member takes the order that was given to her or to her team. Of several at once exactly one wins.

    Raise AlreadyTaken, with who was first, for all others.
    """
    member = locked(member)
    order = ServiceOrder.objects.select_related("item", "member").get(pk=order.pk)
    _refuse_taken(order, member)
    if order.status == OrderStatus.DISPATCHED:
        _refuse_unfit(order, member, today)
        in_her_team = volunteers_near(order, today).filter(member=member).values("team")
        open_to_her = Q(member=member) | Q(member=None, team__in=in_her_team)
        taken = ServiceOrder.objects.filter(open_to_her, pk=order.pk, status=OrderStatus.DISPATCHED).update(
            status=OrderStatus.ACCEPTED, member=member, answer_by=None, version=F("version") + 1
        )
    else:
        taken = 0
    if not taken:
        _refuse_lost(order, member)
    order = ServiceOrder.objects.get(pk=order.pk)
    answered(order, Answer.ACCEPTED, today)
    record("service_order.taken", order, by=by, fields=["member", "status"], reason=member.name)
    return order


@transaction.atomic
def decline_order(*, order, by, today):
    """Who was asked says no. No reason is asked and nothing held against her: the next who fits is asked.

    Where nobody is left who was not asked yet, the order lies on the desk again.
    """
    order = locked(order)
    asked = order.member or order.team
    order = moved(order, OrderMove.DECLINE, today, member=None, team=None)
    answered(order, Answer.DECLINED, today)
    record("service_order.decline", order, by=by, fields=["status"], reason=str(asked))
    following = _next(order, today)
    if following is None:
        return order
    order = moved(order, OrderMove.DISPATCH, today, member=following)
    return _handed_to(order, following, today)


@transaction.atomic
def release_order(*, order, by, today, version=None):
    """Who took the order cannot do it after all: it goes back to the desk."""
    order = locked(order, version=version)
    order = moved(order, OrderMove.RELEASE, today, member=None, team=None)
    record("service_order.release", order, by=by, fields=["status"])
    return order


@transaction.atomic
def move_overdue(*, order, today):
    """What the clock does with one order whose time is over: at most one step.

    Nobody answered: the next candidate is asked, once; then, and when the desk itself let the time pass, the
    order climbs exactly one level. Nobody confirmed: it closes, and its hours wait to be verified.
    """
    order = locked(order)
    if order.answer_by is None or order.answer_by >= today:
        return order
    if order.status == OrderStatus.REPORTED:
        order = moved(order, OrderMove.CONFIRM, today, confirmed_as=Confirmation.TIMEOUT)
        record("service_order.confirmed", order, by=None, fields=["status"], reason="到期自动确认")
        return order
    answered(order, Answer.UNANSWERED, today)
    following = _next(order, today) if order.status not in ON_DESK and order.rounds == 0 else None
    return _handed_on(order, following, today) if following else _escalated(order, today)


def overdue(today):
    """The orders about which the clock has to do something, the oldest first."""
    return ServiceOrder.objects.late(today).order_by("answer_by", "pk")


class HeldOrders(KeptByAMove):
    """What taking an order leaves open for who is gone: it is handed to somebody, or back to the desk."""

    kind = "order"

    def held(self, members, *, on, leaving):
        """Each order that one of them has taken or was asked for."""
        given = ServiceOrder.objects.filter(member__in=members, status__in=[*HELD, OrderStatus.DISPATCHED])
        return given.select_related("item", "unit").order_by("pk")

    def words(self, row):
        """Which order."""
        return f"服务单：{row}"

    def may_be_handed_on(self, row):
        """Who was only asked has nothing to hand over."""
        return row.status in HELD

    def settle(self, number, settlement, *, on, by, today):
        """Let the successor hold it, who must fit as if she were asked anew; else it waits on the desk."""
        order = locked(ServiceOrder(pk=number))
        if settlement.successor:
            _refuse_unfit(order, settlement.successor, today)
            order.member, order.version = settlement.successor, order.version + 1
            order.save()
            return
        if order.status == OrderStatus.DISPATCHED:
            answered(order, Answer.WITHDRAWN, today)
            moved(order, OrderMove.DECLINE, today, member=None, team=None)
        else:
            moved(order, OrderMove.RELEASE, today, member=None, team=None)


def _given(order, by, today):
    Dispatch.objects.create(order=order, team=order.team, member=order.member, on=today, by=by)


def _next(order, today):
    """The best of those who fit and were not asked yet, locked.

    Who is being changed at this moment is passed over: to wait for her, holding the order, could be a ring.
    """
    for each in candidates(order, on=today):
        free = Member.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=each.member.pk)
        if each.fits and free.filter(on_roster=True).exists():
            return each.member
    return None


def _handed_on(order, member, today):
    order = moved(order, OrderMove.HAND_ON, today, member=member, team=None, rounds=1)
    return _handed_to(order, member, today)


def _handed_to(order, member, today):
    _given(order, None, today)
    record("service_order.hand_on", order, by=None, fields=["member"], reason=str(member))
    return order


def _escalated(order, today):
    above = order.desk.parent or order.desk
    order = moved(order, OrderMove.ESCALATE, today, member=None, team=None, desk=above, rounds=0)
    record("service_order.escalate", order, by=None, fields=["desk"], reason=str(above))
    return order


def _refuse_a_team_that_cannot(order, team, today):
    """Refuse a team with nobody who could take the order: it would lie there until the time is over."""
    there = [each for each in candidates(order, on=today) if team in each.teams]
    if not there:
        raise OrderRule(f"“{team}”不在服务地点附近，或现在没有队员", field="to")
    if not any(each.fits for each in there):
        raise OrderRule(f"“{team}”现在没有合适的队员可以接这一单", field="to")


def _refuse_unfit(order, member, today):
    """Refuse a member who serves nowhere near, or against whom something speaks."""
    [candidate] = candidates(order, on=today, members=[member.pk]) or [None]
    if candidate is None:
        raise OrderRule(f"{member} 不在服务地点附近的志愿服务队", field="member")
    if not candidate.fits:
        raise OrderRule(f"{member}：{'；'.join(candidate.reasons)}", field="member")


def _refuse_taken(order, member):
    if order.status in (*HELD, OrderStatus.REPORTED, OrderStatus.CLOSED):
        _refuse_lost(order, member)


def _refuse_lost(order, member):
    """Say why the member did not get the order, as it stands now."""
    now = ServiceOrder.objects.select_related("member", "team").get(pk=order.pk)
    if now.member_id and now.member_id != member.pk and now.status != OrderStatus.DISPATCHED:
        raise AlreadyTaken(f"该单已由 {now.member} 接单", field="member")
    if now.status == OrderStatus.DISPATCHED:
        raise InvalidValue(f"该单派给“{now.member or now.team}”，{member} 不能接", field="member")
    raise IllegalMove(f"该单现为“{now.get_status_display()}”，不能接单")
