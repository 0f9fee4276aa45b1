from members.admin.roster import MemberAdmin

__all__ = ["MemberAdmin"]
