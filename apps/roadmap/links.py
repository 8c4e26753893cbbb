"""What an item of the map leads to: toil, groups, gatherings and topics, each in a field of its own that holds ids."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.gatherings.models import Gathering
from apps.people.models import Topic
from apps.stakeholders.models import Stakeholder
from apps.toil.models import Item as ToilItem

MODELS: dict[str, Any] = {
    "toil": ToilItem,
    "groups": Stakeholder,
    "gatherings": Gathering,
    "topics": Topic,
}
LABELS = {
    "toil": _("Toil it digs out"),
    "groups": _("Whom it is for"),
    "gatherings": _("Gatherings it rests on"),
    "topics": _("Skills it rests on"),
}

type Names = dict[str, dict[int, str]]  # by the field, then by id


def names(ids: Mapping[str, Collection[int]]) -> Names:
    """What the rows are called, by field and id. One query for each field with any, none for the rest."""
    return {
        name: {row.pk: row.label for row in MODELS[name].objects.filter(pk__in=found)} if found else {}
        for name, found in ids.items()
    }
