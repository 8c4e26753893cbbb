"""What stands between us and a receiver: how fast it takes messages, how long it asked us to wait, whether it answers.

One row a channel ("email") and one a host or address behind it ("slack:hooks.example.com").
"""

from django.db import models
from django.utils import timezone


class Gate(models.Model):
    key = models.CharField(max_length=300, primary_key=True)
    # The receiver asked for silence until then (R10), or too many tries in a row failed (the breaker, R15).
    closed_until = models.DateTimeField(null=True)
    # The next free place in a queue that takes one message at a time.
    next_slot = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)  # when somebody last went through with one
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key

    @property
    def is_closed(self) -> bool:
        return self.closed_until is not None and self.closed_until > timezone.now()
