from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ToilConfig(AppConfig):
    name = "apps.toil"
    verbose_name = _("Toil")

    def ready(self) -> None:
        from apps.toil import navigation, notices  # noqa: F401

        notices.register_all()
