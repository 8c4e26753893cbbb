"""The rows of an import: all made ready beforehand, then written in one transaction that holds nobody up for long.

SQLite lets one writer in at a time, and another waits five seconds at most. So nothing is worked out while writing:
names are resolved, lengths and sums computed and values put as the database takes them before. Items that are new have
no id until then; their folded name stands for it. The same holds for stakeholders.
"""

import statistics
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from django.db import connection, models
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from apps.stakeholders.models import Side, Stakeholder
from apps.toil import rollup, sql
from apps.toil.folding import fold
from apps.toil.matching import Making, Matching, stakeholder_in
from apps.toil.models import Category, Entry, ImportRun, Item, Source, StateChange
from apps.toil.models.state import State
from apps.toil.permissions import may_shape_items
from apps.toil.plan_import import Outcome

BATCH = 500
USUAL = 9  # entries whose median is an item's usual length

Key = int | str  # the id of a row that is there, or the folded name of one that will be made


class Outdated(Exception):
    """Items were made or merged by somebody else since the names were read."""


@dataclass(slots=True)
class _NewEntry:
    member: int
    item: Key
    stakeholder: Key | None
    day: date
    clock: time | None
    minutes: int
    note: str
    key: str


class Rows:
    """Rows of one model, their values as the database takes them, inserted at once.

    `bulk_create` turns objects into values inside the transaction, which takes ten times as long as the writing.
    """

    def __init__(self, model: type[models.Model]):
        self.model = model
        self.fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        self.places = {field.name: place for place, field in enumerate(self.fields)}
        self.values: list[list] = []

    def add(self, row: models.Model, **keys: Key | None) -> None:
        """Takes a row; `keys` give what its references hold, where that may be a name for now."""
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in self.fields]
        for name, key in keys.items():
            values[self.places[name]] = key
        self.values.append(values)

    def resolve(self, name: str, ids: Mapping[Key, int]) -> None:
        """Puts ids in the place of names."""
        place = self.places[name]
        for values in self.values:
            values[place] = ids.get(values[place], values[place])

    def insert(self) -> list[int]:
        """Writes them and gives their ids, in order."""
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in self.fields)
        one = f"({', '.join(['%s'] * len(self.fields))})"
        ids: list[int] = []
        with connection.cursor() as cursor:
            for some in _in_parts(self.values, BATCH):
                cursor.execute(
                    f"INSERT INTO {self.model._meta.db_table} ({columns}) "  # noqa: S608 (names of ours)
                    f"VALUES {', '.join([one] * len(some))} RETURNING id",
                    [value for values in some for value in values],
                )
                # Ids are given in the order of the rows, but nobody promises that they come back in it.
                ids += sorted(pk for (pk,) in cursor.fetchall())
        return ids


class Writing:
    """What an import writes. `add` each line that is new, `get_ready`, and `write` inside a transaction."""

    def __init__(self, run: ImportRun, matching: Matching):
        self.run = run
        self.matching = matching
        self.may_shape = may_shape_items(run.member)
        self.making = Making(matching)
        self.new_categories: dict[str, Category] = {}
        self.new_stakeholders: dict[str, Stakeholder] = {}
        self.items, self.changes, self.entries = Rows(Item), Rows(StateChange), Rows(Entry)
        self._lines: list[_NewEntry] = []
        # The newest lengths of each item, as (day, place in the file, minutes).
        self._newest: dict[Key, list[tuple[date, int, int]]] = defaultdict(list)
        self._usual: dict[int, list[int]] = defaultdict(list)
        self._sums: dict[rollup.Dimension, dict[tuple[Key, date], list[int]]] = {
            each: defaultdict(lambda: [0, 0]) for each in rollup.DIMENSIONS
        }

    def add(self, outcome: Outcome) -> None:
        """Takes a line that is new."""
        line, member, item = outcome.line, outcome.member, outcome.item
        if line.day is None or line.minutes is None or member is None:  # such lines are never new
            return
        self.making.add(line)
        key = item.pk if item else fold(line.item)
        stakeholder: Key | None = fold(stakeholder_in(line))
        if outcome.stakeholder or not stakeholder:
            stakeholder = outcome.stakeholder.pk if outcome.stakeholder else item.stakeholder_id if item else None
        self._remember(key, line.day, len(self._lines), line.minutes)
        self._lines.append(
            _NewEntry(member.pk, key, stakeholder, line.day, line.started, line.minutes, line.note, line.key)
        )

    def _remember(self, key: Key, day: date, place: int, minutes: int) -> None:
        newest = self._newest[key]
        insort(newest, (day, place, minutes))
        del newest[:-USUAL]

    def get_ready(self) -> None:
        """Works out all that follows from the lines together. Asks the database, and writes nothing."""
        if self.may_shape:
            self._make_categories_and_stakeholders()
        for key, new in self.making.items.items():
            self._make_item(key, new.name, new.category, new.stakeholder)
        self._learn_usual_lengths()
        while self._lines:
            self._make_entry(self._lines.pop())
        self.entries.values.reverse()

    def _make_categories_and_stakeholders(self) -> None:
        there = Category.objects.count()
        for place, (key, name) in enumerate(self.making.categories.items(), start=there):
            self.new_categories[key] = Category(name=name, position=place)
        taken = {tag.lower() for tag in Stakeholder.objects.values_list("tag", flat=True)}
        for place, (key, name) in enumerate(self.making.stakeholders.items(), start=len(taken)):
            tag = "".join(c for c in name.lower().replace(" ", "-") if c not in '#＃@＠!！"「」')[:30] or "group"
            tags = (tag, *(f"{tag}-{n}" for n in range(2, len(taken) + 3)))
            free = next(tag for tag in tags if tag not in taken)
            taken.add(free)
            self.new_stakeholders[key] = Stakeholder(name=name, tag=free, side=Side.OUTSIDE, position=place)

    def _make_item(self, key: str, name: str, category: str, stakeholder: str) -> None:
        item = Item(name=name, created_by_id=self.run.member_id, usual_minutes=self._usual_length(key))
        known = self.matching.category_of(category)
        self.items.add(
            item,
            category=known.pk if known else self._made(category, self.new_categories),
            stakeholder=self._stakeholder(stakeholder),
        )
        today = self.run.member.today()
        self.changes.add(StateChange(state=State.OBSERVED, by_id=self.run.member_id, on=today), item=key)

    def _stakeholder(self, name: str) -> Key | None:
        known = self.matching.stakeholders.get(fold(name))
        return known.pk if known else self._made(name, self.new_stakeholders)

    def _made(self, name: str, made: Mapping[str, models.Model]) -> str | None:
        """What stands for a row to be made; None where there is none, because the importer may not make it."""
        return key if (key := fold(name)) in made else None

    def _learn_usual_lengths(self) -> None:
        """Of items that are there: the median of the newest entries, those in the database included."""
        there = {item.pk: item for item in self.matching.items.values() if item.pk in self._newest}
        for some in _in_parts(list(there), BATCH):
            newest_first = Window(RowNumber(), partition_by=F("item_id"), order_by=[F("day").desc(), F("id").desc()])
            kept = Entry.objects.filter(item__in=some).annotate(place=newest_first).filter(place__lte=USUAL)
            for key, day, place, minutes in kept.values_list("item_id", "day", "place", "minutes"):
                self._remember(key, day, -place, minutes)  # on the same day, what is brought in counts as newer
        for key, item in there.items():
            usual = self._usual_length(key)
            if usual != item.usual_minutes:
                self._usual[usual].append(key)

    def _usual_length(self, key: Key) -> int:
        return int(statistics.median_high(minutes for _day, _place, minutes in self._newest[key]))

    def _make_entry(self, line: _NewEntry) -> None:
        stakeholder = line.stakeholder
        if stakeholder is None and isinstance(line.item, str):
            stakeholder = self._stakeholder(self.making.items[line.item].stakeholder)
        elif isinstance(stakeholder, str):
            stakeholder = self._made(stakeholder, self.new_stakeholders)
        entry = Entry(
            member_id=line.member,
            day=line.day,
            clock=line.clock,
            minutes=line.minutes,
            note=line.note,
            source=Source.IMPORT,
            logged_by_id=None if line.member == self.run.member_id else self.run.member_id,
            import_run_id=self.run.pk,
            import_key=line.key,
        )
        self.entries.add(entry, item=line.item, stakeholder=stakeholder)
        owners = {"item_id": line.item, "member_id": line.member, "stakeholder_id": stakeholder, "slot": entry.slot}
        for dimension, sums in self._sums.items():
            if (owner := owners[dimension.owner]) is not None:
                cell = sums[owner, dimension.at(line.day)]
                cell[0] += line.minutes
                cell[1] += 1

    def write(self) -> int:
        """Writes everything; gives the number of entries. Raises Outdated; IntegrityError for rows brought twice."""
        self._check_names()
        categories = _ids(self.new_categories, Category)
        stakeholders = _ids(self.new_stakeholders, Stakeholder)
        self.items.resolve("category", categories)
        self.items.resolve("stakeholder", stakeholders)
        items: dict[Key, int] = dict(zip(self.making.items, self.items.insert(), strict=True))
        self.changes.resolve("item", items)
        self.changes.insert()
        self.entries.resolve("item", items)
        self.entries.resolve("stakeholder", stakeholders)
        written = len(self.entries.insert())
        ids: dict[str, dict[Key, int]] = {"item_id": items, "member_id": {}, "stakeholder_id": stakeholders, "slot": {}}
        sql.add_to_sums(
            (each.model, each.owner, each.over, self._rows(each, ids[each.owner])) for each in rollup.DIMENSIONS
        )
        for minutes, known in self._usual.items():
            for some in _in_parts(known, BATCH):
                Item.objects.filter(pk__in=some).update(usual_minutes=minutes)
        return written

    def _rows(self, dimension: rollup.Dimension, ids: dict[Key, int]) -> list[sql.Row]:
        return [(_id(owner, ids), at, m, n) for (owner, at), (m, n) in self._sums[dimension].items()]

    def _check_names(self) -> None:
        """Raises Outdated where a new item has been made meanwhile, or an item or group we write to has been merged."""
        late = Item.objects.filter(pk__gt=self.matching.newest_item)
        if any(fold(name) in self.making.items for item in late for name in item.names):
            raise Outdated
        merged = Item.objects.exclude(merged_into=None).values_list("pk", flat=True)
        if any(pk in self._newest for pk in merged):
            raise Outdated
        gone = set(Stakeholder.objects.exclude(merged_into=None).values_list("pk", flat=True))
        if any(owner in gone for owner, _at in self._sums[rollup.STAKEHOLDERS]):
            raise Outdated


def _ids(made: Mapping[str, models.Model], model: type[models.Model]) -> dict[Key, int]:
    model._default_manager.bulk_create(made.values())
    return {key: row.pk for key, row in made.items()}


def _id(key: Key, ids: Mapping[Key, int]) -> int:
    return ids[key] if isinstance(key, str) else key


def _in_parts[Some](rows: list[Some], size: int) -> Iterator[list[Some]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
