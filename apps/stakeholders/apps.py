from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StakeholdersConfig(AppConfig):
    name = "apps.stakeholders"
    verbose_name = _("Stakeholders")

    def ready(self) -> None:
        from apps.stakeholders import navigation  # noqa: F401
