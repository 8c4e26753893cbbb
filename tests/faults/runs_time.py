"""Clocks are set, everything was down for hours, and thousands fall due in the same minute (F16, F18, F41)."""

import time
from pathlib import Path

from tests import services
from tests.faults.result import Result, Size, percentile, seen
from tests.faults.stage import Message, Stage, stage

JUMPS = "SELECT name FROM web_heartbeat WHERE name LIKE 'clock jump%'"
HOUR, DAY = 3_600, 86_400


def clock_set(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F16: the clock of three senders goes an hour on, an hour back, a day on, and a little too fast, while they send.

    On SQLite the database's clock is theirs. On PostgreSQL it is the server's, and stays.
    """
    each = size.messages // 10
    clock = folder / "clock"
    folder.mkdir(parents=True, exist_ok=True)
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": services.faketime_library(), "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    senders, jumps, missing = 3, 0, []
    with stage(folder, environment, lease=20, delay=0.1) as on:
        for _each in range(senders):
            on.start(**faked)
        on.plan(*(Message(f"first-{n}") for n in range(each)))
        on.until_something_is_sent()
        # Each would have its time within the next day, and has missed it after the jump.
        on.plan(*(Message(f"old-{n}", due=HOUR / 2 + n, expires=HOUR * 3 / 4) for n in range(each)))
        # Slow: 500 millionths are no jump. Then on, back to where it was, and a day on, each while some are on the way.
        for name, offset, jump in (
            ("slow", "+0 x1.0005", 0), ("on", "+1h", HOUR), ("back", "+0", -HOUR), ("day", "+1d", DAY),
        ):  # fmt: skip
            on.plan(*(Message(f"{name}-{n}", due=-2 * HOUR) for n in range(each)))
            time.sleep(1)
            clock.write_text(offset)
            jumps += abs(jump) > 0
            if jump:
                try:
                    on.until(lambda jump=jump: _told(on, jump), within=30)
                except TimeoutError:
                    missing.append(name)
            time.sleep(4 if size.long else 1)
        on.until_over(180 + size.messages / 5, **faked)
        verdict, rows = on.verdict(), on.rows()
        told = on.ask(JUMPS)
    burst = sum(row.state != "skipped" or row.reason != "stale" for name, row in rows.items() if "old" in name)
    most = senders * (jumps + 1)  # one in the hands of each at each time
    strange = [name for (name,) in told if not any(_is(name, jump) for jump in (HOUR, -HOUR, DAY))]
    good = (
        verdict.lost == 0 and verdict.repeated <= most and verdict.unmarked == 0 and burst == 0 and not missing
        and not strange
    )  # fmt: skip
    return Result(
        "F16 clocks that are set", f"0 lost, at most {most} repeats, all marked; 0 old ones sent; each jump shown",
        f"{seen(verdict)}; {burst} old ones sent; {jumps - len(missing)} of {jumps} jumps shown"
        f"{', and others: ' + ', '.join(strange) if strange else ''}",
        good, verdict, {"seed": seed, "told": [name for (name,) in told]},
    )  # fmt: skip


def _told(on: Stage, jump: int) -> bool:
    return any(_is(name, jump) for (name,) in on.ask(JUMPS))


def _is(name: str, jump: int) -> bool:
    return abs(int(name.removeprefix("clock jump ").removesuffix(" s")) - jump) <= 3


def down_for_hours(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F18: everything was down for eight hours in which much fell due: some of it helps no more, some still does, some
    waits in digests, and some falls due later.
    """
    part = 500 if size.long else 15
    people = [f"person{n}" for n in range(100 if size.long else 5)]
    who = lambda n: people[n % len(people)]  # noqa: E731
    began = -8 * HOUR
    with stage(folder, environment, lease=120) as on:
        step = 7.5 * HOUR / part
        planned = on.plan(
            *(Message(f"over-{n}", to=who(n), due=began + n * step, expires=began + n * step + 600) for n in range(part)),
            *(Message(f"useful-{n}", to=who(n), due=began + n * step, expires=DAY) for n in range(part)),
            *(Message(f"part-{n}", to=who(n), due=began + 60, state="carried") for n in range(part)),
            *(Message(f"digest:{name}", to=name, due=began + 60, kind="digest") for name in people),
            *(Message(f"future-{n}", to=who(n), due=12 + n * 6 / part, expires=DAY) for n in range(part)),
        )  # fmt: skip
        for _each in range(3):
            on.start()
        on.until_over(120 + part)
        taken, rows = on.taken("mail"), on.rows()
        late = on.lateness("mail", [each for name, each in planned.items() if name.startswith("future")])
        verdict = on.verdict()
    count = lambda name, state: sum(r.state == state for o, r in rows.items() if o.startswith(name))  # noqa: E731
    stale = sum(row.reason == "stale" for name, row in rows.items() if name.startswith("over"))
    summaries = max(taken.count(planned[f"digest:{name}"].id) for name in people)
    of_each = [sum(planned[name].id in taken for name in planned if name.startswith("useful") and rows[name].state == "sent"
                   and who(int(name.partition("-")[2])) == one) for one in people]  # fmt: skip
    good = (
        stale == part and count("future", "sent") == part and count("useful", "sent") == part
        and count("part", "sent") == part and summaries == 1 and verdict.repeated == 0
        and percentile(late, 0.99) <= size.within(10, 60)
    )  # fmt: skip
    return Result(
        "F18 eight hours down", "what is over is skipped, what still helps and what comes is sent, one summary a person",
        f"{stale} of {part} skipped as stale; sent: {count('future', 'sent')} of {part} later ones, "
        f"{count('useful', 'sent')} of {part} that still help (at most {max(of_each)} a person), {part} parts in "
        f"{summaries} summary a person; repeated: {verdict.repeated}",
        good, None, {"seed": seed, "useful_a_person": max(of_each), "late": percentile(late, 0.99)},
    )  # fmt: skip


def many_at_the_same_minute(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F41: all fall due at once, at a receiver that takes 100 ms for each; then 500 within a minute."""
    spread, rate = (60.0, 500) if size.long else (6.0, 50)
    with stage(folder, environment, lease=120, delay=0.1) as on:
        for _each in range(4):
            on.start()
        at_once = on.plan(*(Message(f"once-{n}") for n in range(size.messages)))
        on.until_over(600)
        done = max(on.lateness("mail", at_once.values()))
        steady = on.plan(*(Message(f"steady-{n}", due=3 + n * spread / rate) for n in range(rate)))
        on.until_over(300)
        late = percentile(on.lateness("mail", steady.values()), 0.99)
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated == 0 and done <= 300 and late <= 60
    return Result(
        "F41 many due in the same minute", f"{size.messages} done within 5 min; at 500 a minute 99 % within 60 s",
        f"{seen(verdict)}; done after {done:.0f} s, which is {size.messages / done:.0f} a second; at {rate} in "
        f"{spread:.0f} s 99 % within {late:.1f} s",
        good, verdict, {"seed": seed, "done": done, "late": late},
    )  # fmt: skip
