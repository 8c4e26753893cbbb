"""What a calendar is given: meetings as events, with no attendees and no notes in them (R40 to R45)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Organisation
from apps.gatherings.calendar_file import Event, calendar_file
from apps.gatherings.models import Answer, Meeting, Rsvp
from apps.gatherings.models.feed import Feed, FeedKind
from apps.gatherings.models.meeting import KEPT_IN_CALENDARS, concerns

KEPT_BEHIND = timedelta(days=180)
REFRESH = timedelta(hours=1)


def of_feed(feed: Feed, now: datetime) -> bytes:
    """The file of a feed. Two queries."""
    member = feed.member
    meetings = _in_calendars(now)
    if feed.kind == FeedKind.MINE:
        said = Rsvp.objects.filter(member=member)
        ids = Meeting.objects.filter(concerns(member) | Q(pk__in=said.values("meeting"))).order_by().values("pk")
        meetings = meetings.filter(pk__in=ids).exclude(pk__in=said.filter(answer=Answer.NO).values("meeting"))
    sure = set(
        Rsvp.objects.filter(member=member).coming().filter(meeting__ends_at__gt=now).values_list("meeting", flat=True)
    )
    events = [
        event(row, tentative=feed.kind == FeedKind.MINE and row.pk not in sure and row.ends_at > now)
        for row in meetings
    ]
    name = _("My gatherings") if feed.kind == FeedKind.MINE else _("All gatherings")
    return _file(events, name, busy=str(_("Busy")) if feed.busy else "")


def of_meetings(meetings: Iterable[Meeting], name: str) -> bytes:
    """The file of some meetings, to be opened once."""
    return _file([event(row) for row in meetings], name)


def _in_calendars(now: datetime):
    """Meetings of half a year back and all to come; what was cancelled, for 30 days after that."""
    rows = Meeting.objects.filter(starts_at__gte=now - KEPT_BEHIND).select_related("gathering")
    return rows.filter(Q(cancelled_at=None) | Q(cancelled_at__gte=now - KEPT_IN_CALENDARS)).order_by("starts_at", "id")


def event(row: Meeting, *, tentative: bool = False) -> Event:
    """A meeting, read with its gathering, as calendars show it in the language that is active."""
    gathering = row.gathering
    about = [str(gathering.get_kind_display())]
    if row.link:
        about.append(_("Online: %(link)s") % {"link": row.link})
    return Event(
        uid=f"{gathering.uuid}-{row.number}",
        title=row.full_title,
        start=datetime.combine(row.day, row.clock),
        lasts=timedelta(minutes=row.minutes),
        zone=row.zone,
        created_at=row.created_at,
        changed_at=row.changed_at,
        sequence=row.schedule_rev,
        place=row.place,
        link=settings.SITE_URL + reverse("gatherings:meeting", args=[gathering.pk, row.number]),
        about="\n".join(about),
        cancelled=row.is_cancelled,
        tentative=tentative and not row.is_cancelled,
    )


def installation(organisation: Organisation | None) -> str:
    """What makes a meeting's UID one in the world (R40)."""
    return str(organisation.instance_id) if organisation else "miraizu"


def _file(events: list[Event], name: str, busy: str = "") -> bytes:
    organisation = Organisation.get()
    title = f"{organisation.name}: {name}" if organisation else name
    return calendar_file(events, name=title, installation=installation(organisation), refresh=REFRESH, busy=busy)


def addresses(token: str) -> tuple[str, str]:
    """The feed's address, and the same for calendars that open by webcal."""
    address = settings.SITE_URL + reverse("calendar", args=[token])
    return address, "webcal://" + address.split("://", 1)[1]
