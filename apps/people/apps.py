from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "apps.people"
    verbose_name = _("People")

    def ready(self) -> None:
        from apps.people import navigation, notices  # noqa: F401

        notices.register_all()
