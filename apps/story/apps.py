from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoryConfig(AppConfig):
    name = "apps.story"
    verbose_name = _("Example story")

    def ready(self) -> None:
        from apps.story import demo  # noqa: F401
