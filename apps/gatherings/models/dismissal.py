"""That somebody does not want to see a suggestion for two weeks."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAYS_AWAY = 14


class Dismissal(models.Model):
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)  # suggest.Idea.key
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("dismissed suggestion")
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="dismissal_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.key}"

    @classmethod
    def put_away(cls, member, key: str) -> None:
        until = timezone.now() + timedelta(days=DAYS_AWAY)
        cls.objects.update_or_create(member=member, key=key, defaults={"until": until})

    @classmethod
    def of(cls, member) -> set[str]:
        return set(cls.objects.filter(member=member, until__gt=timezone.now()).values_list("key", flat=True))
