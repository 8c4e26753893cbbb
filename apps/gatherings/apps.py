from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "apps.gatherings"
    verbose_name = "Gatherings"

    def ready(self) -> None:
        from apps.gatherings import navigation, notices, planned_ahead  # noqa: F401

        notices.register_all()
