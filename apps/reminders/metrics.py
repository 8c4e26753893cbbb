"""What monitoring reads of messages: how many stand where, how long the oldest waits, who is at work (R99)."""

from datetime import datetime, timedelta
from itertools import product

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from apps.reminders.channels import CHANNELS
from apps.reminders.health import JUMP
from apps.reminders.models import Delivery, Hold, State
from apps.reminders.models.delivery import CLAIMABLE, OVER
from apps.web.metrics import from_database
from apps.web.models import Heartbeat

LATELY = timedelta(hours=1)


@from_database
def figures() -> list[Metric]:
    """Three queries."""
    now = timezone.now()
    held = GaugeMetricFamily(
        "miraizu_outgoing_held", "1 while somebody holds everything that goes out.", Hold.objects.standing().exists()
    )
    return [*_deliveries(now), _heartbeats(now), held]


def _deliveries(now: datetime) -> list[Metric]:
    """Each channel and state is there from the beginning, at 0: what is not there can't be compared."""
    due = Q(state__in=CLAIMABLE, run_at__lte=now)
    rows = (
        Delivery.objects.order_by()
        .values("state", "channel")
        .annotate(
            n=Count("pk"),
            due=Count("pk", filter=due),
            oldest=Min("run_at", filter=due),
            lately=Count("pk", filter=Q(over_at__gt=now - LATELY)),
            troubled=Count("pk", filter=Q(state__in=(State.DEAD, State.UNKNOWN), seen_at=None, is_test=False)),
        )
    )
    found = {(row["channel"], row["state"]): row for row in rows}
    channels = sorted({*CHANNELS, *(channel for channel, _state in found)})

    all_ = GaugeMetricFamily("miraizu_deliveries", "Messages by what became of them.", labels=["channel", "state"])
    for key in product(channels, State.values):
        all_.add_metric(key, found[key]["n"] if key in found else 0)
    over = GaugeMetricFamily(
        "miraizu_deliveries_over_last_hour", "Messages that came to their end within the hour, by which.",
        labels=["channel", "state"],
    )  # fmt: skip
    for key in product(channels, map(str, OVER)):
        over.add_metric(key, found[key]["lately"] if key in found else 0)
    waiting = GaugeMetricFamily("miraizu_deliveries_due", "Messages to be sent by now.", labels=["channel"])
    oldest = GaugeMetricFamily(
        "miraizu_delivery_oldest_due_age_seconds", "For how long the oldest of them has been due.", labels=["channel"]
    )
    troubled = GaugeMetricFamily(
        "miraizu_deliveries_troubled", "Given up or of unknown outcome, and nobody has said that they know.",
        labels=["channel"],
    )  # fmt: skip
    for channel in channels:
        of = [row for (by, _state), row in found.items() if by == channel]
        waiting.add_metric([channel], sum(row["due"] for row in of))
        since = min((row["oldest"] for row in of if row["oldest"]), default=now)
        oldest.add_metric([channel], (now - since).total_seconds())
        troubled.add_metric([channel], sum(row["troubled"] for row in of))
    return [all_, over, waiting, oldest, troubled]


def _heartbeats(now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "miraizu_heartbeat_age_seconds", "Since a background process last showed that it is at work.",
        labels=["process"],
    )  # fmt: skip
    for name, seen_at in Heartbeat.objects.exclude(name__startswith=JUMP).values_list("name", "seen_at"):
        family.add_metric([name], max((now - seen_at).total_seconds(), 0))
    return family
