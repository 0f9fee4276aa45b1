from members.api.affiliations import AffiliationViewSet
from members.api.members import MemberViewSet
from members.api.memberships import MembershipViewSet

__all__ = ["AffiliationViewSet", "MemberViewSet", "MembershipViewSet"]
