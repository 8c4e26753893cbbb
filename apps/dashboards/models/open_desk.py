"""What somebody agreed to have shown of them on the dashboard."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenDesk(models.Model):
    """That the first SRE shows their share of all toil by name. Without their yes nobody's share is shown (R91)."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="open_desk"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("share of toil shown")
        verbose_name_plural = _("shares of toil shown")

    def __str__(self) -> str:
        return f"{self.member_id}"

    @classmethod
    def choose(cls, member, *, on: bool) -> None:
        """The wished state is sent, so twice is the same."""
        if on:
            cls.objects.get_or_create(member=member)
        else:
            cls.objects.filter(member=member).delete()
