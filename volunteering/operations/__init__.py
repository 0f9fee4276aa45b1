from volunteering.operations.teams import (
    TeamChanges,
    amend_team,
    appoint_leader,
    dissolve_team,
    found_team,
    join_team,
    leave_team,
)

__all__ = [
    "TeamChanges",
    "amend_team",
    "appoint_leader",
    "dissolve_team",
    "found_team",
    "join_team",
    "leave_team",
]
