"""Bringing a file in: the dry run writes nothing, applying is all or nothing, and the same file again changes nothing."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.toil import apply_import, csv_out, rollup
from apps.toil.models import Category, Entry, ImportRun, Item
from apps.toil.models.importing import ImportState
from tests import factories

SAMPLES = Path(__file__).parent / "imports" / "samples"
HEADER = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"


def toggl(*rows: tuple[str, str, str, str]) -> bytes:
    """(e-mail, description, day, duration) as Toggl Track writes them."""
    lines = [f",{email},Acme,Ops,,{what},No,{day},09:00:00,{day},10:00:00,{long},\n" for email, what, day, long in rows]
    return (HEADER + "".join(lines)).encode()


def bring(client, data: bytes, name: str = "log.csv"):
    return client.post("/toil/import/", {"file": SimpleUploadedFile(name, data, "text/csv")})


def applied(client, data: bytes, **choices) -> ImportRun:
    """Uploads, looks through, asks to apply, and does what the worker would."""
    address = bring(client, data)["Location"]
    assert client.get(address).status_code == 200
    client.post(address + "apply/", choices)
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


def test_people_the_file_names_can_be_mapped_to_members(as_lead, lead, member):
    address = bring(as_lead, toggl(("old@example.com", "Release", "2026-01-05", "00:25:00")))["Location"]
    assert "old@example.com" in as_lead.get(address).text
    as_lead.post(address, {"format": "toggl", "person-name": "old@example.com", "person-member": member.pk})
    as_lead.post(address + "apply/")
    apply_import.apply(apply_import.claim(int(address.strip("/").rsplit("/", 1)[1])))
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
    as_lead.post(address + "apply/")
    apply_import.apply(apply_import.claim(int(address.strip("/").rsplit("/", 1)[1])))
    assert sorted(str(day) for day in Entry.objects.values_list("day", flat=True)) == ["2025-11-10", "2025-12-11"]


def test_two_workers_apply_an_import_once(as_lead, lead):
    address = bring(as_lead, toggl((lead.email, "Release", "2026-01-05", "00:25:00")))["Location"]
    as_lead.get(address)
    as_lead.post(address + "apply/")
    pk = int(address.strip("/").rsplit("/", 1)[1])
    first = apply_import.claim(pk)
    assert apply_import.claim(pk) is None
    apply_import.apply(first)
    assert Entry.objects.count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(as_lead, lead):
    address = bring(as_lead, toggl((lead.email, "Release", "2026-01-05", "00:25:00")))["Location"]
    as_lead.get(address)
    as_lead.post(address + "apply/")
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
