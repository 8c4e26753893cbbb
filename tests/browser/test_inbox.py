"""The inbox and the ways to reach somebody on a phone: nothing hides what one reads or answers."""

import pytest

from tests.browser import people
from tests.browser.people import PHONE


@pytest.fixture
def page(chromium, own_story):
    context = people.sign_in(chromium, own_story, "lead", viewport=PHONE)
    yield context.new_page()
    context.close()


def test_what_ends_the_page_can_be_scrolled_out_from_under_a_toast(page, own_story):
    page.goto(f"{own_story}/inbox/")
    page.locator("[id^=later-]").last.click()
    page.wait_for_selector(".toast")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    last, toast = page.locator(".page a").last.bounding_box(), page.locator(".toast").bounding_box()
    assert last["y"] + last["height"] <= toast["y"]
    bar = page.locator(".tabbar").bounding_box()
    assert toast["y"] + toast["height"] <= bar["y"]


def test_the_name_of_a_fact_stays_in_one_piece(page, own_story):
    page.goto(f"{own_story}/inbox/")
    assert page.evaluate(
        "(names => names.length && names.every(each => each.getClientRects().length == 1 && "
        "each.offsetHeight < 2 * parseFloat(getComputedStyle(each).fontSize)))"
        "([...document.querySelectorAll('.inbox__facts dt')])"
    )


def test_what_can_be_changed_of_an_address_stands_below_its_row(page, own_story):
    page.goto(f"{own_story}/settings/reminders/addresses/new/")
    page.fill("[name=name]", "The phone in my pocket, which has a name that is rather long")
    page.fill("[name=url]", "https://8.8.8.8/hook")
    page.click("main .button--primary")
    page.wait_for_url("**/settings/reminders/")
    for window in (PHONE, people.DESKTOP):
        page.set_viewport_size(window)
        page.reload()
        way = page.locator(".way", has_text="in my pocket")
        summary = way.locator("summary")
        before = summary.bounding_box()
        summary.click()
        after, opened = summary.bounding_box(), way.locator(".way__more .row").bounding_box()
        assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=1)
        assert opened["y"] >= after["y"] + after["height"]
