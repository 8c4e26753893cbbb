"""The gatherings' link in the rail and on the phone's bar, and what other pages show of them."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.gatherings import coming, fade_out, reading, suggest, talks
from apps.gatherings.models import Dismissal, Gathering, Kind, Meeting, Says
from apps.people.matrix import Matrix
from apps.toil.models import Item
from apps.web import panels
from apps.web.navigation import Link, register

register(Link("gatherings:gatherings", _("Gatherings"), "cal", 50, section="gatherings", key="g", phone=True))


def _coming(request: MemberRequest) -> dict | None:
    """The reader's next meetings, on Home; nothing where there is none."""
    meetings = coming.mine(request.member)
    return {"lines": coming.lines(meetings, request.member)} if meetings else None


def _topic_idea(request: MemberRequest, matrix: Matrix) -> dict | None:
    """Beside the topics, the first circle or talk that they ask for."""
    away = Dismissal.of(request.member)
    found = [idea for idea in suggest.circles(matrix.interests) if idea.key not in away]
    return {"idea": found[0], "more": False} if found else None


def _idea(request: MemberRequest, kind: str) -> dict | None:
    """Over the list of gatherings, the first suggestion of all."""
    idea = suggest.first(request.member)
    return {"idea": idea, "more": True} if idea else None


def _item_idea(request: MemberRequest, item: Item) -> dict | None:
    """On an item's page, whom its lead may ask for the next step."""
    reader = request.member
    if not reader.is_lead:
        return None
    away = Dismissal.of(reader)
    found = [idea for idea in suggest.next_steps(reader, [item.pk]) if idea.key not in away]
    return {"idea": found[0], "more": False} if found else None


def _talks(request: MemberRequest, gathering: Gathering) -> dict | None:
    """The talks of a learning event."""
    if gathering.kind != Kind.EVENT:
        return None
    following = gathering.meetings.ahead(timezone.now()).first()
    return {
        "gathering": gathering,
        "programme": talks.programme(gathering, following, request.member),
        "may_run": gathering.may_run(request.member),
        "following": following,
    }


def _meeting_talks(request: MemberRequest, meeting: Meeting) -> dict | None:
    """The talks of one meeting of it."""
    gathering = meeting.gathering
    if gathering.kind != Kind.EVENT:
        return None
    return {
        "gathering": gathering,
        "programme": talks.programme(gathering, meeting, request.member),
        "may_run": gathering.may_run(request.member),
        "following": None if meeting.is_cancelled or meeting.is_over() else meeting,
    }


panels.register(
    "gathering.fading", "gatherings/fading_poll.html", lambda _request, gathering: {"gathering": gathering}, order=10
)
panels.register("gathering.main", "gatherings/panel_talks.html", _talks, order=10)
panels.register("meeting.main", "gatherings/panel_talks.html", _meeting_talks, order=10)
panels.register("home.aside", "gatherings/panel_coming.html", _coming, order=6)
panels.register("people.aside", "gatherings/panel_idea.html", _topic_idea, order=10)
panels.register("gatherings.main", "gatherings/panel_idea.html", _idea, order=10)
panels.register("toil.item", "gatherings/panel_idea.html", _item_idea, order=1)


def _circle(request: MemberRequest, gathering) -> reading.Circle | None:
    """The circle, asked for once a page: several panels show it."""
    known = request.__dict__.setdefault("reading_circles", {})
    if gathering.pk not in known:
        known[gathering.pk] = reading.circle(gathering, request.member)
    return known[gathering.pk]


def _chapters(request: MemberRequest, gathering) -> dict | None:
    """The book's chapters, who leads them and when; the notes of the last one."""
    circle = _circle(request, gathering)
    if circle is None:
        return None
    return {
        "circle": circle,
        "note": reading.last_note(circle.lines),
        "may_write": reading.may_write(gathering, request.member),
    }


def _next_chapters(request: MemberRequest, gathering) -> dict | None:
    """What is read at the next meeting, beside its answers."""
    circle = _circle(request, gathering)
    if circle is None or not circle.next:
        return None
    may_write = reading.may_write(gathering, request.member)
    return {"lines": circle.next, "says": Says.choices, "may_write": may_write}


def _questions(request: MemberRequest, gathering) -> dict | None:
    """Questions brought to the next chapters."""
    circle = _circle(request, gathering)
    if circle is None or not circle.next:
        return None
    return {"questions": reading.questions([one.chapter for one in circle.next]), "chapter": circle.next[0].chapter}


def _of_meeting(request: MemberRequest, meeting) -> list[reading.Line]:
    if meeting.gathering.kind != Kind.READING or meeting.is_cancelled:
        return []
    known = request.__dict__.setdefault("reading_meetings", {})
    if meeting.pk not in known:
        known[meeting.pk] = reading.of_meeting(meeting, request.member)
    return known[meeting.pk]


def _meeting_chapters(request: MemberRequest, meeting) -> dict | None:
    lines = _of_meeting(request, meeting)
    if not lines:
        return None
    may_write = reading.may_write(meeting.gathering, request.member)
    return {"lines": lines, "says": Says.choices, "may_write": may_write}


def _meeting_questions(request: MemberRequest, meeting) -> dict | None:
    lines = _of_meeting(request, meeting)
    if not lines:
        return None
    return {"questions": reading.questions([one.chapter for one in lines]), "chapter": lines[0].chapter}


def _attendance(request: MemberRequest, gathering) -> dict | None:
    """How many came each time, and a word where a series fades out; of every series, whatever its kind."""
    if not gathering.is_recurring:
        return None
    circle = _circle(request, gathering)
    held = circle.held if circle is not None else fade_out.held_counts(gathering)
    can_help = not gathering.is_closed and not gathering.is_resting(request.member.today())
    return {
        "held": held[-fade_out.SHOWN :],
        "held_count": len(held),
        "first": held[0] if held else None,
        "chart": fade_out.chart(held),
        "fading": fade_out.fading([one.came for one in held]) if can_help else None,
        "cut": circle.to_cut if circle is not None else None,
    }


panels.register("gathering.main", "gatherings/panel_chapters.html", _chapters, order=10)
panels.register("gathering.next", "gatherings/panel_next.html", _next_chapters, order=10)
panels.register("gathering.aside", "gatherings/panel_questions.html", _questions, order=10)
panels.register("gathering.aside", "gatherings/panel_attendance.html", _attendance, order=40)
panels.register("meeting.main", "gatherings/panel_meeting.html", _meeting_chapters, order=10)
panels.register("meeting.aside", "gatherings/panel_questions.html", _meeting_questions, order=10)
