"""The dashboard with hard data, on any screen and on paper: nothing runs off, and no text lies on another."""

import subprocess
import sys
from pathlib import Path

import pytest

from apps.toil import months
from tests import services
from tests.browser.conftest import environment, serve_copy
from tests.browser.future_map import TODAY
from tests.browser.hard_data import YEARS
from tests.browser.test_every_address import CHECK_LAYOUT, SETTLE, THEMES

WIDTHS = (1440, 1024, 768, 390, 320)
PAPER = 703  # px of an A4 sheet within its margins
HEIGHT = 900
LONG = "?period=own&since={:%Y-%m}&until={:%Y-%m}".format(*months.last(YEARS * 12, TODAY)[:: YEARS * 12 - 1])
PAGES = [
    "/dashboard/", f"/dashboard/{LONG}", "/dashboard/?period=quarter", f"/dashboard/toil/{LONG}", "/dashboard/toil/",
    f"/dashboard/load/{LONG}", "/dashboard/load/", "/dashboard/learning/", "/dashboard/map/",
]  # fmt: skip
# Letters touch neither the top nor the bottom of the box that a browser says a text has. How small its type may become
# is a little below what the design guide has as its smallest.
TEXTS = """() => {
  const wrong = [];
  for (const chart of document.querySelectorAll('svg.chart')) {
    if (!chart.checkVisibility()) continue;
    const all = chart.getBoundingClientRect(), name = chart.getAttribute('aria-label').slice(0, 40);
    const texts = [...chart.querySelectorAll('text')].map((text) => {
      const { left, right, top, bottom, height } = text.getBoundingClientRect();
      return { said: text.textContent, left, right, top: top + height * 0.2, bottom: bottom - height * 0.2 };
    });
    const size = 12 * all.width / chart.viewBox.baseVal.width;
    if (texts.length && (size < 9 || size > 18)) wrong.push(`${name}: type of ${size.toFixed(1)}px`);
    texts.forEach((one, n) => {
      if (one.left < all.left - 1 || one.right > all.right + 1 || one.top < all.top - 1 || one.bottom > all.bottom + 1)
        wrong.push(`${name}: “${one.said}” leaves its picture`);
      for (const other of texts.slice(n + 1))
        if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom && other.top < one.bottom)
          wrong.push(`${name}: “${one.said}” lies on “${other.said}”`);
    });
  }
  for (const cell of document.querySelectorAll('.table--sheet :is(td, th)'))
    if (cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1)
      wrong.push(`“${cell.textContent.slice(0, 30)}” leaves its cell`);
  return wrong;
}"""
# What is on paper of a page: nothing that only a screen has, all tables, and nothing cut off at the right.
PRINTED = """() => {
  const seen = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
  const wrong = [...document.querySelectorAll('.rail, .tabbar, .button, .tip, .period, .part__csv, .segmented > :not([aria-current])')]
    .filter(seen).map((element) => 'printed: ' + element.className);
  for (const table of document.querySelectorAll('main table')) {
    if (!seen(table) || !table.getBoundingClientRect().height) wrong.push('closed: ' + table.textContent.slice(0, 40));
    const scroller = table.closest('.scroller'), box = table.getBoundingClientRect();
    if (box.right > innerWidth + 1 || scroller && scroller.scrollWidth > scroller.clientWidth + 1)
      wrong.push(`cut off at ${Math.round(box.right)}px: ` + (table.closest('section')?.querySelector('h2').textContent));
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page is ' + document.documentElement.scrollWidth);
  if (getComputedStyle(document.documentElement).colorScheme !== 'light') wrong.push('dark ink');
  return wrong;
}"""


@pytest.fixture(scope="module")
def hard(tmp_path_factory, loaded):
    """The example story, with hard data."""

    def change(folder: Path) -> None:
        program = [sys.executable, "-m", "tests.browser.hard_data"]
        subprocess.run(program, check=True, env=environment(folder), cwd=services.ROOT)

    yield from serve_copy(loaded, tmp_path_factory.mktemp("hard"), change)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_hard_data_fits_on_every_screen_and_on_paper(window, hard, language):
    page, wrong = window("manager", language, at=hard), []
    for address in PAGES:
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        assert page.goto(address).status == 200
        assert page.locator("svg.chart").count() or "learning" in address or "map" in address
        for number, width in enumerate(WIDTHS):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(SETTLE, THEMES[number % 2])
            overflow = page.evaluate(CHECK_LAYOUT)
            found = page.evaluate(TEXTS) + ([f"overflows by {overflow}"] if overflow else [])
            wrong += [f"{address} {width}: {each}" for each in found]
        wrong += [f"{address} on paper: {each}" for each in _on_paper(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_snapshot_prints_as_the_pages_do(window, story, language):
    page = window("manager", language, at=story)
    page.goto("/dashboard/snapshots/")
    page.locator("main .rows a, main table a, main li a").first.click()
    page.wait_for_url("**/snapshots/*/")
    snapshot = page.url
    wrong = []
    for name in ("front", "toil", "load", "learning", "map"):
        page.goto(f"{snapshot}?of={name}")
        wrong += [f"{name}: {each}" for each in _on_paper(page)]
    assert not wrong, "\n".join(wrong)


def _on_paper(page) -> list[str]:
    """What is wrong with the page as it is printed by somebody who reads in the dark."""
    page.evaluate(SETTLE, "dark")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": HEIGHT})
    found = page.evaluate(PRINTED) + page.evaluate(TEXTS)
    page.emulate_media(media="null")
    return found
