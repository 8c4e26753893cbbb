"""The one command: prepares, then runs web, worker and scheduler as one process tree until Ctrl-C."""

import contextlib
import errno
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from honcho.manager import Manager

from config.env import VAR


class Command(BaseCommand):
    help = "Prepares and starts everything: web, worker, scheduler. Ctrl-C stops it."
    requires_system_checks = []

    def handle(self, *_args, **_options) -> None:
        self._check_folder()
        self._check_port()
        call_command("prepare", stdout=self.stdout)
        self.stdout.flush()
        threading.Thread(target=self._say_when_serving, daemon=True).start()
        manager = Manager()
        for name, command in processes().items():
            manager.add_process(name, command, env=os.environ | {"PYTHONUNBUFFERED": "1"})
        manager.loop()
        # Stopped by hand is how it is meant to end.
        sys.exit(0 if manager.returncode in (130, 143) else manager.returncode or 1)

    def _check_folder(self) -> None:
        try:
            VAR.mkdir(parents=True, exist_ok=True)
            probe = VAR / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise CommandError(
                f"The data folder {VAR} can't be written ({error.strerror}). "
                "Make it writable, or set MIRAIZU_VAR to a folder that is."
            ) from None

    def _check_port(self) -> None:
        host, port = settings.HOST, settings.PORT
        try:
            family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with contextlib.closing(socket.socket(family, kind, protocol)) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except socket.gaierror:
            raise CommandError(f"HOST={host} is no address of this machine.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is in use: stop what listens there, "
                    f"or start with another, like PORT={port + 1} make up."
                ) from None
            if error.errno == errno.EACCES:
                raise CommandError(f"Port {port} needs more rights: choose one from 1024 up.") from None
            raise CommandError(f"Can't listen on {host}:{port}: {error.strerror}.") from None

    def _say_when_serving(self) -> None:
        host = settings.HOST if settings.HOST not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
        shown = f"[{host}]" if ":" in host else host
        for _try in range(300):
            with contextlib.suppress(OSError, urllib.error.URLError):
                request = urllib.request.Request(f"http://{shown}:{settings.PORT}/healthz/live")
                urllib.request.urlopen(request, timeout=2).close()  # noqa: S310
                self.stdout.write(f"\nMiraizu is at {settings.SITE_URL}  (Ctrl-C stops it)\n\n")
                self.stdout.flush()
                return
            time.sleep(0.1)


def processes() -> dict[str, str]:
    """What runs, by name. The same commands stand in docker-compose.yml, where beat is its own."""
    here, keep = Path(sys.executable).parent, settings.BASE_DIR / "scripts" / "keep_running.sh"
    return {
        "web": f"exec {here}/gunicorn config.wsgi --config config/gunicorn.py",
        # Threads: the embedded worker shares SQLite with the web and is mostly waiting.
        # As a supervisor would, elsewhere.
        "worker": f"exec sh {keep} {here}/celery -q --app config worker --beat --pool threads --concurrency 2 "
        "--loglevel WARNING --without-gossip --without-mingle",
    }
