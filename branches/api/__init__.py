from branches.api.branches import BranchViewSet
from branches.api.employers import EmployerViewSet
from branches.api.pledges import PledgeViewSet
from branches.api.units import UnitViewSet

__all__ = ["BranchViewSet", "EmployerViewSet", "PledgeViewSet", "UnitViewSet"]
