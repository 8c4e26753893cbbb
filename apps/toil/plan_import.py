"""The dry run of an import: for each row what would become of it and why, without writing anything (R52)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil.import_file import choices_of, format_of, table_of
from apps.toil.imports.lines import Line
from apps.toil.imports.reading import Table
from apps.toil.matching import LEAVE_OUT, Matching, person_in
from apps.toil.models import Entry, ImportRun, Item
from apps.toil.models.entry import OLDEST

CHUNK = 500
SHOWN = 100


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
    """What the dry run found, as the page shows it."""

    counts: Counter = field(default_factory=Counter)
    minutes: int = 0
    new_items: Counter = field(default_factory=Counter)
    new_categories: Counter = field(default_factory=Counter)
    new_stakeholders: Counter = field(default_factory=Counter)
    people: Counter = field(default_factory=Counter)  # names the file uses, with their rows
    unknown: Counter = field(default_factory=Counter)  # of those, who nobody knows
    shown: dict[str, list[Outcome]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, outcome: Outcome, matching: Matching) -> None:
        line = outcome.line
        self.counts[outcome.fate.value] += 1
        examples = self.shown.setdefault(outcome.fate.value, [])
        if len(examples) < SHOWN:
            examples.append(outcome)
        if said := person_in(line):
            self.people[said] += 1
            if said not in matching.people and outcome.member is None and outcome.fate != Fate.WRONG:
                self.unknown[said] += 1
        if outcome.fate != Fate.NEW:
            return
        self.minutes += line.minutes or 0
        if outcome.item is None:
            self.new_items[line.item] += 1
            if line.category and matching.category_of(line) is None:
                self.new_categories[line.category] += 1
        if line.stakeholder and outcome.stakeholder is None:
            self.new_stakeholders[line.stakeholder] += 1


def outcomes(
    run: ImportRun, table: Table, matching: Matching, progress: Callable[[int], None] = lambda _rows: None
) -> Iterator[Outcome]:
    """Every line with its fate, in the file's order. `progress` hears of the rows done. Raises ImportFileError."""
    chunk: list[Line] = []
    done = 0
    for line in format_of(run, table).lines(table, choices_of(run, table)):
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
    own = _own_entries(chunk) if run.format == "miraizu" else set()
    today = run.member.today()
    for line in chunk:
        yield _fate(line, matching, there, own, today)


def _own_entries(chunk: list[Line]) -> set[tuple]:
    """What of our own export is still here: (id, day, minutes)."""
    ids = [int(line.origin_id) for line in chunk if line.origin_id.isascii() and line.origin_id.isdigit()][:CHUNK]
    ids = [pk for pk in ids if pk < 2**63]
    return {(str(pk), day, m) for pk, day, m in Entry.objects.filter(pk__in=ids).values_list("id", "day", "minutes")}


def _fate(line: Line, matching: Matching, there: set[str | None], own: set[tuple], today) -> Outcome:
    if line.problems:
        return Outcome(line, Fate.WRONG, " ".join(f"{p.column}: {p.message}".strip(": ") for p in line.problems))
    if line.day and line.day > today:
        return Outcome(line, Fate.WRONG, _("This day has not come yet."))
    if line.day and line.day < OLDEST:
        return Outcome(line, Fate.WRONG, _("This day is too far back. Is the year right?"))
    member = matching.member_of(line)
    if line.key in there or (line.origin_id, line.day, line.minutes) in own:
        return Outcome(line, Fate.THERE, _("It was brought in before."), member)
    said = person_in(line)
    if matching.people.get(said) == LEAVE_OUT:
        return Outcome(line, Fate.LEFT_OUT, _("You chose to leave %(name)s out.") % {"name": said})
    if member is None:
        return Outcome(line, Fate.LEFT_OUT, _("Nobody here is called %(name)s.") % {"name": said})
    if not matching.may_bring(member):
        return Outcome(line, Fate.LEFT_OUT, _("Only a lead may bring in somebody else’s rows."), member)
    return Outcome(line, Fate.NEW, "", member, matching.item_of(line), matching.stakeholder_of(line))


def dry_run(run: ImportRun) -> tuple[Table, Report]:
    """Reads the whole file and writes nothing. Raises ImportFileError."""
    table = table_of(run)
    matching = Matching.load(run.member, run.choices.get("people", {}))
    report = Report()
    for outcome in outcomes(run, table, matching):
        report.add(outcome, matching)
    return table, report
