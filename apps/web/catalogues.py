"""Compiles the translations with Babel, so that no machine needs gettext to run Miraizu."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_catalogues() -> list[Path]:
    """Writes each `.mo` that is missing or older than its `.po`; returns what was written."""
    written = []
    for folder in settings.LOCALE_PATHS:
        for po in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            mo = po.with_suffix(".mo")
            if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
                continue
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parent.parent.name)
            fresh = mo.with_suffix(f".{os.getpid()}.new")  # two processes may start at once
            with fresh.open("wb") as target:
                write_mo(target, catalogue)
            fresh.replace(mo)
            written.append(mo)
    return written
