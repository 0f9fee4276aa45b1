"""An open transfer hangs on a member who leaves otherwise: it is given up in the same step."""

from members.models import Transfer
from members.obligations import Leaving, Obligation
from members.operations.transfers.steps import Doing, changed_by, locked_transfer
from members.states import TransferMove, TransferState

# By these she leaves through the transfer itself.
BY_TRANSFER = (Leaving.TRANSFER, Leaving.TRANSFER_OUT)


class Transfers:
    """Open transfers of those who die, leave the Party or are suspended."""

    kind = "transfer"

    def held(self, members, *, on, leaving):
        """Every open one, whatever the day: a letter on its way would be received after her."""
        if leaving in BY_TRANSFER:
            return Transfer.objects.none()
        return Transfer.objects.open().filter(member__in=members).order_by("pk")

    def obligation(self, row, *, leaving):
        """It is given up with her."""
        words = f"组织关系转接（{row.get_state_display()}，去{row.goes_to}）"
        return Obligation(self.kind, row.pk, row.member_id, words)

    def settle(self, number, settlement, *, on, by, today):
        """Give it up wherever it stands, also when the receiver has the letter already."""
        transfer = locked_transfer(Transfer.objects.get(pk=number))
        doing = Doing(TransferMove.CANCEL, on, by, settlement.reason)
        changed_by(transfer, doing, {"state": TransferState.CANCELLED})
