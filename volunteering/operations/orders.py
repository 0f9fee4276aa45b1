"""Verbs of a service order at the desk: take it, refuse it, call it off; and what every move shares."""

import hmac
from datetime import timedelta

from django.db import transaction

from branches.models import Branch, Kind
from branches.models.unit import paths_above
from core.audit import record
from core.changes import check, locked, save_change, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_phone
from core.periods import years_after
from core.privacy import first_character
from core.sealing import blind_index
from members.operations import reason_to_look
from volunteering.models import Answer, Channel, ServiceItem, ServiceOrder
from volunteering.operations.places import low_place_complaints
from volunteering.states import MOVE_NAMES, OrderMove, OrderStatus, after

# Days to answer: for who was asked, for the desk that has to dispatch, and for who has to confirm.
ANSWER_DAYS, DESK_DAYS, CONFIRM_DAYS = 2, 1, 3


REQUESTER = {"requester", "requester_phone", "requester_address"}
# What limits orders by scanning: open ones of a phone, digits of the code, and how often it may be wrong.
MOST_BY_PHONE, CODE_DIGITS, MOST_WRONG_CODES = 3, 6, 5


class OrderRule(DomainError):
    """An order may not be taken, given or moved like that."""

    code = "order_rule"


class IllegalMove(OrderRule):
    """The order is not in a state from which this is possible."""

    code = "illegal_move"


class NotOfferedHere(OrderRule):
    """The service is not offered at the place; the refusal says what is."""

    code = "not_offered_here"


def branch_of(unit):
    """The branch of a place: on the unit or the nearest above it, a community's own before others."""
    found = Branch.objects.live().holding().filter(path__in=paths_above(unit.path))
    ranked = sorted(found, key=lambda branch: (-len(branch.path), branch.kind != Kind.COMMUNITY, branch.code))
    return ranked[0] if ranked else None


def moved(order, move, today, **values):
    """The locked order after the move: its status, what else changes, and whoever has to answer by when."""
    status = after(order.status, move)
    if status is None:
        raise IllegalMove(f"该单现为“{order.get_status_display()}”，不能{MOVE_NAMES[move]}")
    days = {
        OrderStatus.WAITING: DESK_DAYS,
        OrderStatus.ESCALATED: DESK_DAYS,
        OrderStatus.DISPATCHED: ANSWER_DAYS,
        OrderStatus.REPORTED: CONFIRM_DAYS,
    }.get(status)
    order.status = status
    order.answer_by = today + timedelta(days=days) if days else None
    for name, value in values.items():
        setattr(order, name, value)
    save_change(order)
    return order


def answered(order, answer, today) -> None:
    """Write down what came of the dispatch that was waiting for an answer, if one was."""
    for dispatch in order.dispatches.filter(answer=Answer.PENDING).select_for_update(of=("self",)):
        dispatch.answer, dispatch.answered_on = answer, today
        dispatch.save(update_fields=["answer", "answered_on"])


@transaction.atomic
def request_order(*, values, by, today):
    """Take an order: item, unit, requester, requester_phone, wanted_on, and what else is known.

    Raise every refusal at once; one that is not offered at the place names what is.
    """
    unit = locked(values["unit"])
    said = {name: values[name] for name in REQUESTER & set(values)}
    order = ServiceOrder(
        **{**{name: value for name, value in values.items() if name not in REQUESTER},
           "unit": unit, "path": unit.path, "desk": unit, "requested_on": today,
           "branch": values.get("branch") or branch_of(unit),
           "answer_by": today + timedelta(days=DESK_DAYS)}
    )  # fmt: skip
    refuse_all([*_complaints(order, today), *_seal_requester(order, **said), *_cash_complaints(order)])
    if order.branch:
        order.desk = order.branch.unit
    check(order)
    order.save()
    record("service_order.requested", order, by=by, fields=values)
    return order


@transaction.atomic
def request_by_scan(*, values, today) -> tuple[ServiceOrder, str]:
    """Take an order that somebody without an account wrote behind a place's code, and the code to confirm it.

    It waits on the desk like any other. One phone may have a few open at a time.
    """
    order = request_order(values={**values, "channel": Channel.SCAN}, by=None, today=today)
    waiting = ServiceOrder.objects.open().filter(phone_index=order.phone_index, channel=Channel.SCAN)
    if waiting.count() > MOST_BY_PHONE:
        raise OrderRule(f"这个电话已有 {MOST_BY_PHONE} 单没有办完，请拨打社区电话", field="requester_phone")
    code = code_of_scan(order)
    order.code_index = _code_index(order, code)
    order.save(update_fields=["code_index"])
    return order, code


def code_of_scan(order) -> str:
    """The code that confirms the order: from the number that the form alone knows by which it was sent."""
    return f"{int(blind_index(str(order.uid), purpose='order.form'), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


@transaction.atomic
def order_of_code(*, number, code):
    """The order of the number if the code is its own, else nothing; a few wrong ones close this way to it."""
    scanned = ServiceOrder.objects.filter(channel=Channel.SCAN).select_for_update(of=("self",))
    order = scanned.filter(pk=number).first()
    if order is None or not order.code_index or order.wrong_codes >= MOST_WRONG_CODES:
        return None
    if hmac.compare_digest(order.code_index, _code_index(order, code)):
        return order
    order.wrong_codes += 1
    order.save(update_fields=["wrong_codes"])
    return None


def _code_index(order, code) -> str:
    return blind_index(f"{order.pk}:{code}", purpose="order.code")


@transaction.atomic
def reveal_requester(*, order, reason, by) -> dict[str, str]:
    """Name, phone and address of who asked, after writing down who looked and why."""
    record("service_order.revealed", order, by=by, fields=REQUESTER, reason=reason_to_look(reason))
    return {
        "requester": order.get_sealed("sealed_requester"),
        "requester_phone": order.get_sealed("sealed_phone"),
        "requester_address": order.get_sealed("sealed_address"),
    }


@transaction.atomic
def reject_order(*, order, reason, by, today, version=None):
    """Refuse an order on the desk, with a reason for who asked."""
    order = _ended(locked(order, version=version), OrderMove.REJECT, reason, today)
    record("service_order.rejected", order, by=by, fields=["status"], reason=reason)
    return order


@transaction.atomic
def cancel_order(*, order, reason, by, today, version=None):
    """Call an order off because who asked no longer wants it."""
    order = _ended(locked(order, version=version), OrderMove.CANCEL, reason, today)
    record("service_order.called_off", order, by=by, fields=["status"], reason=reason)
    return order


def _ended(order, move, reason, today):
    order = moved(order, move, today, reason=words_of(reason, f"{MOVE_NAMES[move]}须写明原因"))
    answered(order, Answer.WITHDRAWN, today)
    return order


def _complaints(order, today) -> list[DomainError]:
    wrong = _place_complaints(order) or _offer_complaints(order)
    if order.wanted_on > years_after(today, 1):
        wrong.append(InvalidValue(f"希望日期 {order.wanted_on} 太远，请选一年以内的日子", field="wanted_on"))
    if order.wanted_on < today:
        wrong.append(InvalidValue(f"希望日期 {order.wanted_on} 已过（今天 {today}）", field="wanted_on"))
    return wrong


def _seal_requester(order, requester="", requester_phone="", requester_address="") -> list[DomainError]:
    """Seal who asked into the order, with what lists show of it; what speaks against it is returned."""
    wrong, name = [], requester.strip()
    if not name:
        wrong.append(InvalidValue("请填写点单人姓名", field="requester"))
    for field, text, longest in (("requester", name, 50), ("requester_address", requester_address, 200)):
        if len(text) > longest:
            wrong.append(InvalidValue(f"不能超过{longest}个字", field=field))
    try:
        phone = normalise_phone(requester_phone, field="requester_phone")
    except InvalidValue as error:
        return [*wrong, error]
    order.set_sealed("sealed_requester", name)
    order.set_sealed("sealed_phone", phone)
    order.set_sealed("sealed_address", requester_address.strip())
    order.requester_masked, order.phone_last4 = first_character(name), phone[-4:]
    order.phone_index = blind_index(phone, purpose="order.phone")
    return wrong


def _place_complaints(order) -> list[DomainError]:
    unit, branch = order.unit, order.branch
    wrong = low_place_complaints(unit, needed="服务地点须是")
    if not wrong and branch and (branch.dissolved_on or not unit.path.startswith(branch.path)):
        wrong.append(InvalidValue(f"只有服务地点的党支部可以派单，“{branch}”不在“{unit}”", field="branch"))
    return wrong


def _offer_complaints(order) -> list[DomainError]:
    here = ServiceItem.objects.offered_at(order.unit)
    if here.filter(pk=order.item_id).exists():
        return []
    alternatives = "、".join(here.values_list("name", flat=True)) or "暂无"
    said = f"“{order.item}”在“{order.unit}”没有开设；这里可点：{alternatives}"
    return [NotOfferedHere(said, field="item")]


def _cash_complaints(order) -> list[DomainError]:
    if order.cash is None:
        return []
    if order.item.most_cash is None:
        return [InvalidValue(f"“{order.item}”不代办钱款", field="cash")]
    if order.cash > order.item.most_cash:
        return [InvalidValue(f"“{order.item}”代办金额不超过 {order.item.most_cash} 元", field="cash")]
    return []
