"""Says whether the history of the maps is what was published; exits with 1 where it is not (R50)."""

from django.core.management.base import BaseCommand, CommandError

from apps.roadmap import verify


class Command(BaseCommand):
    help = "Checks the chain of published revisions of all maps: nothing changed, nothing missing."

    def handle(self, *args, **options):
        found = 0
        for fault in verify.faults():
            found += 1
            self.stderr.write(str(fault))
        if found:
            raise CommandError(f"{found} faults in {verify.count()} revisions.")
        self.stdout.write(f"{verify.count()} revisions, the chain holds.")
