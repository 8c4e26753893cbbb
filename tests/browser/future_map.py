"""The future map in a browser: what its tests do and look at again and again."""

import calendar
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from apps.story.year import MONTHS_BEFORE_TODAY
from apps.toil import months
from tests.browser.test_every_address import AXE, LOOK

TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date()  # of the story's people
START = months.step(months.first(TODAY), -MONTHS_BEFORE_TODAY)
LEARNED = "Two of three releases waited for somebody who was away."
WHY = "The budget of the quarter is decided on Friday."


def day_of(month: int, of_month: int) -> date:
    """A day of the story's map, as apps.story.year tells it."""
    first = months.step(START, month)
    return first.replace(day=min(of_month, calendar.monthrange(first.year, first.month)[1]))


def in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def fresh_draft(page: Page) -> Page:
    """The draft of whoever looks at `page`, with nothing changed in it."""
    page.goto("/map/draft/")
    aside = page.locator("form[action$='/draft/aside/'] button")
    if aside.count():
        with page.expect_navigation():
            aside.click()
    return page


def days_of(page: Page, item: str) -> tuple[date, date]:
    """First and last day of an item of the picture, as its link says them."""
    text = page.locator(f"#map #i-{item} .plan__m .visually-hidden").text_content()
    ends = [datetime.strptime(f"{end} 2000", "%d %b %Y").date() for end in text.removeprefix(", ").split(" to ")]
    first, last = (end.replace(year=START.year + (end.month < START.month)) for end in ends)
    return first, last


def wait_for_days(page: Page, item: str, first: date, last: date, lane: str = "") -> None:
    """Waits until the picture shows the item on these days, and in that lane."""
    says = f", {first.day} {first:%b} to {last.day} {last:%b}"
    within = f"[data-lane={lane}]" if lane else "#map"
    expect(page.locator(f"{within} #i-{item} .plan__m .visually-hidden")).to_have_text(says)


def edit(page: Page, item: str, **fields: str) -> None:
    """Changes an item in the draft through its form on a page of its own."""
    page.goto(f"/map/draft/items/{item}/")
    for name, value in fields.items():
        page.fill(f"form.form [name={name}]", value)
    keep(page)


def keep(page: Page) -> None:
    page.locator("main form.form .button--primary").click()
    page.wait_for_url("**/map/draft/?map=*")


def give_reason(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=learned]", LEARNED)
    page.fill("[name=why]", WHY)


def publish(page: Page) -> None:
    page.locator(".form--publish .row .button").first.click()
    page.wait_for_url(lambda url: re.search(r"/map/(\?map=[\d-]+)?$", url))


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, with what is open on it."""
    page.evaluate(f"{AXE};0")
    _overflow, found = page.evaluate(LOOK, ["light", True, True])
    return [f"{page.url}: {violation}" for violation in found]


def check_that_it_fits(page: Page, address: str = "") -> None:
    if address:
        page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
