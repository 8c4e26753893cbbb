from apps.stakeholders.models.focus import FocusDecision, Overtaken, Review, Voice
from apps.stakeholders.models.observation import Confidence, Frequency, How, Observation, Pain
from apps.stakeholders.models.stakeholder import Side, Stakeholder

__all__ = [
    "Confidence",
    "FocusDecision",
    "Frequency",
    "How",
    "Observation",
    "Overtaken",
    "Pain",
    "Review",
    "Side",
    "Stakeholder",
    "Voice",
]
