"""Installations for the fault tests: a folder, a database, perhaps a broker, and code run in them as a process."""

import os
import subprocess
import sys
from pathlib import Path

from tests import services

# Not `prepare`: workers and senders serve no files, and packing them takes longest.
MIGRATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("createcachetable", verbosity=0)
"""


def environment(folder: Path, database: str = "", broker: str = "") -> dict[str, str]:
    return os.environ | {
        "MIRAIZU_VAR": str(folder),
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def python(environment: dict[str, str], code: str, *arguments: str) -> str:
    """What `code` printed. Raises RuntimeError with the end of what it complained of."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, cwd=services.ROOT, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout
