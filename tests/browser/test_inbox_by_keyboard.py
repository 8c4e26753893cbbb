"""The inbox by keyboard in a real browser: after each deed one goes on where one was, also when it is renewed meanwhile."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("scripts", [True, False])
def test_after_a_deed_the_next_line_has_the_focus_and_undo_brings_it_back(window, scripts):
    page = window("lead", java_script_enabled=scripts)
    page.goto("/inbox/")
    titles = page.locator(".inbox__title")
    first, second, count = titles.nth(0).get_attribute("id"), titles.nth(1).get_attribute("id"), titles.count()
    page.locator("[id^=done-]").first.focus()
    page.keyboard.press("Enter")
    expect(titles).to_have_count(count - 1)
    expect(titles.first).to_have_id(second)
    expect(titles.first).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(titles).to_have_count(count)
    expect(titles.first).to_have_id(first)
    expect(titles.first).to_be_focused()


def test_a_line_that_goes_while_one_is_there_gives_the_focus_to_the_next(window):
    page, other = window("lead"), window("lead")
    page.goto("/inbox/")
    titles = page.locator(".inbox__title")
    second = titles.nth(1).get_attribute("id")
    page.locator("[id^=later-]").first.focus()
    other.goto("/inbox/")
    other.locator("[id^=done-]").first.click()
    expect(other.locator(".toast")).to_be_visible()
    page.evaluate("htmx.trigger(document.body, 'inbox-changed')")
    expect(titles.first).to_have_id(second)
    expect(titles.first).to_be_focused()
    other.locator(".toast").get_by_role("button", name="Undo").click()
    expect(other.locator(".inbox__title").nth(1)).to_have_id(second)


def test_j_and_k_go_from_line_to_line(window):
    page = window("lead")
    page.goto("/inbox/")
    titles = page.locator(".inbox__title")
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(titles.nth(place)).to_be_focused()
