from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    name = "apps.roadmap"
    verbose_name = _("Future map")

    def ready(self) -> None:
        from apps.roadmap import navigation, notices  # noqa: F401

        notices.register_all()
