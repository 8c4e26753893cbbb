"""Collects the texts to translate into locale/ja, without line numbers, so that a diff shows texts only."""

import subprocess
import sys

subprocess.run(
    [sys.executable, "manage.py", "makemessages", "--locale", "ja", "--no-location", "--no-wrap",
     "--no-obsolete", "--ignore", ".venv/*", "--ignore", "var/*", "--ignore", "tests/*"],
    check=True,
)  # fmt: skip
