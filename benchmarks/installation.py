"""An installation of the benchmarks' own: prepared, filled, measured and served by processes of this one."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import services


class Installation:
    """Prepared when it is made, unless its `folder` is a copy of another's. `settings` are added to its environment."""

    def __init__(self, folder: Path, database: str, *, workers: int = 1, **settings: str):
        self.port = services.free_port()
        self.environment = os.environ | {
            "DATABASE_URL": database, "MIRAIZU_VAR": str(folder), "PORT": str(self.port), "REDIS_URL": "",
            "SITE_URL": f"http://localhost:{self.port}", "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "WEB_CONCURRENCY": str(workers),
        } | settings  # fmt: skip
        if not (folder / "static").exists():
            subprocess.run(
                [sys.executable, "manage.py", "prepare"], env=self.environment, cwd=services.ROOT, check=True,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def step(self, name: str, *arguments: object) -> Any:
        """What a step of `benchmarks.steps` found, in a process of its own. Raises CalledProcessError."""
        ended = subprocess.run(
            [sys.executable, "-m", "benchmarks.steps", name, *map(str, arguments)], env=self.environment,
            cwd=services.ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return json.loads(ended.stdout.strip().splitlines()[-1])

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        """By the web server, as `manage.py up` starts it."""
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
            env=self.environment, cwd=services.ROOT,
        )  # fmt: skip
        try:
            services.wait_until_serving(f"http://127.0.0.1:{self.port}/healthz/live", within=60)
            yield
        finally:
            services.end(server)
