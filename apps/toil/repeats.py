"""What a person is likely to log next: what they logged most around this hour and on this weekday (“Repeat” chips)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.toil.models import Entry, Item, State
from apps.toil.quicklog import in_quotes

SHOWN = 4
LOOK_BACK = timedelta(days=60)
MOST_ENTRIES = 150


@dataclass(frozen=True, slots=True)
class Repeat:
    item: Item
    minutes: int

    @property
    def line(self) -> str:
        """The quick log line that says the same, for a browser that is offline."""
        return f"{self.minutes}m {in_quotes(self.item.label)}"


def weight(hours_apart: float, same_weekday: bool, days_ago: int) -> float:
    """How much one past entry speaks for the same thing now: near in the day, same weekday, lately."""
    near = 1 / (1 + min(hours_apart, 24 - hours_apart) / 2)
    return near * (1.6 if same_weekday else 1) * (1 if days_ago <= 14 else 0.6)


def likely_now(member, now: datetime) -> list[Repeat]:
    """Up to four items, likeliest first. `now` is on the member's clock. Two queries."""
    rows = list(
        Entry.objects.filter(member=member, day__gte=now.date() - LOOK_BACK)
        .newest_first()
        .values_list("item_id", "clock", "day")[:MOST_ENTRIES]
    )
    scores: Counter[int] = Counter()
    hour_now = now.hour + now.minute / 60
    for item, clock, day in rows:
        apart = abs(hour_now - (clock.hour + clock.minute / 60)) if clock else 6
        scores[item] += weight(apart, day.weekday() == now.weekday(), (now.date() - day).days)  # type: ignore[assignment]
    best = [item for item, _score in scores.most_common(SHOWN * 2)]
    items = Item.objects.current().exclude(state=State.GONE).in_bulk(best) if best else {}
    return [Repeat(items[pk], items[pk].usual_minutes or 15) for pk in best if pk in items][:SHOWN]
