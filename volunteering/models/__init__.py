from volunteering.models.team import Team, TeamMembership, VolunteerType

__all__ = ["Team", "TeamMembership", "VolunteerType"]
