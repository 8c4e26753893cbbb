from django.core.management.base import BaseCommand

from apps.web.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the translations that changed (with Babel; gettext is not needed)."
    requires_system_checks = []

    def handle(self, *_args, **_options) -> None:
        for path in compile_catalogues():
            self.stdout.write(f"compiled {path.parent.parent.name}")
