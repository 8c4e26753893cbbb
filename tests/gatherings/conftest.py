"""A reading circle and its book."""

import pytest

from apps.gatherings.models import Book, Gathering
from tests.gatherings.test_planning import circle


@pytest.fixture
def row(lead) -> Gathering:
    return circle(lead)


@pytest.fixture
def book(row) -> Book:
    made = Book.begin(row, title="SRE")
    made.add([(f"Title {n}", 20) for n in range(1, 7)])
    return made
