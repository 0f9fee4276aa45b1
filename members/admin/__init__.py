from members.admin.relations import AffiliationAdmin, MembershipAdmin, SignInAdmin, StandingEventAdmin
from members.admin.roster import MemberAdmin

__all__ = ["AffiliationAdmin", "MemberAdmin", "MembershipAdmin", "SignInAdmin", "StandingEventAdmin"]
