from django.core.management.base import BaseCommand

from apps.toil import rollup


class Command(BaseCommand):
    help = "Makes the monthly sums anew from the log."

    def handle(self, *_args, **_options) -> None:
        rollup.rebuild()
        self.stdout.write("The sums are made anew.")
