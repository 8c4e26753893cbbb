"""Every check and every test, in the order that finds mistakes soonest: `make test`.

Installs missing system packages where it may (root and apt). Otherwise the tests that need them skip, each saying what
is missing; the last lines count them. With CI=true a skip is a failure.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402

PACKAGES = {
    "postgresql": services.postgres_binaries,
    "redis-server": services.redis_binary,
    "libfaketime": services.faketime_library,
    "chromium-headless-shell": services.chromium_binary,
    "gettext": lambda: shutil.which("msgfmt") or (_ for _ in ()).throw(services.Missing("gettext")),
}
ELSEWHERE = {"chromium-headless-shell": "chromium"}  # Chromium without its window: quicker, not packed everywhere
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")

passed: list[str] = []
failed: list[str] = []
counts = {"passed": 0, "failed": 0, "skipped": 0, "error": 0}


def install_system_packages() -> None:
    wanted = [] if FONT.exists() else ["fonts-noto-cjk"]
    for package, look in PACKAGES.items():
        try:
            look()
        except services.Missing:
            wanted.append(package)
    if not wanted:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Missing here, and not to be installed without root and apt: {', '.join(wanted)}")
        return
    print(f"Installing {', '.join(wanted)} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    for package, name in ELSEWHERE.items():
        known = subprocess.run(["apt-cache", "show", package], check=False, stderr=subprocess.DEVNULL, **quiet)
        if known.returncode:
            wanted = [name if each == package else each for each in wanted]
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted], check=False, **quiet)


def step(name: str, *command: str, env: dict[str, str] | None = None) -> None:
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    tail = ""
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        tail = line if line.strip() else tail
    good = process.wait() == 0
    if " in " in tail:
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", tail):
            counts[word] += int(number)
    print(f"── {name}: {'ok' if good else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    (passed if good else failed).append(name)


def lint() -> None:
    step("ruff", f"{BIN}/ruff", "check", ".")
    step("ruff format", f"{BIN}/ruff", "format", "--check", "--quiet", ".")
    step("templates", f"{BIN}/djlint", "templates", "--lint", "--quiet")
    step("imports between rooms", f"{BIN}/lint-imports")
    step("types", f"{BIN}/mypy")
    step("django check", sys.executable, "manage.py", "check", "--fail-level", "WARNING")
    step("migrations", sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")


def pytest(name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    # A worker that is done takes over what the other has not begun, so that neither waits long at the end.
    step(name, sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *arguments, env=env)


def tests(extra: list[str]) -> None:
    pytest(
        "tests on SQLite",
        "-m",
        "not browser and not postgres and not redis and not worker",
        *extra,
    )
    with ExitStack() as stack:
        try:
            env = {
                "DATABASE_URL": stack.enter_context(services.postgres()),
                "REDIS_URL": stack.enter_context(services.redis()),
            }
        except services.Missing as missing:
            print(f"\n── tests on PostgreSQL and Redis: skipped. {missing}")
            counts["skipped"] += 1
        else:
            pytest("tests on PostgreSQL and Redis", "-m", "not browser", *extra, env=env)
    pytest("tests in Chromium", "-m", "browser", *extra)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "tests"])
    options, extra = parser.parse_known_args()
    started = time.monotonic()
    os.environ.setdefault("MIRAIZU_VAR", str(ROOT / "var" / "test"))
    os.environ.setdefault("SITE_URL", "http://localhost:8000")
    if options.only != "lint":
        install_system_packages()
    subprocess.run([sys.executable, "manage.py", "compile_catalogues"], cwd=ROOT, check=True)
    if options.only != "tests":
        lint()
    if options.only != "lint":
        tests(extra)
    print(f"\nSteps: {len(passed)} ok, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}.")
    print(f"All of it took {time.monotonic() - started:.0f} s.")
    bad = bool(failed) or (os.environ.get("CI") == "true" and counts["skipped"] > 0)
    if counts["skipped"]:
        print("Skipped tests say above what is missing and how to get it.")
    print(f"{counts['passed']} passed, {counts['failed'] + counts['error']} failed, {counts['skipped']} skipped")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
