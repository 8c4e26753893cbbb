"""The people's link in the rail."""

from django.utils.translation import gettext_lazy as _

from apps.people.models import Interest, Signal
from apps.web import panels
from apps.web.http import Request
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels

register(Link("people:people", _("People"), "people", 60, group="direction", section="people", key="p"))


def _waiting(_request: Request, member) -> dict | None:
    """What was noted about somebody who is about to join."""
    notes = list(Signal.objects.waiting().filter(person=member).told())
    interests = list(
        Interest.objects.waiting().of_standing().filter(person=member).select_related("topic", "proposed_by")
    )
    return {"notes": notes, "interests": interests} if notes or interests else None


panels.register("join.main", "people/panel_join.html", _waiting, order=10)

register_labels(
    answer=_("Your answer"),
    place=_("Where"),
    topic=_("Topic"),
    about=_("In a few words"),
)
