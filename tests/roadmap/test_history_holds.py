"""The history of a map is what was published: nothing changes it, and whatever got past that is found (R50, F28)."""

import io
import json
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib import admin as admin_site
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from apps.roadmap import chain, erasing, sql, verify
from apps.roadmap.document import Document, canonical
from apps.roadmap.models import Draft, Erasure, Keyframe, Kind, Map, Revision
from apps.roadmap.models.revision import KEYFRAME_EVERY, Immutable
from tests import factories

pytestmark = pytest.mark.django_db

COLUMNS = [field.column for field in Revision._meta.concrete_fields]
# The row's own id is in no digest: it says nothing, and whatever leads to it is bound to it by the database.
CHAINED = [column for column in COLUMNS if column != "id"]
CONTENT = "its content is not what was published"


@pytest.fixture
def year_map(lead):
    return history(lead, 5)


def history(lead, revisions: int) -> Map:
    """A map with that many revisions, some of them pivots, with texts in two languages."""
    row = factories.future_map(lead, factories.plan("半分のリリースを開発者が運転"))
    (key,) = [key for key in Document.loads(row.revisions.get().keyframe.parts).parts if key.startswith("item:")]
    for number in range(2, revisions + 1):
        factories.next_revision(
            row, lead, {key: {"notes": f"Note {number}: “soil” 土づくり"}}, is_pivot=number % 3 == 0
        )
    row.refresh_from_db()
    assert row.head == revisions and places() == []
    return row


def places() -> list[str]:
    """Where the history does not hold; that the triggers are away is left out."""
    return [fault.place for fault in verify.faults() if fault.place != "roadmap_revision"]


def said_of(place: str) -> list[str]:
    return [fault.what for fault in verify.faults() if fault.place == place]


@contextmanager
def past_the_guard():
    """What somebody can do who owns the database. PostgreSQL wants keys checked before triggers come and go."""
    connection.check_constraints()
    with sql.unguarded():
        yield
        connection.check_constraints()


def run(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def stored(revision: Revision, column: str) -> bytes:
    """The column's bytes as text."""
    kind = "BLOB" if connection.vendor == "sqlite" else "TEXT"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CAST({column} AS {kind}) FROM roadmap_revision WHERE id = %s", [revision.pk])
        (value,) = cursor.fetchone()
    return value.encode() if isinstance(value, str) else bytes(value)


def store(revision: Revision, column: str, value: bytes) -> bool:
    """False where the database itself refuses such a value."""
    try:
        with transaction.atomic():
            if connection.vendor == "sqlite":
                run(f"UPDATE roadmap_revision SET {column} = CAST(%s AS TEXT) WHERE id = %s", value, revision.pk)
            else:
                run(f"UPDATE roadmap_revision SET {column} = %s WHERE id = %s", value.decode(), revision.pk)
    except (DatabaseError, ValueError):
        return False
    return True


def flips(revision: Revision, column: str, bits=range(8), every=1) -> int:
    """Flips the bits one after another, in every so many bytes of what the database holds: how many were found.

    Raises AssertionError where one is not. Puts everything back.
    """
    first, found = stored(revision, column), 0
    for position in range(0, len(first), every):
        for bit in bits:
            value = bytearray(first)
            value[position] ^= 1 << bit
            if not store(revision, column, bytes(value)):
                continue  # the database takes no such value
            if stored(revision, column) != first:  # PostgreSQL reads some other spellings as the same moment
                assert places(), f"{column}, byte {position}: {bytes(value)!r}"
                found += 1
            assert store(revision, column, first)
    return found


@pytest.mark.parametrize("column", [column for column in CHAINED if column != "body"])
def test_a_flipped_bit_is_found_in_every_column(lead, column):
    revision = history(lead, 3).revisions.get(number=2)
    with past_the_guard():
        found = flips(revision, column, bits=range(8) if len(stored(revision, column)) < 40 else (0, 5))
    assert found or column == "kind"  # one bit more or less makes no kind that the database takes
    assert places() == []


@pytest.mark.long
def test_a_flipped_bit_is_found_at_every_byte_of_a_body(lead):
    revision = history(lead, 2).revisions.get(number=2)
    length = len(stored(revision, "body"))
    with past_the_guard():
        assert flips(revision, "body", bits=(0,)) > length * 0.9  # the rest is no text for PostgreSQL
        assert flips(revision, "body", every=11) > length * 0.5
    assert places() == []


def test_flipped_bytes_of_a_first_map_are_found(lead):
    revision = history(lead, 1).revisions.get()
    with past_the_guard():
        assert flips(revision, "body", bits=(1,), every=4) > 200
    assert places() == []


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("field", [field.name for field in Revision._meta.concrete_fields if field.name != "id"])
def test_another_value_is_found_in_every_field(year_map, lead, field, number):
    revision = year_map.revisions.get(number=number)
    other = factories.future_map(lead, start=date(2027, 7, 1)).revisions.get()
    value = {
        "map": Map.objects.create(start=date(2027, 4, 1)),
        "number": 77,
        "kind": Kind.PIVOT if revision.kind != Kind.PIVOT else Kind.ADJUSTMENT,
        "by": factories.member(),
        "day": revision.day + timedelta(days=1),
        "at": revision.at + timedelta(microseconds=1),
        "body": other.body,
        "previous": other.digest,
        "digest": other.digest,
    }[field]
    with past_the_guard():
        models.QuerySet.update(Revision.objects.filter(pk=revision.pk), **{field: value})
        assert places()


def test_it_stays_found_with_the_digest_made_to_fit(year_map):
    """Who changes a text can make its own digest fit, but not the one that the next revision carries."""
    revision = year_map.revisions.get(number=3)
    revision.body = revision.body.replace("soil", "rock")
    with past_the_guard():
        models.QuerySet.update(Revision.objects.filter(pk=revision.pk), body=revision.body, digest=revision.seal())
        assert said_of("2026-04 / 3") == []
        assert said_of("2026-04 / 4") == ["it does not follow the revision before it"]


@pytest.mark.parametrize("spelling", ["{body} ", '{{"said":{{}},{rest}', "{body}\n"])
def test_another_spelling_of_the_same_is_found(year_map, spelling):
    revision = year_map.revisions.get(number=2)
    body = spelling.format(body=revision.body, rest=revision.body[1:])
    with past_the_guard():
        store(revision, "body", body.encode())
        assert said_of("2026-04 / 2") == [CONTENT]


def test_a_removed_revision_is_found(year_map):
    with past_the_guard():
        run("DELETE FROM roadmap_revision WHERE number = 3")
        assert said_of("2026-04 / 4") == ["revision 3 is missing", "it does not follow the revision before it"]
        assert said_of("2026-04 / 5") == []


def test_a_removed_revision_is_found_when_the_others_close_the_gap(year_map):
    with past_the_guard():
        run("DELETE FROM roadmap_revision WHERE number = 3")
        run("UPDATE roadmap_revision SET number = 3 WHERE number = 4")
        run("UPDATE roadmap_revision SET number = 4 WHERE number = 5")
        assert CONTENT in said_of("2026-04 / 3") and said_of("2026-04")


@pytest.mark.parametrize("left", [4, 3, 1])
def test_removed_newest_revisions_are_found(year_map, left):
    with past_the_guard():
        run("DELETE FROM roadmap_revision WHERE number > %s", left)
        assert said_of("2026-04") == [f"the newest revisions are missing: {left} of 5 are there"]


def test_a_removed_first_revision_is_found(year_map):
    with past_the_guard():
        run("DELETE FROM roadmap_keyframe")
        run("DELETE FROM roadmap_revision WHERE number = 1")
        assert "revision 1 is missing" in said_of("2026-04 / 2")


def test_a_swapped_order_is_found(year_map):
    with past_the_guard():
        for old, new in ((2, 99), (3, 2), (99, 3)):
            run("UPDATE roadmap_revision SET number = %s WHERE number = %s", new, old)
        assert CONTENT in said_of("2026-04 / 2") and CONTENT in said_of("2026-04 / 3")
        assert "it is older than the revision before it" in said_of("2026-04 / 3")


def test_a_revision_put_in_by_hand_is_found(year_map, lead):
    last = year_map.revisions.get(number=5)
    fields = {name: getattr(last, name) for name in ("map_id", "by_id", "kind", "day", "body", "previous")}
    forged = Revision(**fields, number=6, at=last.at + timedelta(seconds=1))
    forged.digest = forged.seal()
    forged.save()
    assert said_of("2026-04 / 6") == ["it does not follow the revision before it"]
    assert said_of("2026-04")  # there are more than the map says


@pytest.mark.parametrize("number", [1, KEYFRAME_EVERY + 1])
def test_a_changed_keyframe_is_found(lead, number):
    history(lead, KEYFRAME_EVERY + 2)
    frame = Keyframe.objects.get(revision__number=number)
    Keyframe.objects.filter(pk=frame.pk).update(parts=frame.parts.replace("リリース", "トイル"))
    assert said_of(f"2026-04 / {number}") == ["its whole document is not what its changes make"]
    erasing.rebuild_keyframes(frame.revision.map)
    assert places() == []


def test_keyframes_are_made_anew_from_the_revisions(lead):
    row = history(lead, KEYFRAME_EVERY + 2)
    before = list(Keyframe.objects.order_by("revision__number").values_list("revision__number", "parts"))
    Keyframe.objects.all().delete()
    assert places() == []
    erasing.rebuild_keyframes(row)
    assert list(Keyframe.objects.order_by("revision__number").values_list("revision__number", "parts")) == before
    assert [number for number, _parts in before] == [1, KEYFRAME_EVERY + 1]


def test_missing_triggers_are_found(year_map):
    assert sql.is_guarded() and list(verify.faults()) == []
    with past_the_guard():
        assert not sql.is_guarded()
        assert [fault.place for fault in verify.faults()] == ["roadmap_revision"]
    assert sql.is_guarded()


def replaced_body(revision: Revision, old: str, new: str) -> str:
    return canonical(chain.replace(json.loads(revision.body), old, new))


def test_a_replaced_text_without_an_erasure_is_found(year_map):
    revision = year_map.revisions.get(number=2)
    body = replaced_body(revision, "soil", "rock")
    with past_the_guard():
        store(revision, "body", body.encode())
        assert said_of("2026-04 / 2") == ["a text was replaced, and no erasure says so"]
        Erasure.objects.create(revision=revision, body=replaced_body(revision, "soil", "sand"))
        assert said_of("2026-04 / 2") == ["a text was replaced, and no erasure says so"]


def test_an_erasure_that_went_is_found(year_map, lead):
    assert erasing.replace_name("soil", "rock", by=lead) == 4
    assert places() == []
    Erasure.objects.filter(revision__number=3).delete()
    assert said_of("2026-04 / 3") == ["a text was replaced, and no erasure says so"]


def test_an_erased_text_that_came_back_is_found(year_map, lead):
    revision = year_map.revisions.get(number=3)
    erasing.replace_name("soil", "rock", by=lead)
    with past_the_guard():
        store(revision, "body", revision.body.encode())
        assert "a text was replaced, and no erasure says so" in said_of("2026-04 / 3")


@pytest.mark.parametrize("value", [3, 1.5, None, True, [1], {"a": 1}])
def test_nothing_but_a_text_can_be_replaced(value):
    """An erasure keeps the digest of a text; a number or a choice of yes and no has none."""
    about = {"map_id": 1, "start": date(2026, 4, 1), "number": 1, "kind": "first", "by_id": 1, "previous": chain.FIRST}
    about |= {"day": date(2026, 4, 1), "at": datetime(2026, 4, 1, tzinfo=UTC)}
    first = canonical({"field": value})
    forged = canonical({"field": {chain.REPLACED: value, chain.NOW: "something else"}})
    assert chain.digest(body=first, **about) != chain.digest(body=forged, **about)


def test_a_column_that_can_not_be_read_does_not_hide_what_comes_after(year_map):
    second, fourth = (year_map.revisions.get(number=number) for number in (2, 4))
    with past_the_guard():
        if not store(second, "at", b"yesterday"):
            store(second, "body", b"[]")
        store(fourth, "body", b"{")
        assert CONTENT in said_of("2026-04 / 2") and CONTENT in said_of("2026-04 / 4")


def test_faults_of_one_map_do_not_hide_another(year_map, lead):
    other = factories.future_map(lead, start=date(year_map.start.year + 2, year_map.start.month, 1))
    with past_the_guard():
        run("DELETE FROM roadmap_revision WHERE number = 5")
        store(other.revisions.get(), "body", b"{}")
        assert places() == ["2026-04", "2028-04 / 1"]


# ---- the command --------------------------------------------------------------------------------


def verify_history() -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_history", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_says_that_the_chain_holds(year_map):
    assert verify_history() == ("5 revisions, the chain holds.\n", "")


def test_the_command_works_before_the_first_map(db):
    assert verify_history() == ("0 revisions, the chain holds.\n", "")


def test_the_command_names_each_fault_and_fails(year_map):
    err = io.StringIO()
    with past_the_guard():
        store(year_map.revisions.get(number=2), "body", b"{}")
    with pytest.raises(CommandError, match=r"^1 faults in 5 revisions\.$") as failed:
        call_command("verify_history", stdout=io.StringIO(), stderr=err)
    assert failed.value.returncode == 1
    assert err.getvalue() == f"2026-04 / 2: {CONTENT}\n"


# ---- what is refused ----------------------------------------------------------------------------


def everything() -> list[tuple]:
    return list(Revision.objects.order_by("pk").values_list())


@pytest.mark.parametrize(
    "deed",
    [
        lambda revision: revision.save(),
        lambda revision: revision.save(update_fields=["body"]),
        lambda revision: revision.delete(),
        lambda revision: Revision.objects.update(kind="pivot"),
        lambda revision: Revision.objects.all().delete(),
        lambda revision: Revision.objects.bulk_update([revision], ["kind"]),
        lambda revision: revision.map.revisions.update(kind="pivot"),
        lambda revision: revision.map.revisions.all().delete(),
        lambda revision: Revision.objects.update_or_create(pk=revision.pk, defaults={"kind": "pivot"}),
        lambda revision: Revision._base_manager.filter(pk=revision.pk).update(kind="pivot"),
        lambda revision: Revision._base_manager.filter(pk=revision.pk).delete(),
        lambda revision: models.QuerySet.update(Revision.objects.all(), kind="pivot"),
        lambda revision: models.QuerySet.delete(Revision.objects.all()),
        lambda revision: Revision.objects.all()._raw_delete("default"),
        lambda revision: Revision.objects.bulk_create(
            [changed(revision)], update_conflicts=True, update_fields=["body"], unique_fields=["map", "number"]
        ),
        lambda revision: changed(revision).save(),
        lambda revision: changed(revision).save_base(force_update=True),
        lambda revision: revision.map.delete(),
        lambda revision: revision.by.delete(),
    ],
    ids=lambda deed: str(deed.__code__.co_firstlineno),
)  # fmt: skip
def test_change_and_removal_are_refused_to_the_orm(year_map, deed):
    before = everything()
    revision = year_map.revisions.get(number=3)
    with pytest.raises((Immutable, DatabaseError, ProtectedError, ValueError)), transaction.atomic():
        deed(revision)
    assert everything() == before and list(verify.faults()) == []


def changed(revision: Revision) -> Revision:
    values = {field.attname: getattr(revision, field.attname) for field in Revision._meta.concrete_fields}
    return Revision(**values | {"body": revision.body.replace("soil", "rock")})


@pytest.mark.parametrize("column", COLUMNS)
def test_change_is_refused_to_sql_in_every_column(year_map, column):
    before = everything()
    value = {"day": "'2020-01-01'", "at": "'2020-01-01 00:00:00+00:00'", "kind": "'first'"}.get(
        column, f"{column} + 1000" if column in ("id", "map_id", "by_id", "number") else f"replace({column}, '0', '1')"
    )
    with pytest.raises(DatabaseError, match="can not be changed"), transaction.atomic():
        run(f"UPDATE roadmap_revision SET {column} = {value} WHERE number = 3")
    assert everything() == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM roadmap_revision",
        "DELETE FROM roadmap_revision WHERE number = 5",
        "UPDATE roadmap_revision SET body = body",
        "UPDATE roadmap_revision SET body = '' WHERE number = 2",
        "UPDATE roadmap_revision SET number = number + 10, digest = previous",
        "WITH gone AS (SELECT id FROM roadmap_revision) DELETE FROM roadmap_revision WHERE id IN (SELECT id FROM gone)",
        "INSERT INTO roadmap_revision (map_id, number, kind, by_id, day, at, body, previous, digest) "
        "SELECT map_id, number, kind, by_id, day, at, '{}', previous, digest FROM roadmap_revision WHERE number = 2 "
        "ON CONFLICT (map_id, number) DO UPDATE SET body = excluded.body",
    ],
)  # fmt: skip
def test_change_and_removal_are_refused_to_sql(year_map, statement):
    before = everything()
    with pytest.raises(DatabaseError, match="can not be"), transaction.atomic():
        run(statement)
    assert everything() == before and list(verify.faults()) == []


def test_a_revision_is_not_replaced_and_the_table_not_emptied(year_map):
    before = everything()
    columns = "map_id, number, kind, by_id, day, at, body, previous, digest"
    statement = {
        "sqlite": f"REPLACE INTO roadmap_revision (id, {columns}) SELECT id, {columns.replace('body', 'previous')} "
        "FROM roadmap_revision WHERE number = 2",
        "postgresql": "TRUNCATE roadmap_revision CASCADE",
    }[connection.vendor]
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # what is checked at the end of a transaction would stop it first
    with pytest.raises(DatabaseError, match="can not be"), transaction.atomic():
        run(statement)
    assert everything() == before and list(verify.faults()) == []


def test_a_map_that_begins_in_another_month_is_found(year_map):
    Map.objects.filter(pk=year_map.pk).update(start=date(2026, 5, 1))
    assert len(list(verify.faults())) == year_map.head


def test_an_erasure_lets_its_own_body_in_and_no_other(year_map):
    revision = year_map.revisions.get(number=2)
    Erasure.objects.create(revision=revision, body=replaced_body(revision, "soil", "rock"))
    for body in (revision.body, replaced_body(revision, "soil", "sand"), "{}"):
        assert not store(revision, "body", body.encode())
    with pytest.raises(DatabaseError, match="can not be changed"), transaction.atomic():
        run("UPDATE roadmap_revision SET body = (SELECT body FROM roadmap_erasure), kind = 'first' WHERE number = 2")
    assert store(revision, "body", replaced_body(revision, "soil", "rock").encode())
    assert list(verify.faults()) == []


@pytest.mark.parametrize("model", [Revision, Keyframe, Erasure])
def test_nobody_changes_history_in_the_admin(year_map, client, admin, rf, model):
    request = rf.post("/admin/")
    request.user = admin
    registered = admin_site.site._registry.get(model)
    if registered is not None:
        assert not registered.has_add_permission(request)
        for row in (None, model.objects.first()):
            assert not registered.has_change_permission(request, row)
            assert not registered.has_delete_permission(request, row)
        assert not registered.get_actions(request)
    before, pk = everything(), year_map.revisions.get(number=1).pk
    client.force_login(admin)
    name = model._meta.model_name
    for address in ("add/", f"{pk}/change/", f"{pk}/delete/", ""):
        data = {"post": "yes", "action": "delete_selected", "_selected_action": [pk], "body": "{}", "kind": "pivot"}
        answer = client.post(f"/admin/roadmap/{name}/{address}", data)
        assert answer.status_code in (302, 403, 404, 405)
    assert everything() == before and list(verify.faults()) == []


# ---- a name goes --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["goals", "hunch", "own", "core", "item", "2026-10-05", "past", "Kenta"])
def test_a_name_that_is_spelled_like_something_else_goes_from_words_alone(lead, name):
    changes = factories.plan(f"A circle with {name}") | {
        "lane:x1": {"kind": "own", "name": f"{name}'s lane", "position": 7},
        "seat:x2": {"quarter": 1, "role": f"{name} helps", "how": "core"},
        "past:x3": {"when": name, "text": f"{name} came"},
    }
    row = factories.future_map(lead, changes)
    before = row.revisions.get().document()
    draft = Draft.open_for(row, lead)
    assert erasing.replace_name(name, "Somebody", by=lead) == 1
    row.refresh_from_db()
    after = row.revisions.get().document()
    assert set(after.parts) == set(before.parts)
    (was,), (item,) = before.items.values(), after.items.values()
    assert (item.lane, item.sure, item.start, item.end) == (was.lane, was.sure, was.start, was.end)
    assert item.title == "A circle with Somebody" and after.lane_by_id["x1"].name == "Somebody's lane"
    assert after.quarters[0].seats[0].role == "Somebody helps" and after.quarters[0].seats[0].how == "core"
    assert (after.backstory[0].when, after.backstory[0].text) == ("Somebody", "Somebody came")
    draft.refresh_from_db()
    assert draft.document == after
    assert list(verify.faults()) == []


def test_a_longer_name_in_the_place_of_one_leaves_a_map_that_can_be_published(lead):
    row = factories.future_map(lead, factories.plan("Al " * 40))
    erasing.replace_name("Al", "A former colleague", by=lead)
    revision = factories.next_revision(row, lead, {"map": {"title": "Next"}})
    assert len(next(iter(revision.document().items.values())).title) == 120
    assert list(verify.faults()) == []


def test_a_name_that_was_typed_and_taken_back_is_not_kept_to_be_undone(year_map, lead):
    draft = Draft.open_for(year_map, lead)
    draft.change({"quarter:1": {"sentence": "Kenta leads"}}, says="Kenta leads")
    draft.change({"quarter:1": {"sentence": "We lead"}}, says="In other words")
    erasing.replace_name("Kenta", "Somebody")
    assert not draft.steps.exists() and draft.undo() is None
    draft.refresh_from_db()
    assert draft.document.quarters[0].sentence == "We lead"
