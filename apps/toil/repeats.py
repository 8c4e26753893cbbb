"""What a person is likely to log next: what they logged most around this hour and on this weekday (“Repeat” chips)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.toil import sql
from apps.toil.models import State
from apps.toil.quicklog import in_quotes
from apps.web.bilingual import in_reader_language

SHOWN = 4
LOOK_BACK = timedelta(days=60)
MOST_ENTRIES = 150


@dataclass(frozen=True, slots=True)
class Repeat:
    item: int
    label: str
    short_label: str
    minutes: int

    @property
    def line(self) -> str:
        """The quick log line that says the same, for a browser that is offline."""
        return f"{self.minutes}m {in_quotes(self.label)}"


def weight(hours_apart: float, same_weekday: bool, days_ago: int) -> float:
    """How much one past entry speaks for the same thing now: near in the day, same weekday, lately."""
    near = 1 / (1 + min(hours_apart, 24 - hours_apart) / 2)
    return near * (1.6 if same_weekday else 1) * (1 if days_ago <= 14 else 0.6)


def likely_now(member, now: datetime) -> list[Repeat]:
    """Up to four items, likeliest first. `now` is on the member's clock. Two queries."""
    rows = sql.latest(member.pk, now.date() - LOOK_BACK, MOST_ENTRIES)
    scores: Counter[int] = Counter()
    hour_now = now.hour + now.minute / 60
    for item, clock, day in rows:
        apart = abs(hour_now - (clock.hour + clock.minute / 60)) if clock else 6
        scores[item] += weight(apart, day.weekday() == now.weekday(), (now.date() - day).days)  # type: ignore[assignment]
    best = [item for item, _score in scores.most_common(SHOWN * 2)]
    items = sql.still_done(best, State.GONE) if best else {}
    return [_repeat(*items[pk]) for pk in best if pk in items][:SHOWN]


def _repeat(pk: int, name: str, name_ja: str, short: str, short_ja: str, minutes: int | None) -> Repeat:
    label = in_reader_language(name, name_ja)
    return Repeat(pk, label, in_reader_language(short, short_ja) or label, minutes or 15)
