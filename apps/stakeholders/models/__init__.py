from apps.stakeholders.models.observation import Confidence, Frequency, How, Observation, Pain
from apps.stakeholders.models.stakeholder import Side, Stakeholder

__all__ = ["Confidence", "Frequency", "How", "Observation", "Pain", "Side", "Stakeholder"]
