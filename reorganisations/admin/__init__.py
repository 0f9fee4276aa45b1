from reorganisations.admin.plans import PlanAdmin

__all__ = ["PlanAdmin"]
