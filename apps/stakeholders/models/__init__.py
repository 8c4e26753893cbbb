from apps.stakeholders.models.stakeholder import Side, Stakeholder

__all__ = ["Side", "Stakeholder"]
