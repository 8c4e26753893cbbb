"""The example story's map rests on its gatherings and topics, whatever day it is loaded on."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from apps.gatherings.models import Gathering
from apps.people.models import Interest
from apps.roadmap import verify
from apps.roadmap.models import Map
from apps.roadmap.models.revision import document_of
from apps.story.load import load_story

pytestmark = pytest.mark.django_db

DAYS = [
    datetime(2026, 11, 26, 22, tzinfo=UTC),
    datetime(2026, 3, 1, 1, tzinfo=UTC),
    datetime(2026, 8, 31, 1, tzinfo=UTC),
]


@pytest.mark.parametrize(("now", "language"), [(DAYS[0], "ja"), (DAYS[1], "en"), (DAYS[2], "en")])
def test_what_it_rests_on_was_there_on_that_day(now, language):
    with time_machine.travel(now, tick=False):
        load_story(language)
        row = Map.objects.get()
        document = document_of(row)
        begun = dict(Gathering.objects.values_list("pk", "first_day"))
        linked = [item for item in document.items.values() if item.gatherings or item.topics]
        assert len(linked) == 7
        for revision in row.revisions.all():
            for item in revision.document().items.values():
                assert all(begun[pk] <= revision.day for pk in item.gatherings)
        topics = {pk for item in linked for pk in item.topics}
        assert topics <= set(Interest.objects.confirmed().values_list("topic", flat=True))
        (cited,) = [
            (revision, piece)
            for revision in row.revisions.all()
            for piece in revision.said.evidence
            if piece["kind"] == "meeting"
        ]
        revision, piece = cited
        assert revision.is_pivot and piece["came"] == 5 and piece["surprised"] and piece["decisions"]
        assert timedelta(0) < revision.day - date.fromisoformat(piece["day"]) < timedelta(days=60)
        assert list(verify.faults()) == []
