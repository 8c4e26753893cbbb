from django.core.management.base import BaseCommand

from apps.toil import rollup


class Command(BaseCommand):
    help = "Makes the sums by month and day anew from the log."

    def handle(self, *_args, **_options) -> None:
        rollup.rebuild(self._tell)
        self.stdout.write("The sums are made anew.")

    def _tell(self, done: int, count: int) -> None:
        """One line that is written over where somebody looks on; a line each ten months in a log."""
        bar = "█" * (done * 30 // count)
        if self.stdout.isatty():
            self.stdout.write(f"\r{bar:<30} {done} of {count} months", ending="\n" if done == count else "")
            self.stdout.flush()
        elif done % 10 == 0 or done == count:
            self.stdout.write(f"{done} of {count} months")
