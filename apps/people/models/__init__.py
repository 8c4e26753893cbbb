from apps.people.models.interest import DAYS_TO_ANSWER, Interest, Keen, Want
from apps.people.models.merge import TopicMerge
from apps.people.models.signal import Consent, NoteReading, Signal
from apps.people.models.topic import Topic

__all__ = [
    "DAYS_TO_ANSWER",
    "Consent",
    "Interest",
    "Keen",
    "NoteReading",
    "Signal",
    "Topic",
    "TopicMerge",
    "Want",
]
