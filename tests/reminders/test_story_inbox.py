"""What the example story's people find in their inbox, and that nobody is told of its fourteen months."""

import pytest

from apps.reminders import kinds
from apps.reminders.models import Delivery, Destination, InboxLine
from apps.reminders.models.delivery import UNSENT
from apps.story.load import load_story

pytestmark = pytest.mark.django_db


def test_kenta_has_three_things_to_answer_and_none_is_news_of_long_ago():
    people = load_story("en", with_passwords=True)
    lines = InboxLine.objects.waiting(people["kenta"]).select_related("delivery")
    letters = [kinds.kind(line.delivery.kind).say([line.delivery])[line.pk] for line in lines]
    assert len(letters) == 3 and all(letter.answers for letter in letters)
    assert set(Delivery.objects.filter(state__in=UNSENT).values_list("kind", flat=True)) == {
        "gathering_first",
        "gathering_moved",
    }


@pytest.mark.parametrize("language", ["en", "ja"])
def test_its_addresses_are_there_to_be_looked_at_and_tell_nobody(client, language):
    people = load_story(language, with_passwords=True)
    assert Destination.objects.of(people["aoi"]).count() == 2
    assert not Destination.objects.on().exists()
    client.force_login(people["aoi"])
    for row in Destination.objects.all():
        page = "/settings/reminders/" if row.member else "/settings/channels/"
        assert row.name in client.get(page).text
        assert client.get(f"/settings/reminders/addresses/{row.pk}/").status_code == 200


def test_who_was_reminded_of_a_meeting_days_ahead_chose_so(client):
    people = load_story("en", with_passwords=True)
    for name in ("aoi", "kenta"):
        assert InboxLine.objects.filter(member=people[name], delivery__kind="gathering_first").exists()
        client.force_login(people[name])
        field = client.get("/settings/reminders/").text.partition('name="day_before"')[2].partition("</select>")[0]
        assert '<option value="10080" selected>1 week before</option>' in field
