"""A member logs in a real browser: by line, repeat, timer, form and week sheet, in both languages, on desktop and phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import sign_in

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(params=[("en", DESKTOP), ("ja", PHONE)], ids=["English, desktop", "Japanese, phone"])
def member_page(request, chromium, own_story):
    language, viewport = request.param
    context = sign_in(chromium, own_story, "member", language, viewport=viewport)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.goto(own_story + "/")
    yield page
    context.close()
    # A question answers 422; htmx says aloud when a newer request replaces one under way. Neither is a fault.
    assert [text for text in page.said if "422" not in text and not text.startswith("htmx:")] == []


def _rows(page):
    return page.locator("#today-entries [data-entry]")


def test_by_the_line_with_its_reading_echoed_and_undone(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").press_sequentially("1h20 manual release #cs !two tries")
    expect(page.locator("#reads .tag--oudo")).to_contain_text(re.compile("1 h 20 min|1時間20分"))
    page.keyboard.press("Enter")
    expect(_rows(page)).to_have_count(before + 1)
    expect(page.locator("#log")).to_have_value("")
    expect(page.locator("#log")).to_be_focused()
    expect(_rows(page).first).to_contain_text("two tries")
    page.locator("[data-undo]").click()
    expect(_rows(page)).to_have_count(before)


def test_an_unsure_line_asks_and_the_answer_logs(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").fill("manual release 25")
    page.keyboard.press("Enter")
    page.locator("#reads button").first.click()
    expect(_rows(page)).to_have_count(before + 1)
    expect(_rows(page).first).to_contain_text(re.compile("25 min|25分"))


def test_by_a_repeat_chip_and_its_number_key(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("[data-repeats] [data-key='1']").click()
    expect(_rows(page)).to_have_count(before + 1)
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(_rows(page)).to_have_count(before + 2)


def test_by_a_timer_that_survives_closing_the_page(member_page, own_story):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").fill("log dig for an inquiry")
    page.locator("[data-timer]").click()
    expect(page.locator("[data-clock]")).to_be_visible()
    page.goto("about:blank")
    page.goto(own_story + "/")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    page.locator(".entry--running [data-timer]").click()
    expect(page.locator("[data-clock]")).to_have_count(0)
    expect(_rows(page)).to_have_count(before + 1)


def test_by_the_full_form_with_errors_beside_the_field(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/entries/new/")
    page.select_option("[name=item]", index=2)
    page.fill("[name=minutes]", "1.5")
    page.fill("[name=note]", "kept <b>as typed</b>")
    page.locator("main form .button--primary").first.click()
    expect(page.locator(".field--error .error")).to_be_visible()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name=note]")).to_have_value("kept <b>as typed</b>")
    page.fill("[name=minutes]", "８-9.15")
    page.locator("main form .button--primary").first.click()
    expect(page.locator(".toast")).to_contain_text(re.compile("1 h 15 min|1時間15分"))


def test_by_the_week_sheet_with_the_keyboard_alone(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/week/")
    cell = page.locator(".week__cell:enabled").first
    cell.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1h30")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".week__cell:enabled").first).to_have_value(re.compile("1 h 30 min|1時間30分"))
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".week__cell:enabled").first.fill("99999")
    page.keyboard.press("Tab")
    expect(page.locator(".is-wrong .error")).to_be_visible()
    expect(page.locator(".is-wrong .week__cell")).to_have_value("99999")


def test_enter_that_confirms_kana_does_not_submit(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").fill("25分 手動リリース")
    page.evaluate(
        """() => document.getElementById('log').dispatchEvent(
             new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"""
    )
    page.wait_for_timeout(300)
    assert _rows(page).count() == before
    expect(page.locator("#log")).to_have_value("25分 手動リリース")


def test_a_line_typed_offline_is_kept_and_sent_once(member_page):
    page = member_page
    before = _rows(page).count()
    page.context.set_offline(True)
    page.locator("#log").fill("15m data fix #cs !offline")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_be_visible()
    page.said.clear()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(_rows(page)).to_have_count(before + 1)
    page.reload()
    expect(_rows(page)).to_have_count(before + 1)
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_double_press_logs_once(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").fill("5m slow query watch")
    page.evaluate("() => { const b = document.querySelector('#quicklog .button--primary'); b.click(); b.click(); }")
    expect(_rows(page)).to_have_count(before + 1)
    page.wait_for_timeout(400)
    page.reload()
    expect(_rows(page)).to_have_count(before + 1)


def test_without_javascript_the_line_still_logs(chromium, own_story):
    context = sign_in(chromium, own_story, "member", "en", java_script_enabled=False)
    page = context.new_page()
    page.goto(own_story + "/")
    before = page.locator("#today-entries [data-entry]").count()
    page.fill("#log", "manual release 40")
    page.click("#quicklog .button--primary")
    page.click("#reads button >> nth=0")
    page.goto(own_story + "/")
    assert page.locator("#today-entries [data-entry]").count() == before + 1
    context.close()
