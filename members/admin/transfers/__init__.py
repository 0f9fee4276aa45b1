from members.admin.transfers.page import TransferAdmin

__all__ = ["TransferAdmin"]
