"""The map's link in the rail and on the phone's bar, and what other pages show of it."""

from typing import cast

from django.db.models import Value
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.gatherings.models import Gathering, Meeting, MeetingNotes
from apps.people import naming
from apps.people.models import Topic
from apps.roadmap import at_home
from apps.stakeholders.models import Stakeholder
from apps.toil.models import Item as ToilItem
from apps.web import panels
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels

register(Link("roadmap:map", _("Future map"), "map", 15, section="map", key="m", phone=True))


def _year(request: MemberRequest) -> dict | None:
    """This quarter's goal and the year's ruler; a lead without any map is told where to begin."""
    return at_home.year(request)


def _unread(request: MemberRequest) -> dict | None:
    """The last pivot, until it is read or a month old."""
    return at_home.unread(request)


def _of_toil(request: MemberRequest, item: ToilItem) -> dict | None:
    """The items of the map that dig out this toil, or what was merged into it."""
    same = {item.pk, *ToilItem.objects.filter(merged_into=item).values_list("pk", flat=True)}
    return at_home.belonging(request, lambda found: not same.isdisjoint(found.toil))


def _need(request: MemberRequest, meeting: Meeting, notes: MeetingNotes) -> dict | None:
    """What would make a piece of work need nobody may become an item of the map; the lead draws it."""
    if not request.member.is_lead:
        return None
    item = meeting.item
    toil = str(item.pk) if item else ""
    said = {"lane": "toil", "title": notes.needs_nobody, "toil": toil, "gathering": str(meeting.gathering_id)}
    return {"query": urlencode(said)}


def _of_stakeholder(request: MemberRequest, stakeholder: Stakeholder) -> dict | None:
    """The items of the map that are for this group, or one merged into it, or dig out toil that it causes."""
    toil = ToilItem.objects.filter(stakeholder=stakeholder).order_by().values_list(Value("toil"), "pk")
    same = Stakeholder.objects.filter(merged_into=stakeholder).order_by().values_list(Value("groups"), "pk")
    linked: dict[str, set[int]] = {"toil": set(), "groups": {stakeholder.pk}}
    for name, pk in toil.union(same).order_by():
        linked[name].add(pk)
    return at_home.belonging(
        request,
        lambda found: not linked["groups"].isdisjoint(found.groups) or not linked["toil"].isdisjoint(found.toil),
    )


def _of_gathering(request: MemberRequest, gathering: Gathering) -> dict | None:
    """The items of the map that rest on this gathering."""
    return at_home.belonging(request, lambda found: gathering.pk in found.gatherings)


def _of_meeting(request: MemberRequest, meeting: Meeting) -> dict | None:
    """The same beside one of its meetings: what happens once has no other page."""
    return _of_gathering(request, meeting.gathering)


def _of_topic(request: MemberRequest, topic: Topic) -> dict | None:
    """The items of the map that rest on this topic, or on one that is part of it by now."""
    same = SimpleLazyObject(lambda: set(topic.family()))  # asked for once, and only if an item rests on any topic
    return at_home.belonging(request, lambda found: bool(found.topics) and not same.isdisjoint(found.topics))


naming.register(lambda request, topic: _of_topic(cast(MemberRequest, request), topic) is not None)
panels.register("home.head", "roadmap/panel_year.html", _year, order=10)
panels.register("home.main", "roadmap/panel_pivot.html", _unread, order=5)
panels.register("toil.item", "roadmap/panel_items.html", _of_toil, order=10)
panels.register("gathering.aside", "roadmap/panel_items.html", _of_gathering, order=50)
panels.register("meeting.aside", "roadmap/panel_items.html", _of_meeting, order=50)
panels.register("topic.main", "roadmap/panel_items.html", _of_topic, order=10)
panels.register("meeting.need", "roadmap/panel_need.html", _need, order=10)
panels.register("stakeholder.main", "roadmap/panel_items.html", _of_stakeholder, order=20)

register_labels(
    signal=_("We will know because"),
    notes=_("Notes"),
    sentence=_("Its goal in one sentence"),
    shape=_("The team’s shape"),
    shape_sentence=_("The team in one sentence"),
)
