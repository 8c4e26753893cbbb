"""Set before Django reads its settings: tests keep their data and keys apart from a running installation."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("MIRAIZU_VAR", tempfile.mkdtemp(prefix="miraizu-test-"))
os.environ.setdefault("SECRET_KEY", "a key for tests only, long enough to be taken for one")
os.environ.setdefault("SITE_URL", "http://localhost:8000")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the tests' thread

Path(os.environ["MIRAIZU_VAR"], "static").mkdir(parents=True, exist_ok=True)
