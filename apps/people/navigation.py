"""The people's link in the rail."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.people import ladder
from apps.people.models import Interest, Rung, Signal, Subject
from apps.people.models.ladder import grown
from apps.web import panels
from apps.web.http import Request
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels

register(Link("people:people", _("People"), "people", 60, group="direction", section="people", also="me", key="p"))


def _waiting(_request: Request, member) -> dict | None:
    """What was noted about somebody who is about to join."""
    notes = list(Signal.objects.waiting().filter(person=member).told())
    interests = list(
        Interest.objects.waiting().of_standing().filter(person=member).select_related("topic", "proposed_by")
    )
    return {"notes": notes, "interests": interests} if notes or interests else None


def _standings(request: Request, item) -> list[ladder.Standing]:
    """Asked for once a page: two panels show it."""
    known = request.__dict__.setdefault("standings", {})
    if item.pk not in known:
        known[item.pk] = ladder.standings(Subject(item=item), request.member)
    return known[item.pk]


def _who_can(request: Request, item) -> dict:
    """Who can do a toil item; what others say of themselves that the reader may agree to; what the reader is asked."""
    found = ladder.of_subject(Subject(item=item), request.member, _standings(request, item))
    return {"noted_for": f"item={item.pk}", **found}


def _alone(request: Request, item) -> dict:
    """How many can do it alone, of how many, and who is one step away, as the reader may see it."""
    found = _standings(request, item)
    near = [one.person.short_name for one in found if one.rung == Rung.DRIVING and not one.is_rough]
    return {
        "alone": sum(one.can_help for one in found),
        "people": Member.objects.active().count(),
        "near": gettext(", ").join(near[:3]),
    }


panels.register("rail.plot", "people/panel_plants.html", lambda _request: {"grown": grown()}, order=10)
panels.register("toil.item.who", "people/panel_who_can.html", _who_can, order=10)
panels.register("toil.item.figure", "people/panel_figure.html", _alone, order=10)
panels.register("toil.segments", "people/panel_segment.html", lambda _request, here: {"here": here}, order=10)
panels.register("join.main", "people/panel_join.html", _waiting, order=10)

register_labels(
    answer=_("Your answer"),
    place=_("Where"),
    topic=_("Topic"),
    about=_("In a few words"),
)
