from apps.stakeholders.models.focus import FocusDecision, Review, Voice
from apps.stakeholders.models.merge import StakeholderMerge
from apps.stakeholders.models.observation import Confidence, Frequency, How, Observation, Pain
from apps.stakeholders.models.our_sre import Answer, Kind, PartingWish, Phrase, Round, Statement, StatementVoice, Wish
from apps.stakeholders.models.stakeholder import Side, Stakeholder
from apps.stakeholders.models.voice import Overtaken

__all__ = [
    "Answer",
    "Confidence",
    "FocusDecision",
    "Frequency",
    "How",
    "Kind",
    "Observation",
    "Overtaken",
    "Pain",
    "PartingWish",
    "Phrase",
    "Review",
    "Round",
    "Side",
    "Stakeholder",
    "StakeholderMerge",
    "Statement",
    "StatementVoice",
    "Voice",
    "Wish",
]
