from apps.reminders.models.delivery import CLAIMABLE, Attempt, Delivery, Outcome, State
from apps.reminders.models.destination import Destination
from apps.reminders.models.gate import Gate
from apps.reminders.models.handling import Handling, What
from apps.reminders.models.hold import Hold
from apps.reminders.models.inbox import InboxLine
from apps.reminders.models.preference import Choice, Manner, Preference

__all__ = [
    "CLAIMABLE",
    "Attempt",
    "Choice",
    "Delivery",
    "Destination",
    "Gate",
    "Handling",
    "Hold",
    "InboxLine",
    "Manner",
    "Outcome",
    "Preference",
    "State",
    "What",
]
