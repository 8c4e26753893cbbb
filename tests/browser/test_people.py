"""People in a real browser: interests said and proposed, a note written, answered and seen, on a phone and without scripts."""

from playwright.sync_api import expect

from tests.browser.future_map import violations
from tests.browser.people import PHONE

WORDS = "Asked how the rollback works, then tried it on staging"


def test_a_note_is_seen_by_two_until_the_person_says_yes(window):
    lead, person, manager = window("lead"), window("member"), window("manager")
    lead.goto("/people/")
    lead.get_by_role("link", name="Note a signal").click()
    lead.get_by_label("About whom").select_option(label="Kenta Sasaki")
    lead.locator("[name=words]").fill(WORDS)
    lead.locator("[name=place]").fill("Lunch")
    lead.locator("[name=day]").fill("")
    lead.get_by_role("button", name="Note it").click()
    expect(lead.locator(".error-summary")).to_be_focused()
    expect(lead.locator("[name=words]")).to_have_value(WORDS)
    lead.locator("[name=day]").fill("2026-11-02")
    lead.get_by_role("button", name="Note it").click()
    expect(lead.locator(".toast")).to_contain_text("nobody else until they say yes")
    expect(lead.locator(".interests")).to_contain_text(["only you and Kenta see it"] * 1)
    assert violations(lead) == []
    manager.goto("/people/")
    expect(manager.locator("main")).not_to_contain_text(WORDS)

    person.goto("/people/")
    person.locator(".nudge").get_by_role("link", name="Look").click()
    note = person.locator(".interests > li").filter(has_text=WORDS)
    expect(note).to_contain_text("noted by Aoi Mizuno")
    assert violations(person) == []
    note.get_by_role("link", name="In my own words").click()
    person.locator("[name=words]").fill("I tried a rollback on staging")
    person.locator("[name=answer]").fill("I would drive one.")
    person.get_by_role("button", name="Keep it like this").click()
    manager.goto("/people/")
    kept = manager.locator(".interests > li").filter(has_text="I tried a rollback on staging")
    expect(kept).to_contain_text("Kenta said yes to keeping this")
    expect(kept).to_contain_text("I would drive one.")
    person.goto("/me/record/")
    expect(person.locator("main")).to_contain_text("Tomoko Hayashi")
    person.locator(".interests > li").filter(has_text="I tried a rollback").get_by_role(
        "button", name="Erase it"
    ).click()
    manager.goto("/people/")
    expect(manager.locator("main")).not_to_contain_text("I tried a rollback on staging")


def test_interests_on_a_phone_in_japanese_and_dark(window):
    page = window("member", "ja", viewport=PHONE, color_scheme="dark")
    page.goto("/people/interests/")
    page.locator("[name=topic]").fill("オブザーバビリティ")
    page.locator("#say .button--primary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name=topic]")).to_have_value("オブザーバビリティ")
    page.locator("[name=wants][value=mob]").check()
    page.locator("#say .button--primary").click()
    mine = page.locator(".interests > li").filter(has_text="オブザーバビリティ").first
    expect(mine).to_contain_text("モブで取り組む")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.goto("/people/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_a_proposal_is_answered_without_javascript(window):
    page = window("member", java_script_enabled=False)
    page.goto("/people/interests/")
    asked = page.locator(".interests > li").filter(has_text="PostgreSQL upgrades").first
    expect(asked).to_contain_text("Aoi Mizuno thinks so.")
    asked.get_by_role("button", name="Yes, keep it").click()
    page.goto("/people/")
    expect(page.locator(".table--matrix tbody")).to_contain_text("PostgreSQL upgrades")
