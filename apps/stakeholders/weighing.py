"""The aid for deciding: for each group what hurts beside what it costs, and what these figures support and can't say.

A decision keeps what it was weighed by as it was on that day, so everything here can be written down and read again.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.stakeholders import counted
from apps.stakeholders.models import Confidence, Stakeholder
from apps.web.bilingual import in_reader_language

WINDOW = 90  # days, today included
# How much of pain × frequency counts, by how sure we are of the place.
SURE = {Confidence.HUNCH: 1 / 3, Confidence.LIKELY: 2 / 3, Confidence.FIRM: 1.0}
MOST_WEIGHT = 25
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Weighed:
    """A group: its place on the chart, if anybody placed it, and what was logged for it."""

    pk: int
    name: str
    name_ja: str
    frequency: int | None
    pain: int | None
    confidence: str
    is_own: bool
    times: int
    minutes: int

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_ja)

    @property
    def weight(self) -> float | None:
        """Pain (1 to 5) × frequency (1 to 5) × how sure (a hunch ⅓, likely ⅔, firm 1); None without a place."""
        if self.pain is None or self.frequency is None:
            return None
        return self.pain * self.frequency * SURE[Confidence(self.confidence)]


@dataclass(frozen=True, slots=True)
class Weighing:
    """All groups, and the minutes logged from `since` to `until`, both included, for them or for nobody."""

    since: date
    until: date
    minutes: int
    groups: tuple[Weighed, ...]

    @classmethod
    def on(cls, today: date) -> "Weighing":
        """What is known today. Two queries."""
        since = today - timedelta(days=WINDOW - 1)
        totals = counted.totals(since, today)
        rows = Stakeholder.objects.current().select_related("placed_by").order_by("position", "name")
        return cls(since, today, totals.minutes, tuple(_weighed(row, *totals.of(row.pk)) for row in rows))

    @classmethod
    def read(cls, kept: dict) -> "Weighing":
        """What `write` wrote."""
        since, until = (date.fromisoformat(kept[name]) for name in ("since", "until"))
        return cls(since, until, kept["minutes"], tuple(Weighed(**known(Weighed, group)) for group in kept["groups"]))

    def write(self) -> dict:
        """As JSON can keep it."""
        return asdict(self) | {"since": self.since.isoformat(), "until": self.until.isoformat()}

    def share(self, group: Weighed) -> float | None:
        """Of all minutes logged in the window, from 0 to 1; None where nothing was logged."""
        return group.minutes / self.minutes if self.minutes else None

    @property
    def rows(self) -> list[tuple[Weighed, float | None, str]]:
        """(group, share, address of the entries behind it), what weighs most first."""
        by_weight = sorted(self.groups, key=lambda group: (-(group.weight or 0), -group.minutes))
        return [(group, self.share(group), counted.rows(group.pk, self.since, self.until)) for group in by_weight]

    def supports(self) -> str:
        """One sentence: where the figures point."""
        heaviest = _most(self.groups, lambda group: group.weight)
        dearest = _most(self.groups, lambda group: group.minutes if self.minutes else None)
        if not heaviest and not dearest:
            return _("Not enough to say: nobody is on the chart, and nothing was logged for anybody in these 90 days.")
        said = {
            "pain": _names(heaviest),
            "weight": f"{heaviest[0].weight or 0:.1f}" if heaviest else "",
            "most": MOST_WEIGHT,
            "cost": _names(dearest),
            "share": f"{100 * (self.share(dearest[0]) or 0):.0f}%" if dearest else "",
        }
        if not dearest:
            sentence = _(
                "Pain points to %(pain)s (%(weight)s of %(most)s). What they cost can’t be compared: nothing was "
                "logged for anybody."
            )
        elif not heaviest:
            sentence = _(
                "Cost points to %(cost)s (%(share)s of the time logged). What hurts can’t be compared: nobody is on "
                "the chart."
            )
        elif both := [group for group in heaviest if group in dearest]:
            said["pain"] = _names(both)
            sentence = _(
                "Pain and cost both point to %(pain)s: it hurts there most (%(weight)s of %(most)s), and most of the "
                "time is logged for it (%(share)s)."
            )
        else:
            sentence = _(
                "Pain points to %(pain)s (%(weight)s of %(most)s), cost to %(cost)s (%(share)s of the time logged). "
                "The figures support either; you decide which comes first."
            )
        return sentence % said

    def can_not_say(self) -> list[str]:
        """What the figures are silent about, a sentence each."""
        placed = [group for group in self.groups if group.weight is not None]
        unsure = [group for group in placed if group.is_own or group.confidence == Confidence.HUNCH]
        unknown = [group for group in self.groups if group.weight is None]
        nameless = self.minutes - sum(group.minutes for group in self.groups)
        said = []
        if unsure:
            said.append(
                ngettext(
                    "How it really is for %(names)s: its place is within our own observation, or a hunch.",
                    "How it really is for %(names)s: their places are within our own observation, or a hunch.",
                    len(unsure),
                )
                % {"names": _names(unsure)}
            )
        if unknown:
            said.append(_("Anything of %(names)s: not on the chart yet.") % {"names": _names(unknown)})
        if nameless > 0:
            share = f"{100 * nameless / self.minutes:.0f}%"
            said.append(
                _("For whom %(share)s of the time was spent: those entries name no current group.") % {"share": share}
            )
        if placed and self.minutes:
            said.append(_("What the log does not hold: pain that nobody spends our time on is not counted."))
        return said


def known(kind: type, kept: dict) -> dict:
    """Of what an earlier version may have kept, the fields that `kind` has today."""
    return {each.name: kept[each.name] for each in fields(kind) if each.name in kept}


def _weighed(row: Stakeholder, times: int, minutes: int) -> Weighed:
    place = row.placed_by
    return Weighed(
        pk=row.pk,
        name=row.name,
        name_ja=row.name_ja,
        frequency=place.frequency if place else None,
        pain=place.pain if place else None,
        confidence=place.confidence if place else "",
        is_own=bool(place and place.is_own),
        times=times,
        minutes=minutes,
    )


def _most(groups, figure) -> list[Weighed]:
    """The groups with the highest figure above nothing; several where they are equal."""
    highest = max((figure(group) or 0 for group in groups), default=0)
    return [group for group in groups if figure(group) == highest] if highest else []


def _names(groups: list[Weighed]) -> str:
    """The groups in a sentence, the first few by name."""
    named = _(", ").join(group.label for group in groups[:MOST_NAMED])
    rest = len(groups) - MOST_NAMED
    return named if rest <= 0 else _("%(names)s and %(n)s more") % {"names": named, "n": rest}
