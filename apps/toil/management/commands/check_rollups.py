from django.core.management.base import BaseCommand, CommandError

from apps.toil import rollup


class Command(BaseCommand):
    help = "Compares the sums by month and day with the log; fails where they differ."

    def handle(self, *_args, **_options) -> None:
        differences = rollup.differences()
        for line in differences[:50]:
            self.stdout.write(line)
        if differences:
            raise CommandError(f"{len(differences)} sums differ. rebuild_rollups makes them anew.")
        self.stdout.write("All sums equal the log.")
