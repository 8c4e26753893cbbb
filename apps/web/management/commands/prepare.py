"""Everything between installed and started: translations, database, static files. Quick when nothing changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from apps.web.catalogues import compile_catalogues

# Builds of htmx that no page loads; they are the largest files there are.
NOT_SERVED = ["htmax-*", "htmx-4*", "htmx-2.js"]


class Command(BaseCommand):
    help = "Prepares this installation: translations, database, static files. Does only what is needed."
    requires_system_checks = []

    def handle(self, *_args, **_options) -> None:
        compile_catalogues()
        self._database()
        self._static_files()

    def _database(self) -> None:
        from django.db.migrations.executor import MigrationExecutor

        try:
            executor = MigrationExecutor(connection)
        except OperationalError as error:
            raise CommandError(f"The database can't be reached: {error}".strip()) from None
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)

    def _static_files(self) -> None:
        if settings.DEBUG:
            return
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        now = self._fingerprint()
        if stamp.exists() and stamp.read_text() == now:
            return
        self.stdout.write("Preparing static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=NOT_SERVED)
        stamp.write_text(now)

    def _fingerprint(self) -> str:
        """Changes when any static file of the project or of a dependency changes."""
        from django.contrib.staticfiles.finders import get_finders

        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                stat = Path(storage.path(name)).stat()
                digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()
