from django.core.management.base import BaseCommand, CommandError

from apps.story.load import StoryError, load_story
from apps.toil.models import Entry


class Command(BaseCommand):
    help = "Loads the example story (Komorebi Care, fourteen months ending today) into an empty installation."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--language", choices=["en", "ja"], default="en")
        parser.add_argument(
            "--with-passwords",
            action="store_true",
            help="let three people of the story sign in (for a demo only)",
        )

    def handle(self, *_args, language: str, with_passwords: bool, **_options) -> None:
        try:
            people = load_story(language, with_passwords=with_passwords)
        except StoryError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The story is loaded: {len(people)} people, {Entry.objects.count()} entries.")
