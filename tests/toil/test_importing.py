"""Bringing a file in: the dry run writes nothing, applying is all or nothing, and the same file again changes nothing."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.stakeholders.models import Stakeholder
from apps.toil import apply_import, csv_out, import_file, plan_import, rollup
from apps.toil.matching import Matching
from apps.toil.models import Category, Entry, ImportRun, Item, Merge, StateChange
from apps.toil.models.importing import ImportState
from apps.toil.write_import import Outdated, Writing
from tests import factories

SAMPLES = Path(__file__).parent / "imports" / "samples"
HEADER = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"


def toggl(*rows: tuple[str, str, str, str]) -> bytes:
    """(e-mail, description, day, duration) as Toggl Track writes them."""
    lines = [f",{email},Acme,Ops,,{what},No,{day},09:00:00,{day},10:00:00,{long},\n" for email, what, day, long in rows]
    return (HEADER + "".join(lines)).encode()


def bring(client, data: bytes, name: str = "log.csv"):
    return client.post("/toil/import/", {"file": SimpleUploadedFile(name, data, "text/csv")})


def asked(client, address: str, **choices):
    """Asks to apply what the page shows."""
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address + "apply/", {"digest": page.context["digest"]} | choices)


def applied(client, data: bytes, **choices) -> ImportRun:
    """Uploads, looks through, asks to apply, and does what the worker would."""
    address = bring(client, data)["Location"]
    asked(client, address, **choices)
    return worked(address)


def worked(address: str) -> ImportRun:
    """Does what the worker would."""
    pk = int(address.strip("/").rsplit("/", 1)[1])
    if run := apply_import.claim(pk):
        apply_import.apply(run)
    return ImportRun.objects.get(pk=pk)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def test_looking_through_a_file_writes_nothing(as_lead, lead):
    address = bring(as_lead, toggl((lead.email, "Manual release", "2026-01-05", "00:25:00")))["Location"]
    page = as_lead.get(address).text
    assert "Manual release" in page
    assert (Entry.objects.count(), Item.objects.count(), Category.objects.count()) == (0, 0, 0)


def test_applying_writes_entries_items_and_sums(as_lead, lead):
    factories.item(name="Manual release")
    run = applied(
        as_lead,
        toggl(
            (lead.email, "manual RELEASE", "2026-01-05", "00:25:00"),
            (lead.email, "New thing", "2026-01-06", "01:00:29"),
        ),
    )
    assert run.state == ImportState.DONE
    assert {(e.item.name, e.minutes, e.source) for e in Entry.objects.all()} == {
        ("Manual release", 25, "import"),
        ("New thing", 60, "import"),
    }
    assert rollup.differences() == []
    assert not run.file


def test_the_same_file_three_times_changes_nothing_after_the_first(as_lead, lead):
    data = toggl(
        (lead.email, "Release", "2026-01-05", "00:25:00"),
        (lead.email, "Release", "2026-01-05", "00:25:00"),
    )
    for _time in range(3):
        applied(as_lead, data)
    assert Entry.objects.count() == 2


def test_one_row_that_can_not_be_read_stops_all_unless_it_is_left_out_on_purpose(as_lead, lead):
    data = toggl((lead.email, "Release", "2026-01-05", "00:25:00"), (lead.email, "Release", "someday", "00:25:00"))
    assert applied(as_lead, data).state == ImportState.FAILED
    assert not Entry.objects.exists()
    assert applied(as_lead, data, leave_wrong="on").state == ImportState.DONE
    assert Entry.objects.count() == 1


def test_who_forgot_to_say_that_rows_are_left_out_is_told_beside_the_box(as_lead, lead):
    data = toggl((lead.email, "Release", "2026-01-05", "00:25:00"), (lead.email, "Release", "someday", "00:25:00"))
    address = bring(as_lead, data)["Location"]
    assert 'name="has_wrong"' in as_lead.get(address).text
    run = ImportRun.objects.get()
    answer = as_lead.post(f"{address}apply/", {"digest": import_file.digest(run), "has_wrong": "1"})
    assert answer.status_code == 422
    assert 'aria-describedby="leave_wrong_error"' in answer.text
    run.refresh_from_db()
    assert run.state == ImportState.PREVIEWED


def test_people_the_file_names_can_be_mapped_to_members(as_lead, lead, member):
    address = bring(as_lead, toggl(("old@example.com", "Release", "2026-01-05", "00:25:00")))["Location"]
    assert "old@example.com" in as_lead.get(address).text
    as_lead.post(address, {"format": "toggl", "person-name": "old@example.com", "person-member": member.pk})
    asked(as_lead, address)
    worked(address)
    entry = Entry.objects.get()
    assert (entry.member, entry.logged_by) == (member, lead)


def test_a_member_brings_in_their_own_rows_only(signed_in, member, lead):
    run = applied(
        signed_in,
        toggl((lead.email, "Release", "2026-01-05", "00:25:00"), (member.email, "Release", "2026-01-05", "00:10:00")),
    )
    assert run.state == ImportState.DONE
    assert Entry.objects.get().member == member
    assert not Category.objects.exists(), "categories are the lead's to make"


def test_somebody_elses_import_is_not_there(signed_in, client, member, lead):
    address = bring(signed_in, toggl((member.email, "Release", "2026-01-05", "00:25:00")))["Location"]
    client.force_login(lead)
    for path in (address, address + "progress/", address + "rows.csv"):
        assert client.get(path).status_code == 404
    assert client.post(address + "apply/").status_code == 404


def test_a_future_day_is_a_row_that_can_not_be_brought_in(as_lead, lead):
    assert applied(as_lead, toggl((lead.email, "Release", "2126-01-05", "00:25:00"))).state != ImportState.DONE
    assert not Entry.objects.exists()


def test_our_own_export_brought_back_changes_nothing(as_lead, lead):
    factories.entry(lead, note="=SUM(A1)", item=factories.item(name="'=odd"))
    before = list(Entry.objects.values())
    data = "".join(csv_out.lines(Entry.objects.all())).encode()
    applied(as_lead, data)
    assert list(Entry.objects.values()) == before


def test_an_ambiguous_order_of_dates_must_be_settled_first(as_lead, lead):
    data = b"date,minutes,task\n11/12/2025,25,Release\n10/11/2025,25,Release\n"
    address = bring(as_lead, data)["Location"]
    assert "Is 11/12 in November or in December?" in as_lead.get(address).text
    as_lead.post(
        address, {"format": "mapped", "order": "dmy", "column_day": "0", "column_duration": "1", "column_item": "2"}
    )
    asked(as_lead, address)
    worked(address)
    assert sorted(str(day) for day in Entry.objects.values_list("day", flat=True)) == ["2025-11-10", "2025-12-11"]


def test_two_workers_apply_an_import_once(as_lead, lead):
    address = bring(as_lead, toggl((lead.email, "Release", "2026-01-05", "00:25:00")))["Location"]
    asked(as_lead, address)
    pk = int(address.strip("/").rsplit("/", 1)[1])
    first = apply_import.claim(pk)
    assert apply_import.claim(pk) is None
    apply_import.apply(first)
    assert Entry.objects.count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(as_lead, lead):
    address = bring(as_lead, toggl((lead.email, "Release", "2026-01-05", "00:25:00")))["Location"]
    asked(as_lead, address)
    pk = int(address.strip("/").rsplit("/", 1)[1])
    slow = apply_import.claim(pk)
    ImportRun.objects.filter(pk=pk).update(lease_until=slow.lease_until.replace(year=2020))
    fast = apply_import.claim(pk)
    apply_import.apply(slow)
    assert not Entry.objects.exists()
    apply_import.apply(fast)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty", b""),
        ("header only", HEADER.encode()),
        ("binary", bytes(range(256)) * 20),
        ("zip renamed", b"PK\x03\x04" + b"\0" * 200),
        ("unclosed quote", HEADER.encode() + b'"open,a,b\n'),
        ("20,001 rows", toggl(*[("a@example.com", "x", "2026-01-05", "00:25:00")] * 20_001)),
    ],
)
def test_what_is_no_log_is_refused_beside_the_field(as_lead, name, data):
    answer = bring(as_lead, data)
    assert answer.status_code == 422
    assert "field--error" in answer.text
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("*.csv")))
def test_every_sample_export_can_be_looked_through(as_lead, sample):
    answer = bring(as_lead, (SAMPLES / sample).read_bytes(), sample)
    assert answer.status_code == 302, answer.text
    assert as_lead.get(answer["Location"]).status_code == 200
    rows = b"".join(as_lead.get(answer["Location"] + "rows.csv").streaming_content).decode()
    assert len(io.StringIO(rows).readlines()) > 1


def sheet(*rows: str, head: str = "date,minutes,task,person") -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def test_writing_asks_the_database_as_little_for_many_items_as_for_one(as_lead, django_assert_max_num_queries):
    def ready(count: int) -> Writing:
        rows = [f"2026-01-{n % 27 + 1:02},{n % 50 + 1},Thing {n % count} of {count}," for n in range(400)]
        address = bring(as_lead, sheet(*rows))["Location"]
        asked(as_lead, address)
        return apply_import._make_ready(apply_import.claim(int(address.strip("/").rsplit("/", 1)[1])))

    for count in (1, 400):
        writing = ready(count)
        with django_assert_max_num_queries(13), transaction.atomic():
            assert writing.write() == 400
    assert rollup.differences() == []
    assert StateChange.objects.count() == Item.objects.count()


def test_the_usual_length_is_the_median_of_the_newest_nine(as_lead, lead):
    item = factories.item(name="Release")
    for minutes in (500, 500, 500):
        factories.entry(lead, item=item, minutes=minutes, day=date(2025, 1, 1))
    rows = [f"2026-01-{n + 1:02},{minutes},Release," for n, minutes in enumerate([10, 20, 30, 40, 50, 60, 70, 80])]
    applied(as_lead, sheet(*rows, "2026-02-01,15,Audit,", "2026-02-02,45,Audit,"))
    item.refresh_from_db()
    assert item.usual_minutes == 50
    assert Item.objects.get(name="Audit").usual_minutes == 45


def test_an_item_made_by_somebody_else_while_the_file_is_read_is_used(as_lead):
    address = bring(as_lead, sheet("2026-01-05,25,Release,"))["Location"]
    asked(as_lead, address)
    run = apply_import.claim(int(address.strip("/").rsplit("/", 1)[1]))
    writing = apply_import._make_ready(run)
    factories.item(name="release")
    with pytest.raises(Outdated), transaction.atomic():
        writing.write()
    apply_import.apply(run)
    assert Entry.objects.get().item.name == "release"
    assert Item.objects.count() == 1


def test_rows_go_to_the_item_that_merges_ended_in(as_lead, lead):
    first, second, last = (factories.item(name=name) for name in ("First", "Second", "Last"))
    Merge.make(first, second, lead)
    Merge.make(second, last, lead)
    applied(as_lead, sheet("2026-01-05,25,First,"))
    assert Entry.objects.get().item == last


def test_looking_at_a_running_import_does_not_stop_it(as_lead):
    address = bring(as_lead, sheet("2026-01-05,25,Release,"))["Location"]
    asked(as_lead, address)
    pk = int(address.strip("/").rsplit("/", 1)[1])
    for state in (ImportState.WAITING, ImportState.APPLYING):
        ImportRun.objects.filter(pk=pk).update(state=state)
        assert "The rows are on their way" in as_lead.get(address).text
        as_lead.post(address, {"format": "toggl"})
        assert ImportRun.objects.get(pk=pk).state == state
        assert ImportRun.objects.get(pk=pk).format == "mapped"


def test_what_is_applied_is_what_was_looked_at(as_lead):
    address = bring(as_lead, sheet("11/12/2025,25,Release,"))["Location"]
    columns = {"column_day": "0", "column_duration": "1", "column_item": "2"}
    as_lead.post(address, {"format": "mapped", "order": "dmy"} | columns)
    seen = as_lead.get(address).context["digest"]
    as_lead.post(address, {"format": "mapped", "order": "mdy"} | columns)  # in another tab
    answer = as_lead.post(address + "apply/", {"digest": seen})
    assert answer.status_code == 409
    assert "This is not what you looked at" in answer.text
    assert as_lead.post(address + "apply/", {"digest": answer.context["digest"]}).status_code == 302
    worked(address)
    assert Entry.objects.get().day == date(2025, 11, 12)


def test_the_page_says_how_it_read_the_file(as_lead):
    address = bring(as_lead, sheet("2025-11-12,0.5,Release,", head="date,time,task,person"))["Location"]
    page = as_lead.get(address)
    assert page.context["read_as"] == "Hours, Year, month, day"
    assert "Read as: Hours" in page.text


def test_numbers_that_can_be_hours_or_minutes_are_asked_for(as_lead):
    address = bring(as_lead, sheet("2025-11-12,2,Release,", head="date,time,task,person"))["Location"]
    assert "Are the numbers hours or minutes?" in as_lead.get(address).text
    asked(as_lead, address)
    assert worked(address).state == ImportState.FAILED
    as_lead.post(address)
    columns = {"column_day": "0", "column_duration": "1", "column_item": "2"}
    as_lead.post(address, {"format": "mapped", "unit": "hours"} | columns)
    asked(as_lead, address)
    assert worked(address).state == ImportState.DONE
    assert Entry.objects.get().minutes == 120


def test_the_same_sheet_without_names_is_each_persons_own_log(as_lead, client, lead, member):
    data = sheet("2026-01-05,25,Release", head="date,minutes,task")
    applied(as_lead, data)
    client.force_login(member)
    applied(client, data)
    assert {entry.member for entry in Entry.objects.all()} == {lead, member}


def test_what_was_left_out_is_still_told_when_the_file_is_gone(as_lead, lead):
    run = applied(
        as_lead, sheet("2026-01-05,25,Release,Nobody", "2026-01-05,25,Release,", "someday,1,x,"), leave_wrong="on"
    )
    assert run.report["counts"] == {"new": 1, "there": 0, "left_out": 1, "wrong": 1}
    page = as_lead.get(f"/toil/import/{run.pk}/").text
    assert "Nobody here is called Nobody." in page
    assert "someday" in page
    rows = b"".join(as_lead.get(f"/toil/import/{run.pk}/rows.csv").streaming_content).decode()
    assert len(rows.splitlines()) == 3


def test_the_rows_kept_have_an_end(as_lead):
    rows = [f"2026-01-05,25,Release,Nobody {n}" for n in range(300)]
    run = applied(as_lead, sheet(*rows, "2026-01-05,25,Release,"))
    assert (len(run.report["rows"]), run.report["counts"]["left_out"]) == (apply_import.KEPT_ROWS, 300)
    assert "The first 200 of 300." in as_lead.get(f"/toil/import/{run.pk}/").text


def test_an_import_that_failed_can_be_looked_at_again_or_thrown_away(as_lead):
    data = sheet("2026-01-05,25,Release,", "someday,25,Release,")
    run = applied(as_lead, data)
    address = f"/toil/import/{run.pk}/"
    page = as_lead.get(address).text
    assert run.state == ImportState.FAILED
    assert "Look again" in page
    assert "Throw the file away" in page
    as_lead.post(address)
    assert "What would happen" in as_lead.get(address).text
    asked(as_lead, address, leave_wrong="on")
    assert worked(address).state == ImportState.DONE


def test_a_file_that_is_gone_before_it_is_applied_is_said(as_lead):
    address = bring(as_lead, sheet("2026-01-05,25,Release,"))["Location"]
    asked(as_lead, address)
    run = ImportRun.objects.get()
    run.file.delete(save=True)
    assert worked(address).error == "The file is not here any more. Bring it once more."


def test_the_bar_of_an_import_thrown_away_says_so_and_stops_asking(as_lead):
    answer = as_lead.get("/toil/import/987654/progress/", headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "This import is not here any more" in answer.text
    assert 'href="/toil/import/"' in answer.text


def test_the_bar_moves_while_reading_and_says_when_it_writes(as_lead):
    address = bring(as_lead, sheet(*[f"2026-01-05,{n % 50 + 1},Release," for n in range(1_200)]))["Location"]
    asked(as_lead, address)
    run = apply_import.claim(ImportRun.objects.get().pk)
    seen = []
    keep_lease = apply_import._Lease(run)

    def progress(rows: int) -> None:
        keep_lease(rows)
        seen.append(as_lead.get(address + "progress/").context["percent"])

    matching = Matching.load(run.member, {})
    list(plan_import.outcomes(run, import_file.table_of(run), matching, progress=progress))
    assert seen == [42, 83, 100]
    keep_lease.writing()
    assert "are being written in one go" in as_lead.get(address + "progress/").text


def test_the_dry_run_announces_what_applying_makes(as_lead, lead):
    factories.item(name="Release")
    rows = ["2026-01-05,25,Release,Old news,#", "2026-01-05,25,Audit,,#CS", "2026-01-06,25,audit,Audits,#"]
    address = bring(as_lead, sheet(*rows, head="date,minutes,task,category,client"))["Location"]
    making = as_lead.get(address).context["report"].making
    announced = (list(making.categories.values()), list(making.stakeholders.values()), len(making.items))
    assert announced == (["Audits"], ["CS"], 1)
    asked(as_lead, address)
    worked(address)
    assert [category.name for category in Category.objects.all()] == ["Audits"]
    assert [(s.name, s.tag) for s in Stakeholder.objects.all()] == [("CS", "cs")]
    audit = Item.objects.get(name="Audit")
    assert (audit.category.name, audit.stakeholder.name) == ("Audits", "CS")
    assert {entry.stakeholder for entry in audit.entries.all()} == {audit.stakeholder}
    assert rollup.differences() == []


def test_our_own_export_of_an_entry_changed_since_is_left_out_with_the_reason(as_lead, lead):
    entry = factories.entry(lead)
    data = "".join(csv_out.lines(Entry.objects.all())).encode()
    entry.change(entry.version, minutes=99)
    run = applied(as_lead, data)
    assert Entry.objects.get().minutes == 99
    address = bring(as_lead, data)["Location"]
    assert "Changed here since the export." in as_lead.get(address).text
    assert run.state != ImportState.DONE or run.report["written"] == 0


def test_a_row_of_another_installation_with_the_same_id_is_new(as_lead, lead):
    entry = factories.entry(lead, item=factories.item(name="Ours"))
    data = "".join(csv_out.lines(Entry.objects.all())).replace("Ours", "Theirs").encode()
    applied(as_lead, data)
    assert Entry.objects.count() == 2
    assert Entry.objects.exclude(pk=entry.pk).get().item.name == "Theirs"


def test_a_choice_of_a_person_can_be_taken_back(as_lead):
    address = bring(as_lead, toggl(("old@example.com", "Release", "2026-01-05", "00:25:00")))["Location"]
    choice = {"format": "toggl", "person-name": "old@example.com"}
    as_lead.post(address, choice | {"person-member": "leave"})
    assert ImportRun.objects.get().choices["people"] == {"old@example.com": "leave"}
    as_lead.post(address, choice | {"person-member": ""})
    assert ImportRun.objects.get().choices["people"] == {}


def test_people_nobody_has_named_yet_are_asked_for_first(as_lead):
    rows = [f"2026-01-05,25,Release,Person {n:02}" for n in range(50)]
    address = bring(as_lead, sheet(*rows))["Location"]
    first = [person["name"] for person in as_lead.get(address).context["people"]]
    as_lead.post(
        address,
        {"format": "mapped", "column_day": "0", "column_duration": "1", "column_item": "2", "column_person": "3",
         "person-name": first, "person-member": ["leave"] * len(first)},
    )  # fmt: skip
    second = [person["name"] for person in as_lead.get(address).context["people"]]
    assert len(first) == 40
    assert not set(first) & set(second[:10])


def test_a_name_that_two_members_share_is_asked_for(as_lead):
    twins = [factories.member(display_name="Kenta Mori"), factories.member(display_name="Kenta Mori")]
    address = bring(as_lead, sheet("2026-01-05,25,Release,Kenta Mori"))["Location"]
    page = as_lead.get(address)
    assert "Several people here are called Kenta Mori." in page.text
    assert [person["name"] for person in page.context["people"]] == ["Kenta Mori"]
    assert {twin.pk for twin in twins} <= {option.pk for option in page.context["people"][0]["offered"]}


def test_a_file_that_would_make_an_item_of_each_row_is_warned_of(as_lead):
    one_each = bring(as_lead, sheet(*[f"2026-01-05,25,Ticket {n}," for n in range(40)]))["Location"]
    assert "Most rows would make an item each" in as_lead.get(one_each).text
    few = bring(as_lead, sheet(*[f"2026-01-05,25,Ticket {n % 4}," for n in range(40)]))["Location"]
    assert "Most rows would make an item each" not in as_lead.get(few).text


def test_the_upload_page_says_where_exports_are_found(as_lead):
    assert "In Toggl Track: Reports, Detailed, Export, as CSV." in as_lead.get("/toil/import/").text
