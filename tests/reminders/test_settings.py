"""The settings of reminders: folded and told in words, and bounds that leave time in which something may come."""

import re
from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.reminders.models import Manner, Preference
from apps.reminders.models.preference import DAY, MOST_QUIET

pytestmark = pytest.mark.django_db
PAGE = "/settings/reminders/"
FIELDS = {
    "quiet_from": "20:00", "quiet_until": "08:00", "working_days": ["0", "1"], "digest_at": "09:00", "digest_day": "0",
    "most_a_day": "20", "day_before": "1440", "shortly_before": "15",
}  # fmt: skip


def _fold(page: str, group: str) -> tuple[str, str]:
    """The fold of a group: its own tag, and what it says when it is closed, as words."""
    fold = next(each for each in page.split("<details")[1:] if f">{group}</h3>" in each)
    said = re.sub(r"<[^>]+>", " ", fold.partition("<summary>")[2].partition("</summary>")[0])
    return fold.partition(">")[0], " ".join(said.split())


def test_each_group_is_folded_and_says_what_comes_by_which_way(signed_in):
    tag, said = _fold(signed_in.get(PAGE).text, "People")
    assert " open" not in tag and said == "People Inbox: 4 of 4 E-mail: 1 of 4"
    assert _fold(signed_in.get(PAGE).text, "Toil")[1] == "Toil Inbox: 1 of 2 E-mail: nothing"


def test_what_is_chosen_otherwise_is_named(signed_in, member):
    signed_in.post(PAGE, FIELDS | {"choice-people_step-email": "weekly", "choice-people_noticed-email": "at_once"})
    (row,) = Preference.objects.filter(member=member)
    tag, said = _fold(signed_in.get(PAGE).text, "People")
    assert (row.kind, row.choice) == ("people_step", "weekly") and " open" not in tag
    assert said == "People Inbox: 4 of 4 E-mail: 2 of 4 Changed by you: A step is proposed to you"
    assert "Changed" not in _fold(signed_in.get(PAGE).text, "Toil")[1]


def test_what_could_not_be_saved_lies_open(signed_in):
    answer = signed_in.post(PAGE, FIELDS | {"working_days": [], "choice-people_step-email": "weekly"})
    assert answer.status_code == 422
    assert " open" in _fold(answer.text, "People")[0] and " open" not in _fold(answer.text, "Toil")[0]
    field = answer.text.partition('name="choice-people_step-email"')[2].partition("</select>")[0]
    assert 'value="weekly" selected' in field
    assert "Single messages are switched off above" in answer.text


def test_where_the_words_are_left_out_is_said_beside_the_choice(signed_in, hooked):
    assert "Without what was written" not in signed_in.get(PAGE).text, "only inbox and e-mail, which have them"
    hooked("slack")
    page = signed_in.get(PAGE).text
    assert page.count("Without what was written") == 3
    assert 'aria-describedby="choice-people_noticed-slack-said"' in page
    assert 'aria-describedby="choice-people_agreed-slack-said"' not in page


# ---- quiet hours ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("begin", "end"), [("08:00", "07:59"), ("00:00", "20:01"), ("12:00", "08:01")])
def test_quiet_hours_leave_time_for_messages(signed_in, begin, end):
    answer = signed_in.post(PAGE, FIELDS | {"quiet_from": begin, "quiet_until": end, "most_a_day": "7"})
    assert answer.status_code == 422
    assert answer.text.count("At most 20 hours a day may be quiet") == 2, "beside the field, and in the summary"
    assert 'id="id_quiet_until_error"' in answer.text
    assert f'value="{begin}"' in answer.text and f'value="{end}"' in answer.text and 'value="7"' in answer.text
    assert not Manner.objects.exists()


@pytest.mark.parametrize(("begin", "end"), [("12:00", "08:00"), ("00:00", "20:00"), ("08:00", "08:01"), ("", "")])
def test_up_to_twenty_of_them_are_kept(signed_in, begin, end):
    assert signed_in.post(PAGE, FIELDS | {"quiet_from": begin, "quiet_until": end}).status_code == 302
    row = Manner.objects.get()
    kept = row.quiet_from and row.quiet_until and (f"{row.quiet_from:%H:%M}", f"{row.quiet_until:%H:%M}")
    assert kept == ((begin, end) if begin else None)


minutes = st.integers(0, DAY - 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=minutes, end=minutes)
def test_form_and_database_agree_on_them(member, begin, end):
    row = Manner(member=member, quiet_from=_clock(begin), quiet_until=_clock(end))
    fits = 0 < (end - begin) % DAY <= MOST_QUIET * 60
    try:
        row.clean()
    except ValidationError:
        assert not fits
    else:
        assert fits
    try:
        with transaction.atomic():
            row.save()
            row.delete()
    except IntegrityError:
        assert not fits
    else:
        assert fits


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
