"""Transfers by what waits for whom."""

from unfold.contrib.filters.admin import DropdownFilter

from branches.gates import UnitFilter
from branches.scope import Scope
from core import clock
from members.states import TransferState


def to_send(rows, scope):
    """What the sender has to do next: agree, issue, send again."""
    return rows.to_send(scope)


def on_the_way(rows, scope):
    """What was sent from here and waits for the other side."""
    on = clock.today()
    sent = rows.sent_from(scope)
    return sent.waiting(TransferState.ISSUED, on=on) | sent.filter(state=TransferState.RECEIVED)


def to_receive(rows, scope):
    """Letters to us that nobody has received yet."""
    return rows.to_receive(scope, on=clock.today())


def to_place(rows, scope):
    """Members who are to be placed in a branch of ours."""
    return rows.to_place(scope)


def receipts(rows, scope):
    """Receipts that we owe or wait for."""
    return rows.visible_in(scope).receipt_owed()


def expired(rows, scope):
    """Letters whose days ran out before anybody received them."""
    return rows.visible_in(scope).expired(on=clock.today())


def settled(rows, scope):
    """What is settled or given up."""
    open_ones = rows.open().values("pk")
    return rows.visible_in(scope).exclude(pk__in=open_ones).exclude(pk__in=rows.receipt_owed().values("pk"))


WAITING = {
    "send": ("待转出", to_send),
    "way": ("在途", on_the_way),
    "receive": ("待接收", to_receive),
    "place": ("待编入", to_place),
    "receipt": ("待回执", receipts),
    "expired": ("已过期", expired),
    "settled": ("已办结", settled),
}


class WaitingFilter(DropdownFilter):
    """What waits for whom; unless asked, everything that is not settled."""

    title = "等待"
    parameter_name = "waiting"
    all_option = ("", "未办结")

    def __init__(self, request, params, model, model_admin):
        self.scope = model_admin.scope(request, "view")
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [*((key, label) for key, (label, _) in WAITING.items()), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() in WAITING:
            return WAITING[self.value()][1](queryset, self.scope)
        return queryset.exclude(pk__in=settled(queryset.model.objects.all(), self.scope).values("pk"))


class EitherEndFilter(UnitFilter):
    """From a branch of the unit, or to one."""

    def narrow(self, queryset, row):
        return queryset.visible_in(Scope(paths=(row.path,)))
