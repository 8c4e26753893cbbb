"""`make faults`: the long form of every fault, on SQLite and PostgreSQL; a line each, and var/faults.json (R100).

python -m tests.faults [--short] [--seed 1] [F1 F2 …]
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from config.env import VAR
from tests import services
from tests.faults import installations, runs

ONLY_POSTGRESQL = {"F3", "F7", "F10"}  # with Redis, or about PostgreSQL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*runs.RUNS, []])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = runs.SHORT if options.short else runs.LONG
    results = []
    for name in options.names or runs.RUNS:
        for database in ("SQLite", "PostgreSQL"):
            if database == "SQLite" and name in ONLY_POSTGRESQL:
                continue
            began = time.monotonic()
            result = _run(name, database, size, options.seed)
            took = time.monotonic() - began
            print(f"{result.line()} [{database}, {took:.0f} s]", flush=True)
            results.append(result.as_json() | {"database": database, "seconds": round(took)})
    VAR.mkdir(parents=True, exist_ok=True)
    (VAR / "faults.json").write_text(json.dumps(results, indent=2))
    missed = [result["name"] for result in results if not result["good"]]
    print(f"{len(results) - len(missed)} reached, {len(missed)} missed.")
    return 1 if missed else 0


def _run(name: str, database: str, size: runs.Size, seed: int) -> runs.Result:
    with tempfile.TemporaryDirectory(prefix="miraizu-fault-", ignore_cleanup_errors=True) as folder:
        here = Path(folder)
        if database == "SQLite":
            return _in(name, here, size, seed, "")
        with services.postgres() as address:
            return _in(name, here, size, seed, address)


def _in(name: str, here: Path, size: runs.Size, seed: int, address: str) -> runs.Result:
    environment = installations.environment(here / "var", address)
    installations.python(environment, installations.MIGRATE)
    return runs.RUNS[name](here / "stage", size, seed, environment)


if __name__ == "__main__":
    sys.exit(main())
