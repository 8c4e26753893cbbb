"""`make faults`: the long form of every fault, on SQLite and PostgreSQL; a line each, and var/faults.json (R100).

python -m tests.faults [--short] [--seed 1] [--on SQLite] [F1 F2 …]
python -m tests.faults --table     # what var/faults.json holds, as a table for docs/reliability.md

The file is written anew after each run: one that is interrupted leaves what it found. Runs that are not asked for keep
the results they had.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from config.env import VAR
from tests import services
from tests.faults import installations, runs

KEPT = VAR / "faults.json"
DATABASES = ("SQLite", "PostgreSQL")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*runs.RUNS, []])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=DATABASES, help="only on this database")
    parser.add_argument("--table", action="store_true", help="print the results as Markdown, and run nothing")
    options = parser.parse_args()
    if options.table:
        if not KEPT.exists():
            sys.exit(f"There is no {KEPT} yet: make faults writes it.")
        print(table(json.loads(KEPT.read_text())))
        return 0
    size, form = (runs.SHORT, "short") if options.short else (runs.LONG, "long")
    results: list[dict] = []
    for name in options.names or runs.RUNS:
        for database in DATABASES:
            if database not in runs.where(name) or options.on not in (None, database):
                continue
            began = time.monotonic()
            found = _run(name, database, size, options.seed)
            took = time.monotonic() - began
            print(f"{found.pop('line')} [{database}, {took:.0f} s]", flush=True)
            results.append({"run": name, "database": database, "form": form, "seconds": round(took), **found})
            _keep(results)
    missed = [result["name"] for result in results if not result["good"]]
    print(f"{len(results) - len(missed)} reached, {len(missed)} missed.")
    return 1 if missed else 0


def _run(name: str, database: str, size: runs.Size, seed: int) -> dict:
    """What the run gave, as JSON, with its line. One that could not come to an end is a miss, and the next ones go on."""
    version = {"SQLite": f"SQLite {sqlite3.sqlite_version}"}.get(database, "")
    try:
        with tempfile.TemporaryDirectory(prefix="miraizu-fault-", ignore_cleanup_errors=True) as folder:
            here = Path(folder)
            if database == "SQLite":
                result = _in(name, here, size, seed, "")
            else:
                with services.postgres() as address:
                    version = _version(address)
                    result = _in(name, here, size, seed, address)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        result = runs.Result(name, "to come to an end", said[:2_000], False)
    return result.as_json() | {"line": result.line(), "database_version": version}


def _version(address: str) -> str:
    with psycopg.connect(address) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


def _in(name: str, here: Path, size: runs.Size, seed: int, address: str) -> runs.Result:
    environment = installations.environment(here / "var", address)
    installations.python(environment, installations.MIGRATE)
    return runs.RUNS[name](here / "stage", size, seed, environment)


def machine() -> dict:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _keep(results: list[dict]) -> None:
    """Writes these over what the file says of the same runs."""
    kept = json.loads(KEPT.read_text())["results"] if KEPT.exists() and "{" in KEPT.read_text()[:1] else []
    new = {(each["run"], each["database"], each["form"]) for each in results}
    kept = [each for each in kept if (each["run"], each["database"], each["form"]) not in new]
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    whole = KEPT.with_suffix(".new")
    whole.write_text(json.dumps({"machine": machine(), "results": kept + results}, indent=2, ensure_ascii=False))
    whole.replace(KEPT)


def table(found: dict) -> str:
    """The results as Markdown, in the order of the runs."""
    on, order = found["machine"], list(runs.RUNS)
    results = sorted(found["results"], key=lambda each: (order.index(each["run"]), each["database"]))
    versions = sorted({each["database_version"] for each in results} - {""})
    lines = [
        f"{on['cores']} cores, {on['memory_gb']} GB, {on['system']}, Python {on['python']}, {', '.join(versions)}.",
        "",
        "| run | on | goal | seen | reached | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for each in results:
        form = "" if each["form"] == "long" else ", short form"
        cells = (
            each["name"], each["database"] + form, each["goal"], each["seen"], "yes" if each["good"] else "**no**",
            str(each["seconds"]),
        )  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
