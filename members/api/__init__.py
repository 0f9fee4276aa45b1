from members.api.affiliations import AffiliationViewSet
from members.api.handovers import HandoverPersonViewSet, HandoverViewSet
from members.api.imports import ImportViewSet
from members.api.members import MemberViewSet
from members.api.memberships import MembershipViewSet
from members.api.posts import PostViewSet, TermViewSet
from members.api.transfers import TransferViewSet

__all__ = [
    "AffiliationViewSet",
    "ImportViewSet",
    "MemberViewSet",
    "MembershipViewSet",
    "PostViewSet",
    "TermViewSet",
    "TransferViewSet",
]
from members.api.secondments import SecondmentViewSet

__all__ = [
    "AffiliationViewSet",
    "HandoverPersonViewSet",
    "HandoverViewSet",
    "MemberViewSet",
    "MembershipViewSet",
    "SecondmentViewSet",
]
