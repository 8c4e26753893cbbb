"""What monitoring reads of toil: sums of everybody, and how evenly it is shared where that tells of nobody (R91)."""

from collections import defaultdict
from datetime import date, timedelta

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from apps.accounts.models import Organisation
from apps.dashboards import sql
from apps.dashboards.load import FEWEST, WINDOW
from apps.toil import months
from apps.toil.models import Category
from apps.web.metrics import from_database

NO_CATEGORY = "none"


@from_database
def figures() -> list[Metric]:
    """On the organisation's day. Four queries."""
    organisation = Organisation.get()
    today = organisation.today() if organisation else None
    return [_toil(today), _hands(today)]


def _toil(today: date | None) -> Metric:
    """By the category's English name; one that is no longer used only where the month has something of it."""
    family = GaugeMetricFamily(
        "miraizu_toil_running_month_seconds", "Toil logged for the running month.", labels=["category"]
    )
    if today:
        month = months.first(today)
        names: dict[int | None, str] = {}
        sums: dict[str, int] = defaultdict(int)
        for pk, name, archived_at in Category.objects.values_list("pk", "name", "archived_at"):
            names[pk] = name
            if archived_at is None:
                sums[name] = 0
        for row in sql.kinds(month, month):
            sums[names.get(row.category, NO_CATEGORY)] += row.minutes * 60
        for name, seconds in sums.items():
            family.add_metric([name], seconds)
    return family


def _hands(today: date | None) -> Metric:
    """1 / Σ sₚ² over 90 days (product.md, “Formulas”); nothing where fewer than three people logged any."""
    family = GaugeMetricFamily("miraizu_toil_effective_hands", "Effective hands of the last 90 days.")
    lately = sql.load_between(today - WINDOW + timedelta(days=1), today, 0) if today else None
    if lately and lately.people >= FEWEST:
        family.add_metric([], lately.hands)
    return family
