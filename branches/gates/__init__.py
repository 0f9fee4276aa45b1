from branches.gates.admin import OperationForm, ScopedAdmin
from branches.gates.api import LookupFilters, Pages, ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictSerializer
from branches.gates.permission import AppointmentBackend, may, scope_for

__all__ = [
    "AppointmentBackend",
    "LookupFilters",
    "OperationForm",
    "Pages",
    "ScopedAdmin",
    "ScopedRelatedField",
    "ScopedViewSet",
    "StrictSerializer",
    "may",
    "scope_for",
]
