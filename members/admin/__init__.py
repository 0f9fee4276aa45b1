from members.admin.branches import BranchWithPeopleAdmin
from members.admin.imports import ImportFileAdmin
from members.admin.posts import PostAdmin, TermAdmin
from members.admin.relations import AffiliationAdmin, MembershipAdmin, SignInAdmin, StandingEventAdmin
from members.admin.roster import MemberAdmin
from members.admin.transfers import TransferAdmin

__all__ = [
    "AffiliationAdmin",
    "BranchWithPeopleAdmin",
    "ImportFileAdmin",
    "MemberAdmin",
    "MembershipAdmin",
    "PostAdmin",
    "SignInAdmin",
    "StandingEventAdmin",
    "TermAdmin",
    "TransferAdmin",
]
