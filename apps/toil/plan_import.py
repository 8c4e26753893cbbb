"""The dry run of an import: for each row what would become of it and why, without writing anything (R52)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil.folding import fold
from apps.toil.import_file import choices_of, format_of, table_of
from apps.toil.imports.cells import Choices
from apps.toil.imports.lines import Line
from apps.toil.imports.reading import Table
from apps.toil.matching import LEAVE_OUT, Making, Matching, NewItem, person_in
from apps.toil.models import Entry, ImportRun, Item
from apps.web.text import OLDEST

CHUNK = 500
SHOWN = 100
MANY_ITEMS = 30


class Fate(TextChoices):
    NEW = "new", gettext_lazy("New")
    THERE = "there", gettext_lazy("Already there")
    LEFT_OUT = "left_out", gettext_lazy("Left out")
    WRONG = "wrong", gettext_lazy("Can’t be read")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of one line, and why."""

    line: Line
    fate: Fate
    why: str = ""
    member: Member | None = None
    item: Item | None = None
    stakeholder: Stakeholder | None = None


@dataclass(slots=True)
class Report:
    """What the dry run found, as the page shows it; `choices` say how the file was read."""

    making: Making
    choices: Choices
    counts: Counter = field(default_factory=Counter)
    minutes: int = 0
    people: Counter = field(default_factory=Counter)  # names the file uses, with their rows
    unknown: Counter = field(default_factory=Counter)  # of those, who nobody knows
    shown: dict[str, list[Outcome]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def is_scattered(self) -> bool:
        """Whether most rows would make an item each: then the column taken for items rather is a note."""
        return len(self.making.items) > max(MANY_ITEMS, self.counts[Fate.NEW.value] / 2)

    @property
    def first_new_items(self) -> list[NewItem]:
        return list(islice(self.making.items.values(), 12))

    def add(self, outcome: Outcome) -> None:
        line = outcome.line
        self.counts[outcome.fate.value] += 1
        examples = self.shown.setdefault(outcome.fate.value, [])
        if len(examples) < SHOWN:
            examples.append(outcome)
        if said := person_in(line):
            self.people[said] += 1
            if said not in self.making.matching.people and outcome.member is None and outcome.fate != Fate.WRONG:
                self.unknown[said] += 1
        if outcome.fate != Fate.NEW:
            return
        self.minutes += line.minutes or 0
        self.making.add(line)


def outcomes(
    run: ImportRun,
    table: Table,
    matching: Matching,
    choices: Choices | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Iterator[Outcome]:
    """Every line with its fate, in the file's order. `progress` hears of the rows done. Raises ImportFileError."""
    chunk: list[Line] = []
    done = 0
    for line in format_of(run, table).lines(table, choices or choices_of(run, table)):
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield from _fates(run, chunk, matching)
            done += len(chunk)
            progress(done)
            chunk = []
    yield from _fates(run, chunk, matching)
    progress(done + len(chunk))


def _fates(run: ImportRun, chunk: list[Line], matching: Matching) -> Iterator[Outcome]:
    keys = [line.key for line in chunk if line.key]
    there = set(Entry.objects.filter(import_key__in=keys).values_list("import_key", flat=True))
    own = _own_entries(chunk) if run.format == "miraizu" else {}
    today = run.member.today()
    for line in chunk:
        yield _fate(line, matching, there, own, today)


def _own_entries(chunk: list[Line]) -> dict[str, tuple]:
    """What of our own export is still here, by id: (item, e-mail, day, minutes)."""
    ids = [int(line.origin_id) for line in chunk if line.origin_id.isascii() and line.origin_id.isdigit()][:CHUNK]
    entries = Entry.objects.filter(pk__in=[pk for pk in ids if pk < 2**63])
    rows = entries.values_list("id", "item_id", "member__email", "day", "minutes")
    return {str(pk): (item, fold(email), day, minutes) for pk, item, email, day, minutes in rows}


def _fate(line: Line, matching: Matching, there: set[str | None], own: dict[str, tuple], today) -> Outcome:
    if line.problems:
        return Outcome(line, Fate.WRONG, " ".join(f"{p.column}: {p.message}".strip(": ") for p in line.problems))
    if line.day and line.day > today:
        return Outcome(line, Fate.WRONG, _("This day has not come yet."))
    if line.day and line.day < OLDEST:
        return Outcome(line, Fate.WRONG, _("This day is too far back. Is the year right?"))
    member = matching.member_of(line)
    if line.key in there:
        return Outcome(line, Fate.THERE, _("It was brought in before."), member)
    item = matching.item_of(line)
    # The id alone may be that of a row of another installation: there it names another item or person.
    exported, ours = own.get(line.origin_id), (item.pk if item else None, fold(line.person_email))
    if exported and exported[:2] == ours:
        if exported[2:] == (line.day, line.minutes):
            return Outcome(line, Fate.THERE, _("It is this entry itself."), member)
        return Outcome(line, Fate.LEFT_OUT, _("Changed here since the export."), member)
    said = person_in(line)
    if matching.people.get(said) == LEAVE_OUT:
        return Outcome(line, Fate.LEFT_OUT, _("You chose to leave %(name)s out.") % {"name": said})
    if member is None and matching.is_namesake(line):
        return Outcome(
            line, Fate.LEFT_OUT, _("Several people here are called %(name)s. Say who it is.") % {"name": said}
        )
    if member is None:
        return Outcome(line, Fate.LEFT_OUT, _("Nobody here is called %(name)s.") % {"name": said})
    if not matching.may_bring(member):
        return Outcome(line, Fate.LEFT_OUT, _("Only a lead may bring in somebody else’s rows."), member)
    return Outcome(line, Fate.NEW, "", member, item, matching.stakeholder_of(line))


def dry_run(run: ImportRun) -> tuple[Table, Report]:
    """Reads the whole file and writes nothing. Raises ImportFileError."""
    table = table_of(run)
    matching = Matching.load(run.member, run.choices.get("people", {}))
    choices = choices_of(run, table)
    report = Report(Making(matching), choices)
    for outcome in outcomes(run, table, matching, choices):
        report.add(outcome)
    return table, report
