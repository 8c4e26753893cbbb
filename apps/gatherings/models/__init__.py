from apps.gatherings.models.attendance import Attendance, AttendanceError
from apps.gatherings.models.dismissal import Dismissal
from apps.gatherings.models.feed import Feed, FeedKind
from apps.gatherings.models.gathering import Gathering, Kind, Participant
from apps.gatherings.models.holiday import Holiday
from apps.gatherings.models.meeting import Meeting
from apps.gatherings.models.notes import ChecklistLine, FollowUp, MeetingNotes, StepEvidence
from apps.gatherings.models.poll import TimeMark, TimeOption, TimePoll
from apps.gatherings.models.reading import (
    Asking,
    Book,
    BookIdea,
    BookVote,
    Brought,
    Chapter,
    ChapterNote,
    HavingRead,
    IdeaTaken,
    Impression,
    Says,
)
from apps.gatherings.models.rsvp import Answer, Role, Rsvp, RsvpError, promote
from apps.gatherings.models.talk import Talk, TalkWish

__all__ = [
    "Answer",
    "Asking",
    "Attendance",
    "AttendanceError",
    "Book",
    "BookIdea",
    "BookVote",
    "Brought",
    "Chapter",
    "ChapterNote",
    "ChecklistLine",
    "Dismissal",
    "Feed",
    "FeedKind",
    "FollowUp",
    "Gathering",
    "HavingRead",
    "Holiday",
    "IdeaTaken",
    "Impression",
    "Kind",
    "Meeting",
    "MeetingNotes",
    "Participant",
    "Role",
    "Rsvp",
    "RsvpError",
    "Says",
    "StepEvidence",
    "Talk",
    "TalkWish",
    "TimeMark",
    "TimeOption",
    "TimePoll",
    "promote",
]
