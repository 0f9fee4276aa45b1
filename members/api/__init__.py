from members.api.affiliations import AffiliationViewSet
from members.api.exports import ExportViewSet
from members.api.handover_people import HandoverPersonViewSet
from members.api.handovers import HandoverViewSet
from members.api.imports import ImportViewSet
from members.api.members import MemberViewSet
from members.api.memberships import MembershipViewSet
from members.api.posts import PostViewSet, TermViewSet
from members.api.secondments import SecondmentViewSet
from members.api.transfers import TransferViewSet

__all__ = [
    "AffiliationViewSet",
    "ExportViewSet",
    "HandoverPersonViewSet",
    "HandoverViewSet",
    "ImportViewSet",
    "MemberViewSet",
    "MembershipViewSet",
    "PostViewSet",
    "SecondmentViewSet",
    "TermViewSet",
    "TransferViewSet",
]
