from members.admin.handovers.batches import HandoverAdmin
from members.admin.handovers.people import HandoverPersonAdmin

__all__ = ["HandoverAdmin", "HandoverPersonAdmin"]
