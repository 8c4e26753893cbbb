"""What the import tests share: the sample files, and a file made of text on the spot."""

import io
from pathlib import Path

import pytest

from apps.toil.imports.reading import read_table

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def sample():
    """A sample file as a table, in any encoding."""

    def open_sample(name, encoding="utf-8"):
        text = (SAMPLES / name).read_text(encoding="utf-8")
        return read_table(io.BytesIO(text.encode(encoding)))

    return open_sample


@pytest.fixture
def table():
    """Text or bytes as a table."""

    def make(content):
        return read_table(io.BytesIO(content.encode() if isinstance(content, str) else content))

    return make
