"""Maps that tests of several files read and draw on."""

from datetime import timedelta

import pytest

from apps.toil import months
from tests import factories
from tests.roadmap.map_files import ITEM, part


@pytest.fixture
def start(lead):
    """A year in which today lies in the eighth month."""
    return months.step(months.first(lead.today()), -7)


@pytest.fixture
def year_map(lead, start):
    days = (start.isoformat(), (start + timedelta(days=60)).isoformat())
    return factories.future_map(lead, factories.plan("Agree what SRE means", when=days), start=start)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def mei(lead):
    return factories.member(display_name="Mei Tanaka", email="mei@example.com")


@pytest.fixture
def rich(lead, mei):
    """A map with a part of every kind, and texts that are hard to write down."""
    release = factories.item(name="Manual release", name_ja="手動リリース")
    restart = factories.item(name='</script> "半角ｶﾅ" \\ 🔥')
    clinics = factories.stakeholder(name="Clinics", tag="clinics")
    inside = factories.stakeholder(name="事業部", tag="事業部")
    return factories.future_map(
        lead,
        {
            "map": {"title": "育成の年 \u2014 growing"},
            "quarter:2": {"name": "Autumn", "sentence": "Two can restore.", "shape": "二人"},
            "lane:own1": part("lane", name="学習", above=False, position=1.5),
            "past:p1": part("past", when="2023", text="Containers, “ECS”", position=1),
            "seat:s1": part("seat", quarter=2, member=mei.pk, role="SRE", position=2),
            "seat:s2": part("seat", quarter=3, role="second", how="hoped"),
            ITEM: part(
                "item",
                title="Half of releases 𠮷",
                when=["2026-10-05", "2026-12-20"],
                owner=lead.pk,
                signal="six\nof twelve",
                notes="# Notes\n\n- a\n- b",
                toil=[restart.pk, release.pk],
                groups=[inside.pk, clinics.pk],
            ),
            "item:i2": part("item", title="Circle", lane="own1", when=["2026-04-01", "2027-03-31"], owner=mei.pk),
        },
    )
