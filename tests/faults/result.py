"""What a fault run is given, and what it gives back."""

from dataclasses import asdict, dataclass, field

from tests.faults.stage import Verdict


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    goal: str
    seen: str
    good: bool
    verdict: Verdict | None = None
    more: dict = field(default_factory=dict)

    def line(self) -> str:
        return f"{'ok  ' if self.good else 'MISS'} {self.name}: {self.seen} (goal: {self.goal})"

    def as_json(self) -> dict:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it: messages, kills, seconds of a lease. Times are held to the goal by the long form alone: the short
    one runs beside other tests, and only what could not happen on a busy machine either is a miss there.
    """

    messages: int
    kills: int
    lease: float
    long: bool = False

    def within(self, goal: float, busy: float) -> float:
        """The goal, or what is let pass on a machine that does other things besides."""
        return goal if self.long else busy


SHORT, LONG = Size(200, 4, 3.0), Size(5_000, 50, 20.0, long=True)


def seen(verdict: Verdict) -> str:
    repeats = ", ".join(f"{count} {channel}" for channel, count in sorted(verdict.repeats.items())) or "none"
    return f"{verdict.planned} planned, {verdict.lost} lost, repeated: {repeats}, unmarked {verdict.unmarked}"


def percentile(values: list[float], part: float) -> float:
    """The value that `part` (0 to 1) of all do not exceed; 0 of none."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] if values else 0.0
