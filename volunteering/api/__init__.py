from volunteering.api.teams import TeamMembershipViewSet, TeamViewSet

__all__ = ["TeamMembershipViewSet", "TeamViewSet"]
