"""Receivers refuse, hang, drip, ask for silence and answer too much (F13 to F15, R6)."""

import re
import time
from itertools import pairwise
from pathlib import Path

from tests.faults.result import Result, Size, percentile, seen
from tests.faults.stage import Message, Row, Stage, stage

TRY = 30.0  # seconds a try may take at the most (R16)
# What the first try of a letter meets, by the letter's address.
TEMPORARY = {
    "r421": "rcpt 421", "d451": "data 451", "r452": "rcpt 452", "hangdata": "hang data", "hangdot": "hang dot",
    "drop": "drop", "drip": "drip",
}  # fmt: skip
PERMANENT = {"r550": "rcpt 550", "d552": "data 552", "d554": "data 554"}


def mail_server_mistreats(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F13: the server for e-mail refuses, hangs, drips and breaks off, and webhooks go on meanwhile."""
    rounds = 5 if size.long else 1
    names = [name for name in (*TEMPORARY, *PERMANENT) if size.long or name != "drip"]  # half a minute for each
    bad = [f"{name}-{number}" for number in range(rounds) for name in names]
    with stage(folder, environment, lease=120) as on:
        on.script(connect=["hang connect"], **{name: [(TEMPORARY | PERMANENT)[name.partition("-")[0]]] for name in bad})
        # Nobody listens at first; one tries, and comes again later.
        (folder / "closed").touch()
        time.sleep(0.3)
        on.plan(Message("refused", due=-60))
        on.start()
        on.until(lambda: on.ask("SELECT COUNT(*) FROM reminders_delivery WHERE tries > 0")[0][0] > 0, within=60)
        (folder / "closed").unlink()
        # Some that go well between any two that don't: the breaker is for servers that do nothing else but fail.
        letters = [Message(f"well-{number}", due=-40 + number * 0.1) for number in range(2 * len(bad))]
        letters += [Message(name, to=name, due=-40 + number * 0.2) for number, name in enumerate(bad)]
        calls = [Message(f"hook-{number}", "webhook", due=number * 0.5) for number in range(60 * rounds)]
        planned = on.plan(*letters, *calls)
        for _each in range(3):
            on.start()
        on.until_over(240 * rounds)
        verdict, rows, tries = on.verdict(), on.rows(), on.tries()
        late = percentile(on.lateness("hooks", [planned[call.occurrence] for call in calls]), 0.95)
    longest = max(each.seconds for each in tries)
    dead = {name for name, row in rows.items() if row.state == "dead"}
    refused = {name for name in bad if name.partition("-")[0] in PERMANENT}
    at_once = all(rows[name].tries == 1 for name in refused)
    # After the final dot, or where the server breaks off, the letter may be there: each comes once more, and says so.
    most = sum(name.startswith(("hangdot", "drop")) for name in bad)
    good = (
        verdict.lost == 0 and verdict.unmarked == 0 and verdict.repeated <= most and dead == refused and at_once
        and longest <= size.within(TRY, TRY + 10) and late <= size.within(10, 30)
    )  # fmt: skip
    return Result(
        "F13 a server for e-mail that misbehaves",
        f"temporary: sent later; permanent: given up at once; at most {most} repeats; {TRY:.0f} s a try; "
        "95 % of webhooks within 10 s",
        f"{seen(verdict)}; {len(dead)} of {len(refused)} given up, the longest try took {longest:.1f} s, "
        f"95 % of webhooks within {late:.1f} s",
        good, verdict, {"seed": seed, "longest": longest, "late": late},
    )  # fmt: skip


def asked_for_silence(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F14: channels of chat answer 429 with each kind of Retry-After, and one is sent more than it may get at once."""
    date = 30 if size.long else 12
    # The answer, and within how many seconds the next try has to be.
    asked: dict[str, tuple[str, float, float]] = {
        "thirty": ("30", 30, 40), "date": (f"date+{date}", date - 1, date + 10), "zero": ("0", 8, 20),
        "minus": ("-1", 60, 70), "words": ("abc", 60, 70), "huge": ("99999999", 3_600, 3_601),
    }  # fmt: skip
    waited_for = ("thirty", "date", "zero", "minus", "words") if size.long else ("date", "zero")
    queue = 200 if size.long else 12
    with stage(folder, environment, lease=120) as on:
        on.script(**{name: [f"429 {words}"] for name, (words, _least, _most) in asked.items()})
        on.plan(
            *(Message(name, "slack", name) for name in asked),
            *(Message(f"queue-{number}", "slack", "queue") for number in range(queue)),
        )
        for _each in range(2):
            on.start()
        on.until(lambda: all(len(_tries(on, name)) == 2 for name in waited_for), within=180)
        on.until(lambda: len(_tries(on, "queue")) == queue, within=60 + queue * 3)
        time.sleep(3)
        rows, tries = on.rows(), {name: _tries(on, name) for name in (*asked, "queue")}
    early = [
        name for name, (_words, least, most) in asked.items()
        if not _kept(tries[name], rows[name], least, most + size.within(5, 60), name in waited_for)
    ]  # fmt: skip
    came = tries["queue"]
    dense = max(sum(at <= other < at + 10 for other in came) for at in came)
    gap = min(after - before for before, after in pairwise(came))
    sent = sum(row.state == "sent" for name, row in rows.items() if name.startswith("queue"))
    good = not early and dense <= 11 and sent == queue
    return Result(
        "F14 429 with Retry-After of each kind",
        f"0 requests before the time, an hour at most; {queue} to one channel at one a second",
        f"{len(early)} of {len(asked)} not kept{': ' + ', '.join(early) if early else ''}; {sent} of {queue} came, at "
        f"most {dense} in any 10 s, the shortest gap {gap:.2f} s",
        good, None, {"seed": seed, "not_kept": early, "in_ten_seconds": dense, "gap": gap},
    )  # fmt: skip


def _tries(on: Stage, receiver: str) -> list[float]:
    return [at for at, what in on.lines("tries") if what.split()[0] == receiver]


def _kept(tries: list[float], row: Row, least: float, most: float, again: bool) -> bool:
    """Whether the second try came in its time, or is to come then and need not have come yet (not `again`)."""
    second = tries[1] if len(tries) > 1 else row.run_at
    return least <= second - tries[0] <= most and 1 + again <= len(tries) <= 2


def answers_too_much(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F15: receivers of webhooks that are gone, lead inside, or answer with too much, with a bomb, or byte by byte."""
    meant = {"410": "dead", "404": "dead", "301": "dead", "big": "sent", "bomb": "sent"}
    if size.long:
        meant["slow"] = "unknown"  # half a minute
    last = list(meant)[-1]
    with stage(folder, environment, lease=120) as on:
        on.script(**{name: [name] for name in meant})
        on.plan(*(Message(f"warm-{number}", "webhook") for number in range(20)))
        sender = on.start()
        on.until_over(60)
        _forget_peak(sender.pid)
        before = _memory(sender.pid, "VmRSS")
        on.plan(*(Message(name, "webhook", name, due=-len(meant) + n) for n, name in enumerate(meant)))
        ended = f"""SELECT COUNT(*) FROM reminders_attempt JOIN reminders_delivery AS row ON row.id = delivery_id
            WHERE occurrence = '{last}' AND finished_at IS NOT NULL"""
        on.until(lambda: on.ask(ended)[0][0] > 0, within=90)
        grown, rows = max(_memory(sender.pid, "VmHWM") - before, 0) / 1024, on.rows()
        tries = [each for each in on.tries() if each.occurrence in meant]
        inside = _tries(on, "canary")
    longest = max(each.seconds for each in tries)
    off = on.ask("SELECT name FROM reminders_destination WHERE off_at IS NOT NULL")
    first = {name: next(each for each in tries if each.occurrence == name) for name in meant}
    wrong = [
        name for name, state in meant.items()
        if (rows[name].state if state != "unknown" else first[name].outcome) != state
    ]  # fmt: skip
    good = not wrong and not inside and off == [("410",)] and grown <= 10 and longest <= size.within(TRY, TRY + 10)
    return Result(
        "F15 webhook receivers that misbehave",
        f"the right class each, nothing followed inside, {TRY:.0f} s a try, 10 MB more at most",
        f"{len(wrong)} wrong{': ' + ', '.join(wrong) if wrong else ''}; {len(inside)} followed; the longest try took "
        f"{longest:.1f} s; {grown:.1f} MB more",
        good, None, {"seed": seed, "wrong": wrong, "longest": longest, "grown_mb": grown},
    )  # fmt: skip


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _memory(pid: int, which: str) -> int:
    """kB: VmRSS for now, VmHWM for the most so far."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def nothing_open_while_it_hangs(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """R6: while senders wait for receivers that say nothing, PostgreSQL has no transaction of theirs open."""
    idle = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '0.5 seconds'"""
    rounds = 3 if size.long else 1
    with stage(folder, environment, lease=120) as on:
        on.script(**{f"hang{n}": ["hang dot"] * rounds for n in range(3)}, slow=["slow"] * rounds)
        on.plan(Message("slow", "webhook", "slow"), *(Message(f"hang{n}", to=f"hang{n}") for n in range(3)))
        for _each in range(3):
            on.start()
        on.until(lambda: sum("hang dot" in what for _at, what in on.lines("tries")) >= 3, within=60)
        open_, looks, until = 0, 0, time.monotonic() + 4 + (rounds - 1) * 25
        while time.monotonic() < until:
            open_ = max(open_, on.ask(idle)[0][0])
            looks += 1
            time.sleep(0.05)
    good = open_ == 0 and looks > 20
    return Result(
        "R6 nothing open while a receiver hangs", "0 idle in transaction", f"{open_} in {looks} looks", good, None,
        {"seed": seed, "looks": looks},
    )  # fmt: skip
