"""Makes the pictures of the documents, docs/screenshots/: `make screenshots`.

The example story is loaded in each language in a temporary folder, served on this machine alone, and looked at in
Chromium. Whatever of it runs afterwards was there before.
"""

import base64
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDERS = tempfile.TemporaryDirectory(prefix="miraizu-screenshots-")  # goes when this ends
os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "MIRAIZU_VAR": FOLDERS.name}

import django  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

django.setup()

from tests import services  # noqa: E402
from tests.browser import people  # noqa: E402
from tests.browser.conftest import FLAGS, environment, say_that_senders_are_at_work, served  # noqa: E402
from tests.browser.test_every_address import SETTLE, THEMES  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
WIDTH = 1280
LANGUAGES = ("en", "ja")


class Shot(NamedTuple):
    """A page as `role` sees it, `most` px of its height."""

    name: str
    address: str
    role: str
    most: int


SHOTS = (
    Shot("home", "/", "lead", 960),
    Shot("dashboard", "/dashboard/", "manager", 1_440),
    Shot("toil", "/dashboard/toil/", "manager", 1_440),
    Shot("load", "/dashboard/load/", "manager", 1_280),
    Shot("letter", "/dashboard/letter/", "manager", 1_120),
    Shot("map", "/map/", "lead", 1_120),
)
# A screen of one theme has a few hundred colours, most of them between a letter and what it stands on. The 256 that are
# seen most are kept, and each other one becomes the nearest of them: gives them, and for each dot which it is.
REDUCE = """async (picture) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const dots = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer), seen = new Map();
  for (const dot of dots) seen.set(dot, (seen.get(dot) ?? 0) + 1);
  const kept = [...seen].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([dot]) => dot);
  const place = new Map(kept.map((dot, n) => [dot, n])), part = (dot, n) => dot >>> (8 * n) & 255;
  const far = (a, b) => [0, 1, 2].reduce((sum, n) => sum + (part(a, n) - part(b, n)) ** 2, 0);
  for (const dot of seen.keys())
    if (!place.has(dot))
      place.set(dot, kept.reduce((best, each, n) => far(dot, each) < far(dot, kept[best]) ? n : best, 0));
  const places = Uint8Array.from(dots, (dot) => place.get(dot));
  let text = '';
  for (let n = 0; n < places.length; n += 32768) text += String.fromCharCode(...places.subarray(n, n + 32768));
  return [image.width, image.height, kept.flatMap((dot) => [0, 1, 2].map((n) => part(dot, n))), btoa(text)];
}"""


def main() -> None:
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    FOLDER.mkdir()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.chromium_binary(), args=FLAGS)
        reducer = browser.new_page()
        for language, folder in load(Path(FOLDERS.name)).items():
            with served(folder) as address:
                look(browser, reducer, address, language)
        browser.close()


def load(within: Path) -> dict[str, Path]:
    """A folder with the story for each language; both are told at the same time."""
    folders = {language: within / language for language in LANGUAGES}
    first, *others = folders.values()
    first.mkdir()
    manage(first, "prepare").wait()
    for folder in others:
        shutil.copytree(first, folder)
    telling = [manage(folder, "load_story", "--language", name, "--with-passwords") for name, folder in folders.items()]
    ended = [each.wait() for each in telling]
    if any(ended):
        raise SystemExit("The story could not be loaded.")
    for folder in folders.values():
        say_that_senders_are_at_work(folder)
    return folders


def manage(folder: Path, *command: str) -> subprocess.Popen:
    run = [sys.executable, "manage.py", *command]
    return subprocess.Popen(run, stdout=subprocess.DEVNULL, env=environment(folder), cwd=ROOT)


def look(browser: Browser, reducer: Page, address: str, language: str) -> None:
    windows: dict[str, Page] = {}
    for shot in SHOTS:
        if shot.role not in windows:
            windows[shot.role] = people.sign_in(browser, address, shot.role, language, base_url=address).new_page()
        page = windows[shot.role]
        page.set_viewport_size({"width": WIDTH, "height": 900})
        page.goto(shot.address)
        # As tall as what is taken of it, so that what sticks to the window's edges does so to the picture's.
        tall = min(shot.most, page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": WIDTH, "height": tall})
        for theme in THEMES:
            page.evaluate(SETTLE, theme)
            picture = base64.b64encode(page.screenshot(animations="disabled")).decode()
            path = FOLDER / f"{shot.name}-{language}-{theme}.png"
            path.write_bytes(png(*reducer.evaluate(REDUCE, picture)))
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")


def png(width: int, height: int, colours: list[int], places: str) -> bytes:
    """The file of a picture with a palette (PNG specification, sections 11.2.1 to 11.2.3)."""
    dots = base64.b64decode(places)
    rows = b"".join(b"\0" + dots[at : at + width] for at in range(0, len(dots), width))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(colours)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


if __name__ == "__main__":
    main()
