from members.admin.branches import BranchWithPeopleAdmin
from members.admin.exportfiles import ExportFileAdmin
from members.admin.handovers import HandoverAdmin, HandoverPersonAdmin
from members.admin.imports import ImportFileAdmin
from members.admin.posts import PostAdmin, TermAdmin
from members.admin.relations import MembershipAdmin, StandingEventAdmin
from members.admin.roster import MemberAdmin
from members.admin.secondments import SecondmentAdmin
from members.admin.taking_part import AffiliationAdmin, SignInAdmin
from members.admin.transfers import TransferAdmin

__all__ = [
    "AffiliationAdmin",
    "BranchWithPeopleAdmin",
    "ExportFileAdmin",
    "HandoverAdmin",
    "HandoverPersonAdmin",
    "ImportFileAdmin",
    "MemberAdmin",
    "MembershipAdmin",
    "PostAdmin",
    "SecondmentAdmin",
    "SignInAdmin",
    "StandingEventAdmin",
    "TermAdmin",
    "TransferAdmin",
]
