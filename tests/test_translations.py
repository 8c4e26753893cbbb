"""Everything a person reads exists in English and Japanese: nothing missing, nothing fuzzy, every placeholder kept."""

import io
import re
import shutil
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po

from tests.services import ROOT

JAPANESE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{n\}|</?\w+>")


def _catalogue(path=JAPANESE):
    text = path.read_text(encoding="utf-8").replace('msgstr[1] ""\n', "")
    return [message for message in read_po(io.BytesIO(text.encode()), locale="ja") if message.id]


def _ids(catalogue) -> set[str]:
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue}


def test_no_text_is_untranslated_or_fuzzy():
    wanting = [
        message.id
        for message in _catalogue()
        if message.fuzzy or not (message.string if isinstance(message.string, str) else message.string[0])
    ]
    assert wanting == []


def test_every_placeholder_is_kept():
    broken = []
    for message in _catalogue():
        source = message.id if isinstance(message.id, str) else message.id[1]
        target = message.string if isinstance(message.string, str) else message.string[0]
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target)):
            broken.append((source, target))
    assert broken == []


def test_the_japanese_keeps_the_house_style():
    """No exclamation marks, no roundabout することができます (design guide, section 10)."""
    loud = [m.string for m in _catalogue() if re.search("！|することができ|させていただ", str(m.string))]
    assert loud == []


def test_the_catalogue_holds_every_text_of_the_code_and_no_other(tmp_path):
    if shutil.which("xgettext") is None:
        pytest.skip("missing: gettext. Install it with: apt install gettext")
    for name in ("apps", "config", "templates", "locale", "manage.py"):
        source = ROOT / name
        target = tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "ja", "--no-location", "--no-wrap", "--no-obsolete"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    code = _ids(_catalogue(tmp_path / "locale" / "ja" / "LC_MESSAGES" / "django.po"))
    ours = _ids(_catalogue())
    assert code - ours == set(), "run `make messages` and translate"
    assert ours - code == set(), "run `make messages`: these texts are gone"
