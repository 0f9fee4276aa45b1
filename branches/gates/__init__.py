from branches.gates.acts import Act, ActForm
from branches.gates.admin import OperationForm, ReadOnlyAdmin, ScopedAdmin
from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictSerializer
from branches.gates.filters import RowFilter, UnitFilter
from branches.gates.lists import ScopedList
from branches.gates.lookups import LookupFilters
from branches.gates.pages import Pages
from branches.gates.permission import AppointmentBackend, may, scope_for

__all__ = [
    "Act",
    "ActForm",
    "AppointmentBackend",
    "LookupFilters",
    "OperationForm",
    "Pages",
    "ReadOnlyAdmin",
    "RowFilter",
    "ScopedAdmin",
    "ScopedList",
    "ScopedRelatedField",
    "ScopedViewSet",
    "StrictSerializer",
    "UnitFilter",
    "may",
    "scope_for",
]
