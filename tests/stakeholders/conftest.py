"""Who and what the tests of this room begin with."""

import pytest

from apps.stakeholders.models import Round
from tests import factories


@pytest.fixture
def other(lead):
    return factories.member(display_name="Kenta Sasaki", given_name="Kenta")


@pytest.fixture
def asked(lead) -> Round:
    return Round.follow(0, by=lead, day=lead.today())
