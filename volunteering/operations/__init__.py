from volunteering.operations.teams import (
    LedTeams,
    TeamChanges,
    amend_team,
    appoint_leader,
    dissolve_team,
    found_team,
    join_team,
    leave_team,
)

__all__ = [
    "LedTeams",
    "TeamChanges",
    "amend_team",
    "appoint_leader",
    "dissolve_team",
    "found_team",
    "join_team",
    "leave_team",
]
