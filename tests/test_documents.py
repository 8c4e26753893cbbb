"""What the documents promise is there: links, make targets, settings."""

import re

import pytest

from tests.services import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READS = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"|environ\.get\(\s*[\"']([A-Z_]+)[\"']")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text) + re.findall(r"(?:src|srcset)=\"([^\"]+)", text)
    gone = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert gone == []


def test_every_picture_is_named_or_is_another_look_of_one_that_is():
    """In the other theme or language."""
    named = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    pages = {path.stem.rsplit("-", 2)[0] for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    assert pages and {page for page in pages if f"screenshots/{page}-" not in named} == set()


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"`?make ([a-z]+)`?", path.read_text(encoding="utf-8"))
        if f"`make {target}" in path.read_text(encoding="utf-8")
    }
    assert {target for target in named if f"\n{target}:" not in makefile} == set()


def test_every_setting_the_code_reads_is_in_the_table():
    read = {
        name
        for path in (ROOT / "config").glob("*.py")
        for pair in READS.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    assert {name for name in read if f"`{name}`" not in README} == set()
