from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _


class StakeholdersConfig(AppConfig):
    name = "apps.stakeholders"
    verbose_name = _("Stakeholders")

    def ready(self) -> None:
        from apps.accounts.models import Member
        from apps.stakeholders import navigation, notices  # noqa: F401
        from apps.stakeholders.models.our_sre import follow_wish

        notices.register_all()

        # Wherever a member is let go, in a form or on the command line, their words follow their wish.
        def left(instance: Member, **_about) -> None:
            if not instance.is_active:
                follow_wish(instance)

        post_save.connect(left, sender=Member, weak=False, dispatch_uid="words_of_who_left")
        pre_delete.connect(
            lambda instance, **_about: follow_wish(instance),
            sender=Member,
            weak=False,
            dispatch_uid="words_of_who_went",
        )
