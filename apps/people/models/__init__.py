from apps.people.models.asked import DAYS_TO_ANSWER
from apps.people.models.interest import Interest, Keen, Want
from apps.people.models.journey import JourneyError, JourneyStep, Place
from apps.people.models.ladder import LadderError, LadderStep, Roughly, Rung, Subject
from apps.people.models.merge import TopicMerge
from apps.people.models.signal import Consent, NoteReading, Signal
from apps.people.models.topic import Topic

__all__ = [
    "DAYS_TO_ANSWER",
    "Consent",
    "Interest",
    "JourneyError",
    "JourneyStep",
    "Keen",
    "LadderError",
    "LadderStep",
    "NoteReading",
    "Place",
    "Roughly",
    "Rung",
    "Signal",
    "Subject",
    "Topic",
    "TopicMerge",
    "Want",
]
