"""The example story, loaded and served: `make demo`. Three people can sign in, as printed."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Organisation
from apps.story.load import DOMAIN, PASSWORDS

ROLES = {"kenta": "member", "aoi": "lead and admin", "tomoko": "manager"}


class Command(BaseCommand):
    help = "Loads the example story if it is not there yet, shows how to sign in, and serves it."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--language", choices=["en", "ja"], default="en")

    def handle(self, *_args, language: str, **_options) -> None:
        if not settings.DEMO:
            raise CommandError("Start it with `make demo`: it keeps its data apart, under var/demo.")
        call_command("prepare", stdout=self.stdout)
        organisation = Organisation.get()
        if organisation is None:
            call_command("load_story", language=language, with_passwords=True, stdout=self.stdout)
        elif organisation.story != language:
            self.stdout.write(f"The story is there in “{organisation.story}”; remove var/demo to load it anew.")
        self.stdout.write("\nSign in as")
        for key, password in PASSWORDS.items():
            self.stdout.write(f"  {ROLES[key]:15} {key}@{DOMAIN:20} {password}")
        self.stdout.write("")
        call_command("up", stdout=self.stdout)
