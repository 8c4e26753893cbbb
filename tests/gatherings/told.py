"""What tests of messages share: gatherings near now, the real sender, and what a letter carries.

No clock is moved where something is sent: what is due is asked by the clock of the database.
"""

from datetime import timedelta

from django.utils import timezone, translation

from apps.accounts.models import Member
from apps.gatherings.models import Gathering, Meeting, Participant
from apps.gatherings.schedule import Slot
from apps.reminders import kinds, send
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, Manner
from apps.reminders.models.delivery import UNSENT
from apps.reminders.models.preference import EVERY_DAY
from tests import factories

STRANGE = ["a\r\nBcc: x@example.com", "\u202e<b>輪読会</b>", "👩‍💻 🎉", "100%(n)s {0} %s", "長い" * 60]


def awake(**fields) -> Member:
    """Somebody whom messages may reach at any hour."""
    person = factories.member(**fields)
    Manner.objects.create(member=person, quiet_from=None, quiet_until=None, working_days=EVERY_DAY)
    return person


def gathering(organiser, begins=timedelta(days=5), *joined, **fields) -> Gathering:
    """One that begins so long from now, on the clock of Tokyo; `joined` take part in it."""
    start = (timezone.now() + begins).replace(microsecond=0).astimezone(organiser.zone)
    values = {
        "zone": organiser.time_zone,
        "first_day": start.date(),
        "clock": start.time(),
        "title": "Release together",
    }
    row = factories.gathering(organiser, **(values | fields))
    for person in joined:
        Participant.join(row, person)
    Participant.objects.filter(gathering=row).update(joined_at=timezone.now() - timedelta(days=30))
    return row


def only(row: Gathering) -> Meeting:
    return row.meetings.order_by("number").first()


def slot(meeting: Meeting, **fields) -> Slot:
    names = ("clock", "minutes", "zone", "place", "link", "seats")
    return Slot(**({name: getattr(meeting, name) for name in names} | fields))


def send_all() -> None:
    """Sends what is planned, as if its time had come."""
    at = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(state__in=UNSENT).update(run_at=at)
    for channel in ("inbox", "email"):
        send.send_due(channel)


def planned(**fields) -> list[tuple[str, str, str]]:
    """(kind, channel, address) of what is planned and not taken back."""
    rows = Delivery.objects.filter(state__in=UNSENT, **fields)
    return sorted(rows.values_list("kind", "channel", "recipient__email"))


def who(kind: str) -> set[str]:
    rows = Delivery.objects.filter(kind=kind, channel="inbox", state__in=UNSENT)
    return set(rows.values_list("recipient__email", flat=True))


def ended(kind: str, channel: str = "email") -> set[tuple[str, str]]:
    return set(Delivery.objects.filter(kind=kind, channel=channel).values_list("state", "reason"))


def say(kind: str, *rows: Delivery, language="en", zone="UTC"):
    """What the kind says of these deliveries, or of all of it by the inbox, to a reader of that language and zone."""
    deliveries = list(rows or Delivery.objects.filter(kind=kind, channel="inbox"))
    with translation.override(language), timezone.override(zone):
        said = kinds.kind(kind).say(deliveries)
    return [said[each.pk] for each in deliveries]


def letter(kind: str, **how) -> Letter:
    (said,) = say(kind, **how)
    assert isinstance(said, Letter), said
    return said


def files(mail) -> list[bytes]:
    """The calendar files of a letter: as one of its forms, and attached."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [part.get_payload(decode=True) for part in parts]
