"""Gatherings in a real browser: planned, answered, moved, skipped; on a phone, in Japanese, and without scripts."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.future_map import violations
from tests.browser.people import PHONE

SOON = (datetime.now(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=9)).isoformat()


def test_planned_answered_moved_and_skipped(window):
    lead, person = window("lead"), window("member")
    lead.goto("/gatherings/")
    lead.get_by_role("link", name="Plan a gathering").first.click()
    lead.get_by_label("Mob session").check()
    expect(lead.locator("[name=interval]")).to_be_hidden()
    lead.locator("[name=repeats]").select_option("weekly")
    expect(lead.locator("[name=interval]")).to_be_visible()
    expect(lead.locator("[name=count]")).to_be_hidden()
    lead.locator("[name=day]").fill(SOON)
    lead.get_by_role("button", name="Plan it").click()
    expect(lead.locator(".error-summary")).to_be_focused()
    expect(lead.locator("[name=repeats]")).to_have_value("weekly")
    lead.locator("[name=title]").fill("Restart together")
    lead.locator("[name=seats]").fill("1")
    lead.get_by_role("button", name="Plan it").click()
    expect(lead.locator("h1")).to_have_text("Restart together")
    expect(lead.locator(".toast")).to_contain_text("It is planned")
    assert violations(lead) == []
    address = lead.url

    person.goto(address)
    person.get_by_role("button", name="Join").click()
    person.locator(".rsvp").get_by_role("button", name="Going").click()
    expect(person.locator(".rsvp [aria-pressed=true]")).to_contain_text("Going")
    lead.goto(address)
    lead.locator(".rsvp").get_by_role("button", name="Going").click()
    expect(lead.locator(".toast").last).to_contain_text("waiting list")
    person.locator(".rsvp").get_by_role("button", name="Not this time").click()
    lead.reload()
    expect(lead.locator(".rsvp + .tag")).to_have_count(0)

    lead.locator("#next-title a").click()
    lead.get_by_role("link", name="Change or move").click()
    expect(lead.locator("[name=repeats]")).to_be_hidden()
    lead.get_by_label("This and following").check()
    expect(lead.locator("[name=repeats]")).to_be_visible()
    lead.locator("[name=clock]").fill("16:30")
    lead.get_by_role("button", name="Save").click()
    expect(lead.locator(".head__lede")).to_contain_text("16:30")
    assert violations(lead) == []
    lead.get_by_role("button", name="Skip it for everybody").click()
    expect(lead.locator(".toast").last).to_contain_text("No harm done")


def test_an_open_chapter_is_taken_on_a_phone_in_japanese_and_dark(window):
    page = window("member", "ja", viewport=PHONE, color_scheme="dark")
    page.goto("/gatherings/1/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    taken = page.locator(".chapters li").filter(has_text="Simplicity")
    taken.get_by_role("button", name="引き受ける").click()
    expect(page.locator(".chapters li").filter(has_text="Simplicity")).to_contain_text("Sasaki")
    page.locator(".chapters li").filter(has_text="Simplicity").locator("a").first.click()
    page.wait_for_url(lambda address: not address.endswith("/gatherings/1/"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_all_of_it_without_javascript(window):
    page = window("member", java_script_enabled=False)
    page.goto("/gatherings/new/?kind=reading")
    expect(page.locator("[name=interval]")).to_be_visible()
    page.locator("[name=title]").fill("A book without scripts")
    page.locator("[name=repeats]").select_option("monthly")
    page.get_by_label("On the same weekday, as the second Tuesday").check()
    page.locator("[name=day]").fill(SOON)
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator("h1")).to_have_text("A book without scripts")
    page.locator(".rsvp").get_by_role("button", name="Online").click()
    expect(page.locator(".rsvp [aria-pressed=true]")).to_contain_text("Online")
    page.goto("/gatherings/calendar/")
    page.get_by_role("button", name=re.compile("Make the address.*My gatherings")).click()
    address = page.get_by_label("My gatherings").input_value()
    text = page.request.get(address).text()
    assert "A book without scripts" in text and "BEGIN:VTIMEZONE" in text


def test_an_idea_is_put_away(window):
    page = window("lead")
    page.goto("/gatherings/ideas/")
    first = page.locator(".interests > li").first
    title = first.locator("b").first.text_content()
    first.get_by_role("button", name="Not yet").click()
    expect(page.locator("main")).not_to_contain_text(title)
    assert violations(page) == []


def test_a_circle_is_started_from_an_idea(window):
    lead, person = window("lead"), window("member", "ja", viewport=PHONE)
    lead.goto("/people/")
    idea = lead.locator(".nudge").filter(has_text="people want")
    topic = idea.locator("h2").inner_text().split(" want ")[1]
    idea.get_by_role("link").first.click()
    expect(lead.locator("[name=topic]")).to_have_value(topic)
    lead.locator("[name=title]").fill("Lunch with a book")
    lead.locator("[name=repeats]").select_option("weekly")
    lead.locator("[name=day]").fill(SOON)
    lead.get_by_role("button", name="Plan it").click()
    assert lead.locator("[name=people]:checked").count() >= 3, "whom the idea named"
    assert violations(lead) == []
    lead.get_by_role("button", name="Invite").click()
    expect(lead.locator(".toast").last).to_contain_text("are invited")
    person.goto("/gatherings/")
    person.get_by_role("link", name="Lunch with a book").first.click()
    person.locator(".rsvp").get_by_role("button", name="参加", exact=True).click()
    expect(person.locator(".rsvp [aria-pressed=true]")).to_contain_text("参加")
    lead.goto("/people/")
    expect(lead.locator(".nudge").filter(has_text=f"want {topic}")).to_have_count(0)
