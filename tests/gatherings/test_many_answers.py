"""Many people answer at the same moment: seats are never given twice, and the line keeps its order (R51, F26)."""

import os
import threading
from datetime import time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.gatherings import schedule
from apps.gatherings.models import Answer, Gathering, Rsvp
from tests import factories

PEOPLE, SEATS = 200, 10
# The short form, for every run; the long form is ROUNDS=100 (F26).
ROUNDS = int(os.environ.get("ROUNDS", "2"))
AT_ONCE = 8  # connections, as many as a web process has at most; each answers for its share of the people


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hundred_ask_for_ten_seats_at_once():
    lead = factories.lead()
    people = [factories.member(password=None) for _each in range(PEOPLE)]
    for _round in range(ROUNDS):
        day = timezone.localdate() + timedelta(days=3)
        row = Gathering(
            kind="mob",
            title="Release",
            organiser=lead,
            zone="UTC",
            first_day=day,
            clock=time(15),
            minutes=50,
            seats=SEATS,
        )
        schedule.begin(row, day)
        meeting = row.meetings.get()
        start = threading.Barrier(AT_ONCE)
        failures: list[Exception] = []

        def answer(some, meeting=meeting, start=start, failures=failures) -> None:
            try:
                start.wait(timeout=60)
                for person in some:
                    Rsvp.say(meeting, Answer.GOING, member=person)
                    if person.pk % 7 == 0:  # some change their mind twice
                        Rsvp.say(meeting, Answer.NO, member=person)
                        Rsvp.say(meeting, Answer.GOING, member=person)
            except Exception as failure:
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=answer, args=(people[n::AT_ONCE],)) for n in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert failures == []
        assert meeting.rsvps.count() == PEOPLE
        assert meeting.rsvps.seated().count() == SEATS
        lines = list(meeting.rsvps.values_list("line", flat=True))
        assert len(set(lines)) == PEOPLE, "each has a place of their own in the line"
        waiting = list(meeting.rsvps.waiting().values_list("line", flat=True))
        Rsvp.say(meeting, Answer.NO, member=meeting.rsvps.seated().first().member)
        assert list(meeting.rsvps.waiting().values_list("line", flat=True)) == waiting[1:]
