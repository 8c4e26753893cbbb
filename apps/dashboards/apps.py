from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "apps.dashboards"
    verbose_name = _("Dashboard")

    def ready(self) -> None:
        from apps.dashboards import metrics, navigation, weekly_letter  # noqa: F401
