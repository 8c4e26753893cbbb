"""A mob in a real browser, from its plan to a confirmed step: the lead in English, who climbs in Japanese on a phone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.future_map import violations
from tests.browser.people import PHONE

NOW = datetime.now(ZoneInfo("Asia/Tokyo"))
# It has begun, and it began today.
BEGAN = max(NOW - timedelta(minutes=10), NOW.replace(hour=0, minute=0))


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def alone(page: Page) -> int:
    page.goto("/toil/items/5/")
    figure = page.locator(".figure").filter(has_text="alone").locator(".figure__value")
    return int(figure.inner_text().split()[0])


def test_from_a_plan_to_one_more_who_can_do_it_alone(window):
    lead, manager = window("lead"), window("manager")
    climber = window("member", "ja", viewport=PHONE, color_scheme="dark")
    before = alone(manager)
    lead.goto("/toil/items/5/")
    lead.get_by_role("link", name="Plan a mob").click()
    lead.locator("[name=title]").fill("Duplicates of November")
    lead.locator("[name=day]").fill(BEGAN.date().isoformat())
    lead.locator("[name=clock]").fill(f"{BEGAN:%H:%M}")
    lead.get_by_role("button", name="Plan it").click()
    expect(lead.locator("h1")).to_have_text("Duplicates of November")
    address = lead.url
    lead.locator(".rsvp").get_by_role("button", name="Going").click()

    climber.goto(address)
    climber.locator(".rsvp").get_by_role("button", name="参加", exact=True).click()
    climber.locator(".roles__mine").get_by_role("button", name="教える").click()
    expect(climber.locator("#role-teaching + p + ul")).to_contain_text("Sasaki")
    fits(climber)
    climber.get_by_role("button", name="います", exact=True).click()
    expect(climber.locator(".there")).to_contain_text("Sasaki")

    lead.goto(address)
    lead.get_by_role("button", name="Start the turns now").click()
    expect(lead.locator(".rota [aria-current]")).to_contain_text("What and why")
    lead.get_by_role("button", name="Begin a checklist").click()
    lead.get_by_role("button", name="One real case is picked", exact=True).click()
    expect(lead.locator(".checklist .is-done")).to_have_text("One real case is picked")
    lead.get_by_role("link", name="List them").click()
    fits(lead)
    expect(lead.get_by_label("Kenta Sasaki", exact=True)).to_be_disabled()
    lead.get_by_label("Role of Kenta Sasaki").select_option("teaching")
    lead.get_by_label("A guest, by name").fill("Ann from Hidamari")
    lead.get_by_role("button", name="Save").click()
    expect(lead.get_by_label("Ann from Hidamari")).to_be_checked()
    lead.goto(address)
    lead.get_by_label("What surprised us?").fill("The tablet goes offline at pick-up time.")
    lead.get_by_label("What would make this need nobody?").fill("A screen for support")
    lead.locator("form").filter(has=lead.locator("[name=surprised]")).get_by_role("button", name="Save").click()
    expect(lead.locator("#notes-title")).to_be_in_viewport()
    expect(lead.locator("main")).to_contain_text("The tablet goes offline")
    fits(lead)
    lead.get_by_role("button", name="Ask Kenta").click()
    expect(lead.locator(".climbed")).to_contain_text("waits for an answer")
    assert alone(manager) == before, "until Kenta says yes nothing counts"
    manager.goto(address)
    expect(manager.locator(".climbed .tag--pencil")).to_have_count(0)

    climber.goto("/me/record/")
    fits(climber)
    asked = climber.locator(".interests > li").filter(has_text="Duplicates of November")
    asked.get_by_role("button").first.click()
    assert alone(manager) == before + 1
    manager.goto(f"/people/{climber.evaluate('document.body.dataset.member')}/")
    expect(manager.locator(".climbs")).to_contain_text("Duplicates of November")

    lead.goto(address)
    lead.get_by_role("link", name="Make it an item of the map").click()
    expect(lead.locator("[name=title]")).to_have_value("A screen for support")
