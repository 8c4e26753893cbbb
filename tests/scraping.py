"""Reads /metrics as a scraper does."""

from dataclasses import dataclass

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-for-tests-only-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Family:
    """One figure, by the name that it has in the text."""

    name: str
    type: str
    labels: frozenset[str]


class Scrape:
    def __init__(self, text: str):
        self.text = text
        self._families = list(text_string_to_metric_families(text))

    def of(self, name: str, **labels: str) -> float | None:
        """The value of what has exactly these labels; None where it is not there."""
        return next((sample.value for sample in self._samples(name) if sample.labels == labels), None)

    def by(self, name: str, label: str) -> dict[str, float]:
        """The sum by each value of one label."""
        sums: dict[str, float] = {}
        for sample in self._samples(name):
            sums[sample.labels[label]] = sums.get(sample.labels[label], 0) + sample.value
        return sums

    def families(self) -> set[Family]:
        """Those with a value."""
        return {
            Family(
                each.name + ("_total" if each.type == "counter" else ""),
                each.type,
                frozenset(name for sample in each.samples for name in sample.labels) - {"le"},
            )
            for each in self._families
            if each.samples
        }

    def _samples(self, name: str):
        return (sample for each in self._families for sample in each.samples if sample.name == name)


def scrape(settings) -> Scrape:
    settings.METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return Scrape(answer.text)
