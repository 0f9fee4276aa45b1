from branches.admin.accounts import AccountAdmin, ApiKeyAdmin
from branches.admin.appointments import AppointmentAdmin
from branches.admin.audit import AuditAdmin
from branches.admin.branches import BranchAdmin
from branches.admin.employers import EmployerAdmin
from branches.admin.pledges import PledgeAdmin
from branches.admin.units import UnitAdmin

__all__ = [
    "AccountAdmin",
    "ApiKeyAdmin",
    "AppointmentAdmin",
    "AuditAdmin",
    "BranchAdmin",
    "EmployerAdmin",
    "PledgeAdmin",
    "UnitAdmin",
]
