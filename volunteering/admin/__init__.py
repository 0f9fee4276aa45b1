from volunteering.admin.hours import HourEntryAdmin
from volunteering.admin.orders import ServiceItemAdmin, ServiceOrderAdmin
from volunteering.admin.teams import TeamAdmin, TeamMembershipAdmin

__all__ = ["HourEntryAdmin", "ServiceItemAdmin", "ServiceOrderAdmin", "TeamAdmin", "TeamMembershipAdmin"]
