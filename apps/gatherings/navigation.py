"""The gatherings' link in the rail and on the phone's bar, and what other pages show of them."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.gatherings import coming, suggest, talks
from apps.gatherings.models import Dismissal, Gathering, Kind, Meeting
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


panels.register("gathering.main", "gatherings/panel_talks.html", _talks, order=10)
panels.register("meeting.main", "gatherings/panel_talks.html", _meeting_talks, order=10)
panels.register("home.aside", "gatherings/panel_coming.html", _coming, order=6)
panels.register("people.aside", "gatherings/panel_idea.html", _topic_idea, order=10)
panels.register("gatherings.main", "gatherings/panel_idea.html", _idea, order=10)
panels.register("toil.item", "gatherings/panel_idea.html", _item_idea, order=1)
