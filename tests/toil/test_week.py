"""The week sheet: a cell becomes what was typed into it, each deed undoable, others' changes never overwritten."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from apps.toil import rollup, undo, week
from apps.toil.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, TODAY, FRIDAY = date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel("2026-03-18 09:00Z", tick=False):
        yield


@pytest.fixture
def release():
    return factories.item(name="Manual release")


def put(client, item, day: date, typed: str, was: int | str = 0, **more):
    key = f"{item.pk}-{day.isoformat()}"
    return client.post(f"/toil/week/?day={TODAY}&add={item.pk}", {f"cell-{key}": typed, f"was-{key}": was}, **more)


def sums() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("minutes", flat=True))


def undo_token(response) -> str:
    return unescape(re.search(r'name="undo" value="([^"]+)"', response.content.decode())[1])


@pytest.mark.parametrize(
    ("typed", "minutes"), [("25", 25), ("1h30", 90), ("1:30", 90), ("8-9.15", 75), ("１２", 12), ("25分", 25)]
)
def test_typing_into_an_empty_cell_logs(signed_in, member, release, typed, minutes):
    assert put(signed_in, release, MONDAY, typed).status_code == 302
    entry = Entry.objects.get()
    assert (entry.member, entry.item, entry.day, entry.minutes) == (member, release, MONDAY, minutes)


def test_a_larger_number_lengthens_the_only_entry(signed_in, member, release):
    entry = factories.entry(member, item=release, day=MONDAY, minutes=25, note="kept")
    put(signed_in, release, MONDAY, "40", was=25)
    after = Entry.objects.get()
    assert (after.pk, after.minutes, after.note) == (entry.pk, 40, "kept")


def test_a_smaller_number_shortens_the_newest_entries(signed_in, member, release):
    for minutes in (30, 20, 10):
        factories.entry(member, item=release, day=MONDAY, minutes=minutes)
    put(signed_in, release, MONDAY, "45", was=60)
    assert sums() == [30, 15]


def test_a_larger_number_over_several_entries_adds_one(signed_in, member, release):
    for minutes in (30, 20):
        factories.entry(member, item=release, day=MONDAY, minutes=minutes)
    put(signed_in, release, MONDAY, "1h", was=50)
    assert sums() == [30, 20, 10]


@pytest.mark.parametrize("typed", ["", "0", "  "])
def test_an_emptied_cell_has_no_entries(signed_in, member, release, typed):
    for minutes in (30, 20):
        factories.entry(member, item=release, day=MONDAY, minutes=minutes)
    put(signed_in, release, MONDAY, typed, was=50)
    assert sums() == []


@pytest.mark.parametrize("typed", ["0", "5", "29", "30", "31", "45", "59", "60", "61", "24h"])
def test_a_cell_becomes_what_was_typed_and_undo_gives_all_back(signed_in, member, release, typed):
    for minutes in (30, 20, 10):
        factories.entry(member, item=release, day=MONDAY, minutes=minutes, note=f"note {minutes}")
    before = list(Entry.objects.order_by("id").values("id", "minutes", "note", "source", "logged_by"))
    deeds = week.set_cell(member, release, MONDAY, 1440 if typed == "24h" else int(typed), 60)
    assert sum(sums()) == (1440 if typed == "24h" else int(typed))
    undo.perform(undo.token(member, *deeds), member)
    assert list(Entry.objects.order_by("id").values("id", "minutes", "note", "source", "logged_by")) == before
    assert rollup.differences() == []


def test_an_undo_of_a_sheet_can_be_undone(signed_in, member, release):
    factories.entry(member, item=release, day=MONDAY, minutes=30)
    factories.entry(member, item=release, day=MONDAY, minutes=20)
    deeds = week.set_cell(member, release, MONDAY, 10, 50)
    back = undo.perform(undo.token(member, *deeds), member)
    undo.perform(back, member)
    assert sums() == [10]


def test_a_saved_sheet_offers_its_undo(signed_in, release):
    other = factories.item()
    keys = [f"{release.pk}-{MONDAY}", f"{other.pk}-{TUESDAY}"]
    sent = {f"cell-{key}": "25" for key in keys} | {f"was-{key}": "0" for key in keys}
    page = signed_in.post(f"/toil/week/?day={TODAY}&add={release.pk}&add={other.pk}", sent, follow=True)
    assert sums() == [25, 25]
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    assert sums() == []


def test_a_cell_changed_elsewhere_is_not_overwritten(signed_in, member, release):
    factories.entry(member, item=release, day=MONDAY, minutes=40)
    response = put(signed_in, release, MONDAY, "25", was=0)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="25"' in page
    assert "changed elsewhere" in page
    assert "40 min" in page
    assert sums() == [40]


def test_the_same_sheet_sent_twice_changes_nothing_the_second_time(signed_in, release):
    put(signed_in, release, MONDAY, "25", was=0)
    put(signed_in, release, MONDAY, "25", was=0)
    assert sums() == [25]


def test_a_future_day_is_refused(signed_in, release):
    response = put(signed_in, release, FRIDAY, "25")
    assert response.status_code == 422
    assert "not come yet" in response.content.decode()
    assert sums() == []


@pytest.mark.parametrize("typed", ["-5", "1.5", "1e309", "99999", "soon", "25h", "x" * 10_000, "9-9"])
def test_bad_input_is_said_at_its_cell_and_kept(signed_in, member, release, typed):
    factories.entry(member, item=release, day=MONDAY, minutes=40)
    response = put(signed_in, release, MONDAY, typed, was=40)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{typed}"' in page
    assert f'id="why-{release.pk}-{MONDAY}"' in page
    assert sums() == [40]


def test_a_bad_cell_does_not_stop_a_good_one(signed_in, release):
    keys = [f"{release.pk}-{MONDAY}", f"{release.pk}-{TUESDAY}"]
    sent = {f"cell-{keys[0]}": "soon", f"cell-{keys[1]}": "25"}
    assert signed_in.post(f"/toil/week/?day={TODAY}&add={release.pk}", sent).status_code == 422
    assert sums() == [25]


def test_a_sum_of_more_than_a_day_that_nobody_touched_is_left_alone(signed_in, member, release):
    for minutes in (1_000, 500):
        factories.entry(member, item=release, day=MONDAY, minutes=minutes)
    assert put(signed_in, release, MONDAY, "25 h", was=1_500).status_code == 302
    assert sums() == [1_000, 500]


def test_cells_that_are_none_are_not_minded(signed_in, release):
    sent = {"cell-": "25", "cell-x": "25", f"cell-{release.pk}-2020-01-01": "25"}
    assert signed_in.post(f"/toil/week/?day={TODAY}&add={release.pk}", sent).status_code == 302
    assert sums() == []


def test_a_cell_of_an_item_merged_meanwhile_is_not_lost_in_silence(signed_in, member, release):
    sent = {"cell-999999-2026-03-16": "25", "was-999999-2026-03-16": "0"}
    address = f"/toil/week/?day={TODAY}&add={release.pk}"
    assert "on the sheet no more" in signed_in.post(address, sent).content.decode()
    assert signed_in.post(address, sent, headers={"HX-Request": "true"})["HX-Redirect"]
    assert sums() == []


@pytest.mark.parametrize("nothing", ["", " ", "0", "０", "0m", "0分", "00 min"])
def test_nothing_and_zero_empty_a_cell(signed_in, member, release, nothing):
    factories.entry(member, item=release, day=MONDAY, minutes=40)
    put(signed_in, release, MONDAY, nothing, was=40)
    assert sums() == []


def test_entries_with_a_note_are_the_last_to_go(signed_in, member, release):
    told = factories.entry(member, item=release, day=MONDAY, minutes=30, note="why it failed")
    factories.entry(member, item=release, day=MONDAY, minutes=20)
    put(signed_in, release, MONDAY, "30", was=50)
    assert list(Entry.objects.all()) == [told]


def test_only_my_own_entries_stand_on_my_sheet(signed_in, lead, release):
    factories.entry(lead, item=release, day=MONDAY, minutes=40)
    put(signed_in, release, MONDAY, "", was=0)
    assert sums() == [40]


def test_htmx_gets_the_cell_and_the_sums(signed_in, release):
    response = put(signed_in, release, MONDAY, "25", HTTP_HX_REQUEST="true")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert f'id="cell-{release.pk}-{MONDAY}"' in page
    assert 'id="sum-week"' in page
    assert undo_token(response)


def test_last_week_fills_empty_cells_up_to_today_and_can_be_undone(signed_in, member, release):
    for day, minutes in ((MONDAY, 30), (TUESDAY, 20), (FRIDAY, 10)):
        factories.entry(member, item=release, day=day - timedelta(days=7), minutes=minutes)
    factories.entry(member, item=release, day=TUESDAY, minutes=5)
    page = signed_in.post("/toil/week/copy/", {"day": TODAY.isoformat()}, follow=True)
    this_week = {e.day: e.minutes for e in Entry.objects.filter(day__gte=MONDAY)}
    assert this_week == {MONDAY: 30, TUESDAY: 5}
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    assert [e.day for e in Entry.objects.filter(day__gte=MONDAY)] == [TUESDAY]


def test_copying_twice_copies_once(signed_in, member, release):
    factories.entry(member, item=release, day=MONDAY - timedelta(days=7), minutes=30)
    for _again in range(2):
        signed_in.post("/toil/week/copy/", {"day": TODAY.isoformat()})
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("week_start", "first"), [(0, date(2026, 3, 16)), (6, date(2026, 3, 15)), (5, date(2026, 3, 14))]
)
def test_a_week_starts_where_the_member_wants_it(member, week_start, first):
    assert week.days_of(TODAY, week_start)[0] == first


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30", "\x00"])
def test_a_day_that_cannot_be_shows_this_week(signed_in, day):
    assert signed_in.get("/toil/week/", {"day": day}).status_code == 200


def test_sums_stand_for_days_items_and_the_week(signed_in, member, release):
    factories.entry(member, item=release, day=MONDAY, minutes=30)
    factories.entry(member, item=factories.item(), day=MONDAY, minutes=20)
    sheet = week.sheet(member, TODAY)
    assert sheet.minutes == 50
    assert dict(sheet.day_minutes)[MONDAY] == 50
    assert sorted(row.minutes for row in sheet.rows) == [20, 30]


@pytest.mark.parametrize(
    ("last_week", "this_week", "said"),
    [
        (None, None, "last week is empty"),
        (0, 0, "these cells are filled"),
        (4, None, "have not come yet"),  # last Friday; this one is still to come
        (0, None, "1 cell copied"),
    ],
)
def test_copying_says_why_nothing_was_copied(signed_in, member, last_week, this_week, said):
    with time_machine.travel("2026-03-18 09:00Z", tick=False):  # a Wednesday
        monday, item = date(2026, 3, 16), factories.item()
        factories.entry(member, item=item, day=monday + timedelta(days=2))  # the item is on the sheet
        if last_week is not None:
            factories.entry(member, item=item, day=monday + timedelta(days=last_week - 7), minutes=30)
        if this_week is not None:
            factories.entry(member, item=item, day=monday + timedelta(days=this_week), minutes=30)
        answer = signed_in.post("/toil/week/copy/", {"day": monday.isoformat()}, follow=True)
    assert said in answer.content.decode()
