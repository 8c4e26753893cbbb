"""A member logs in a real browser: by line, repeat, timer, form and week sheet, in both languages, on desktop and phone."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect

from apps.story.load import DOMAIN, PASSWORDS
from tests.browser.people import sign_in


@pytest.fixture
def member_page(reader, chromium, own_story):
    language, viewport = reader
    context = sign_in(chromium, own_story, "member", language, viewport=viewport)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.goto(own_story + "/")
    yield page
    context.close()
    # A question answers 422; htmx says aloud when a newer request replaces one under way; Chromium says so when it is
    # offline. None of these is a fault.
    assert [text for text in page.said if not re.search("422|^htmx:|ERR_INTERNET_DISCONNECTED", text)] == []


def _come_back_online(page):
    page.context.set_offline(False)
    # Where the browser itself has said so by now, what was kept is sent and the page may be loading anew.
    with contextlib.suppress(Error):
        page.evaluate("dispatchEvent(new Event('online'))")


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


def test_a_begun_tag_is_chosen_from_the_list_by_keyboard(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").press_sequentially("25m manual release #")
    expect(page.locator("#log-list [role=option]")).to_have_count(4)
    expect(page.locator("#log")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    picked = page.locator("#log-list [aria-selected=true] b").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_have_value(f"25m manual release {picked} ")
    expect(page.locator("#log-list")).to_have_count(0)
    expect(page.locator("#reads .tag--ai")).to_be_visible()
    page.keyboard.press("Enter")
    expect(_rows(page)).to_have_count(before + 1)
    expect(_rows(page).first).to_contain_text(picked)


def test_a_list_made_for_an_earlier_text_is_not_taken(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").press_sequentially("25m manual release #")
    expect(page.locator("#log-list [aria-selected=true]")).to_have_count(1)
    page.evaluate("document.getElementById('log').value = '25m manual release !typed on'")
    page.keyboard.press("Enter")
    expect(_rows(page)).to_have_count(before + 1)
    expect(_rows(page).first).to_contain_text("typed on")


def test_a_begun_name_is_chosen_from_the_list_by_pointer_and_escape_puts_it_away(member_page):
    page = member_page
    page.locator("#log").press_sequentially("10m re")
    expect(page.locator("#log-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#log-list")).to_have_count(0)
    expect(page.locator("#log")).to_have_value("10m re")
    page.locator("#log").press_sequentially("l")
    page.locator("#log-list [role=option]").first.click()
    expect(page.locator("#log")).to_be_focused()
    expect(page.locator("#reads .tag--pine, #reads .tag--pencil")).to_be_visible()


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
    page.locator("main [data-timer]").click()
    expect(page.locator("main [data-clock]")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    page.goto("about:blank")
    page.goto(own_story + "/")
    expect(page.locator("main [data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
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
    cells = page.locator(".week__cell:enabled")
    count, first = cells.count(), cells.nth(0).input_value()
    typed, shown = (
        ("1h31", "1 h 31 min") if page.evaluate("document.documentElement.lang") == "en" else ("1h32", "1時間32分")
    )
    cells.nth(1).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)
    page.keyboard.press("ArrowDown")
    expect(cells.nth(1)).to_have_value(shown)
    expect(page.locator(".toast")).to_be_visible()
    expect(cells.nth(0)).to_have_value(first)
    cells.nth(1).fill("99999")
    page.keyboard.press("Tab")
    expect(page.locator(".is-wrong .error")).to_be_visible()
    expect(page.locator(".is-wrong .week__cell")).to_have_value("99999")
    assert cells.count() == count
    page.reload()
    expect(cells.nth(1)).to_have_value(shown)
    expect(cells.nth(0)).to_have_value(first)


def test_a_cell_of_the_week_sheet_is_undone_from_its_toast(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/week/")
    cell = page.locator(".week__cell:enabled").last
    before = cell.input_value()
    cell.fill("43")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.locator("[data-undo]").click()
    expect(page.locator(".week__cell:enabled").last).to_have_value(before)


def test_only_the_cell_that_changed_is_sent(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/week/")
    cell = page.locator(".week__cell:enabled").nth(1)
    cell.fill("17")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.keyboard.press("Tab")
    assert len(re.findall("cell-", sent.value.post_data)) == 1


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
    _come_back_online(page)
    expect(_rows(page)).to_have_count(before + 1)
    page.reload()
    expect(_rows(page)).to_have_count(before + 1)
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_repeat_pressed_offline_is_kept_and_sent_once(member_page):
    page = member_page
    chip = page.locator("[data-repeats] button").first
    before = _rows(page).count()
    page.context.set_offline(True)
    chip.click()
    expect(page.locator(".waiting")).to_be_visible()
    _come_back_online(page)
    expect(_rows(page)).to_have_count(before + 1)
    page.reload()
    expect(_rows(page)).to_have_count(before + 1)


def test_a_form_sent_offline_keeps_its_page(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/entries/new/")
    page.locator("[name=note]").fill("Still here")
    page.context.set_offline(True)
    page.locator("main form .button--primary").first.click()
    expect(page.locator(".toast--danger")).to_be_visible()
    expect(page.locator("[name=note]")).to_have_value("Still here")
    page.context.set_offline(False)


def test_an_unclear_line_typed_offline_comes_back_with_its_question_and_stays_kept(member_page):
    page = member_page
    before = _rows(page).count()
    page.context.set_offline(True)
    page.locator("#log").fill("manual release")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_be_visible()
    _come_back_online(page)
    expect(page.locator("#log")).to_have_value("manual release")
    expect(page.locator("#reads button")).not_to_have_count(0)
    page.reload()
    expect(page.locator("#log")).to_have_value("manual release")
    page.locator("#reads button").first.click()
    expect(_rows(page)).to_have_count(before + 1)
    page.reload()
    expect(page.locator("#log")).to_have_value("")
    expect(_rows(page)).to_have_count(before + 1)


def test_a_double_press_logs_once(member_page):
    page = member_page
    before = _rows(page).count()
    page.locator("#log").fill("5m slow query watch")
    page.evaluate("() => { const b = document.querySelector('#quicklog .button--primary'); b.click(); b.click(); }")
    expect(_rows(page)).to_have_count(before + 1)
    page.wait_for_timeout(400)
    page.reload()
    expect(_rows(page)).to_have_count(before + 1)


def test_the_sums_beside_the_log_follow_without_loading_the_page(member_page):
    page = member_page
    before = page.locator("#week-panel .aside").inner_text()
    page.locator("#log").fill("7m slow query watch")
    page.keyboard.press("Enter")
    expect(page.locator("#week-panel .aside")).not_to_have_text(before)


def test_an_undo_stays_on_the_page_and_offers_redo(member_page, own_story):
    page = member_page
    page.goto(own_story + "/toil/?who=me&days=7")
    page.locator("#log").fill("9m slow query watch")
    page.keyboard.press("Enter")
    page.locator("[data-undo]").click()
    page.wait_for_load_state()
    assert page.url.endswith("/toil/?who=me&days=7")
    expect(page.locator("[data-undo]")).to_have_text(re.compile("Redo|やり直す"))
    page.locator("[data-undo]").click()
    expect(page.locator("[data-undo]")).to_have_text(re.compile("Undo|元に戻す"))


def test_every_shortcut_works_from_any_page(member_page, own_story):
    page = member_page
    for key, place in (("?", "/shortcuts/"), ("/", "/toil/?find"), ("g w", "/toil/week/"), ("g i", "/toil/items/"),
                       ("g h", "/"), ("g t", "/toil/"), ("g k", "/stakeholders/"), ("l", "/toil/log/")):  # fmt: skip
        page.goto(own_story + "/settings/")
        page.locator("h1").click()
        for each in key.split():
            page.keyboard.press(each)
        page.wait_for_url(own_story + place)
    expect(page.locator("#log")).to_be_focused()
    page.goto(own_story + "/toil/?find")
    expect(page.locator("[data-search]")).to_be_focused()


def test_the_timer_is_started_and_stopped_from_any_page(member_page, own_story):
    page = member_page
    page.goto(own_story + "/settings/")
    page.locator("h1").click()
    with page.expect_navigation():
        page.keyboard.press("t")
    page.goto(own_story + "/toil/timer/")
    page.fill("[name=new_item]", "water the plants")
    page.fill("[name=minutes]", "5m")
    page.locator("main .button--primary").click()
    expect(page.locator(".toast")).to_contain_text("water the plants")
    page.locator("[data-undo]").click()
    page.goto(own_story + "/toil/items/?q=water")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_session_that_ended_is_said_and_the_line_stays(member_page):
    page = member_page
    page.context.clear_cookies()
    page.locator("#log").press_sequentially("25m manual release")
    expect(page.locator(".toast--danger a")).to_be_visible()
    expect(page.locator("#log")).to_have_value("25m manual release")
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value("25m manual release")
    page.said.clear()


def test_after_signing_in_again_what_was_typed_is_sent_once_more_and_kept(member_page, own_story, reader):
    page, name = member_page, f"Typed before the session ended, {reader[0]}"
    page.goto(own_story + "/toil/items/new/")
    page.fill("[name=name]", name)
    # Only the session: its key outlives it in most browsers.
    page.context.clear_cookies(name="session")
    page.locator("main .button--primary").click()
    with page.context.expect_page() as opened:
        page.locator("a[target=_blank].button--primary").click()
    other = opened.value
    other.fill("[name=login]", f"kenta@{DOMAIN}")
    other.fill("[name=password]", PASSWORDS["kenta"])
    other.click("main .button--primary")
    other.wait_for_url(f"{own_story}/")
    other.close()
    page.locator("form[data-resend] .button--primary").click()
    expect(page.locator("h1")).to_have_text(name)
    page.said.clear()


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
