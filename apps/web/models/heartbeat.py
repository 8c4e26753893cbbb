"""When each background process was last seen at work (R26). The ready page reads it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

# Every page says so a minute later at most: within three minutes in all (R26).
LATE_AFTER = timedelta(minutes=2)


class Heartbeat(models.Model):
    """One row a kind of process, rewritten each time it proves that it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.seen_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})

    @classmethod
    def last(cls, name: str) -> datetime | None:
        """When `name` was last seen, or None if never."""
        return cls.objects.filter(name=name).values_list("seen_at", flat=True).first()
