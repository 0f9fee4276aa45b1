from members.api.affiliations import AffiliationViewSet
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
