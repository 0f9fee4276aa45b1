from volunteering.admin.teams import TeamAdmin, TeamMembershipAdmin

__all__ = ["TeamAdmin", "TeamMembershipAdmin"]
