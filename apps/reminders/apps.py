from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "apps.reminders"
    label = "reminders"

    def ready(self) -> None:
        from apps.reminders import joining, metrics, navigation, notices, standstill, weekly  # noqa: F401

        notices.register_all()
        joining.register_all()
        standstill.register_all()
        weekly.register_all()
