from reorganisations.operations.orders import Order, PlanRule, order_of
from reorganisations.operations.plans import (
    cancel,
    carry_out,
    carry_out_due,
    decide,
    make_plan,
    rehearse,
)
from reorganisations.operations.undoing import undo

__all__ = [
    "Order",
    "PlanRule",
    "cancel",
    "carry_out",
    "carry_out_due",
    "decide",
    "make_plan",
    "order_of",
    "rehearse",
    "undo",
]
