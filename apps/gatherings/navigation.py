"""The gatherings' link in the rail and on the phone's bar, and what other pages show of them."""

from django.utils.translation import gettext_lazy as _

from apps.gatherings import fade_out, reading
from apps.gatherings.models import Kind, Says
from apps.web import panels
from apps.web.http import Request
from apps.web.navigation import Link, register

register(Link("gatherings:gatherings", _("Gatherings"), "cal", 50, section="gatherings", key="g", phone=True))


def _circle(request: Request, gathering) -> reading.Circle | None:
    """The circle, asked for once a page: several panels show it."""
    known = request.__dict__.setdefault("reading_circles", {})
    if gathering.pk not in known:
        known[gathering.pk] = reading.circle(gathering, request.member)
    return known[gathering.pk]


def _chapters(request: Request, gathering) -> dict | None:
    """The book's chapters, who leads them and when; the notes of the last one."""
    circle = _circle(request, gathering)
    if circle is None:
        return None
    return {
        "circle": circle,
        "note": reading.last_note(circle.lines),
        "may_write": reading.may_write(gathering, request.member),
    }


def _next_chapters(request: Request, gathering) -> dict | None:
    """What is read at the next meeting, beside its answers."""
    circle = _circle(request, gathering)
    if circle is None or not circle.next:
        return None
    may_write = reading.may_write(gathering, request.member)
    return {"lines": circle.next, "says": Says.choices, "may_write": may_write}


def _questions(request: Request, gathering) -> dict | None:
    """Questions brought to the next chapters."""
    circle = _circle(request, gathering)
    if circle is None or not circle.next:
        return None
    return {"questions": reading.questions([one.chapter for one in circle.next]), "chapter": circle.next[0].chapter}


def _of_meeting(request: Request, meeting) -> list[reading.Line]:
    if meeting.gathering.kind != Kind.READING or meeting.is_cancelled:
        return []
    known = request.__dict__.setdefault("reading_meetings", {})
    if meeting.pk not in known:
        known[meeting.pk] = reading.of_meeting(meeting, request.member)
    return known[meeting.pk]


def _meeting_chapters(request: Request, meeting) -> dict | None:
    lines = _of_meeting(request, meeting)
    if not lines:
        return None
    may_write = reading.may_write(meeting.gathering, request.member)
    return {"lines": lines, "says": Says.choices, "may_write": may_write}


def _meeting_questions(request: Request, meeting) -> dict | None:
    lines = _of_meeting(request, meeting)
    if not lines:
        return None
    return {"questions": reading.questions([one.chapter for one in lines]), "chapter": lines[0].chapter}


def _attendance(request: Request, gathering) -> dict | None:
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
