"""The future map drawn in a real browser: by mouse, by keyboard and without scripts, published with its reason, and put
together after two have drawn at once.
"""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.future_map import (
    LEARNED,
    WHY,
    day_of,
    days_of,
    edit,
    fresh_draft,
    give_reason,
    in_words,
    keep,
    publish,
    violations,
    wait_for_days,
)
from tests.browser.people import PHONE


def test_a_first_map_from_nothing_to_everybody(window, without_map):
    page = window("lead", at=without_map)
    page.goto("/map/")
    page.locator(".empty .button--primary").click()
    page.locator("form.form .button--primary").wait_for()
    page.fill("[name=title]", "A year of handing over")
    page.locator("form.form .button--primary").click()
    expect(page.locator("h1")).to_have_text("Your first map")
    # Beside the picture, which opens a panel.
    page.locator("[data-lane=goals] .lane__add").click()
    page.fill("#panel [name=title]", "Releases without me")
    page.locator("#panel [name=sure][value=likely]").check()
    page.locator("#panel .button--primary").click()
    expect(page.locator("[data-lane=goals] .plan__t")).to_have_text("Releases without me")
    page.locator(".draft-tools a", has_text="Add a lane").click()
    page.fill("[name=name]", "Learning")
    page.check("[name=ground][value=below]")
    keep(page)
    own = page.locator("[data-lane]", has=page.locator(".lane__name", has_text="Learning"))
    own.locator(".lane__add").click()
    page.fill("#panel [name=title]", "A book each month")
    page.locator("#panel .button--primary").click()
    expect(own.locator(".plan__t")).to_have_text("A book each month")
    page.locator("#map .shape__edit").first.click()
    page.fill("#panel [name=name]", "Alone, still")
    page.fill("#panel [name=sentence]", "Write down what nobody else knows.")
    page.select_option("#panel [name=seats-0-member]", label="Aoi Mizuno")
    page.fill("#panel [name=seats-1-role]", "Somebody from outside")
    page.select_option("#panel [name=seats-1-how]", "hoped")
    page.locator("#panel .button--primary").click()
    expect(page.locator("#map .shape").first.locator(".who")).to_have_count(2)
    page.locator(".draft-tools a", has_text="Title and backstory").click()
    page.fill("[name=past-0-when]", "2023")
    page.fill("[name=past-0-text]", "Containers at last")
    keep(page)
    page.locator("[data-publish]").click()
    expect(page.locator("h1")).to_have_text("The first map")
    expect(page.locator("[name=learned], [name=why]")).to_have_count(0)  # the first is asked for no reason
    publish(page)
    expect(page.locator(".head__lede")).to_contain_text("A year of handing over")

    reader = window("member", at=without_map)
    reader.goto("/map/")
    expect(reader.locator("#map .plan__t")).to_have_text(["Releases without me", "A book each month"])
    expect(reader.locator("#map .lane__name")).to_contain_text(["Team shape", "Provisional goals", "Soil"])
    expect(reader.locator("#map .quarter").first).to_contain_text("Alone, still")
    expect(reader.locator(".backstory")).to_contain_text("Containers at last")
    expect(reader.locator("a[href*='/draft/']")).to_have_count(0)
    reader.goto("/")
    expect(reader.locator("main")).to_contain_text("Write down what nobody else knows.")

    phone = window("member", at=without_map, viewport=PHONE)
    phone.goto("/map/")
    expect(phone.locator("#map")).to_be_hidden()
    now = phone.locator(".core[aria-current]")
    expect(now.locator(".plan__t")).to_have_text(["Releases without me", "A book each month"])
    expect(now.locator(".core__sentence")).to_be_visible()


def test_drawing_by_the_keyboard_alone(window):
    page = fresh_draft(window("lead"))
    item, says, week = page.locator("#map #i-half"), page.locator("#drawn [role=status]"), timedelta(days=7)
    first, last = days_of(page, "half")
    item.focus()
    page.keyboard.press("ArrowRight")
    wait_for_days(page, "half", first + week, last + week)
    expect(item).to_be_focused()
    expect(says).to_contain_text(f"{(first + week).day} {first + week:%b} to")
    page.keyboard.press("ArrowLeft")
    wait_for_days(page, "half", first, last)
    page.keyboard.press("Shift+ArrowLeft")
    wait_for_days(page, "half", first, last - week)
    expect(item).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    wait_for_days(page, "half", first, last)
    page.keyboard.press("Alt+ArrowDown")
    wait_for_days(page, "half", first, last, lane="soil")
    expect(item).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    wait_for_days(page, "half", first, last, lane="goals")
    expect(item).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(says).to_have_text("That is as far as it goes.")
    page.keyboard.press("Control+z")
    wait_for_days(page, "half", first, last, lane="soil")
    page.keyboard.press("Control+z")
    wait_for_days(page, "half", first, last, lane="goals")
    page.keyboard.press("Control+Shift+Z")
    wait_for_days(page, "half", first, last, lane="soil")


def test_no_key_is_lost_and_neither_is_what_was_typed(window):
    page = fresh_draft(window("lead"))
    first, last = days_of(page, "half")
    weeks = timedelta(days=7 * 5)
    page.locator("#map #i-half").focus()
    for _press in range(5):
        page.keyboard.press("ArrowLeft")
    wait_for_days(page, "half", first - weeks, last - weeks)
    page.locator("#map #i-half").click()
    page.locator("#panel [name=title]").fill("Half typed")
    page.keyboard.press("Escape")
    expect(page.locator("#panel > *")).to_have_count(0)
    page.locator("#map #i-mob").click()
    expect(page.locator("#panel [name=title]")).to_have_value("Mob Thursdays")
    page.locator("#map #i-half").click()
    expect(page.locator("#panel [name=title]")).to_have_value("Half typed")
    expect(page.locator("[data-typed-again]")).to_be_visible()


def _drag(page: Page, item: str, right: float, down: float = 0, *, by: str = "", back: bool = False) -> None:
    """Takes an item by the mouse, or pulls its “start” or “end”, as far as that many days and pixels."""
    box, plot = (page.locator(f"#map {each}").bounding_box() for each in (f"#i-{item}", f".lane__plot:has(#i-{item})"))
    x = box["x"] + {"start": 4, "end": box["width"] - 5}.get(by, box["width"] / 2)
    y = box["y"] + box["height"] / 2
    across = right * plot["width"] / float(page.locator("[data-draft]").get_attribute("data-days"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=4)
    if back:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_dragging_with_the_mouse(window):
    page = fresh_draft(window("lead"))
    first, last = days_of(page, "half")
    address, sent = page.url, []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    fortnight = timedelta(days=14)
    _drag(page, "half", 14)
    wait_for_days(page, "half", first + fortnight, last + fortnight, lane="goals")
    expect(page.locator("#map #i-half")).to_be_focused()
    _drag(page, "half", -14, by="end")
    wait_for_days(page, "half", first + fortnight, last, lane="goals")
    _drag(page, "half", -14, by="start")
    wait_for_days(page, "half", first, last, lane="goals")
    _drag(page, "half", 14, by="start")
    wait_for_days(page, "half", first + fortnight, last, lane="goals")
    soil, goals = (page.locator(f"[data-lane={lane}]").bounding_box() for lane in ("soil", "goals"))
    _drag(page, "half", 0, down=soil["y"] - goals["y"] + 30)
    wait_for_days(page, "half", first + fortnight, last, lane="soil")
    assert page.url == address
    expect(page.locator("#panel > *")).to_have_count(0)
    assert len(sent) == 5
    # Away and back again is nothing, and the click that ends it opens nothing.
    _drag(page, "half", 30, back=True)
    _drag(page, "mob", -30, by="end", back=True)
    assert page.url == address
    page.locator("#map #i-half").click()
    expect(page.locator("#panel [name=title]")).to_have_value("Half of releases driven by developers")
    assert len(sent) == 5
    page.keyboard.press("Escape")
    expect(page.locator("#map #i-half")).to_be_focused()
    assert page.url == address


def test_a_pivot_asks_for_its_reason_and_is_read(window):
    page = fresh_draft(window("lead"))
    page.goto("/map/draft/items/alerts/")
    page.locator("main form[action$='/drop/'] button").click()
    page.locator("[data-publish]").click()
    expect(page.locator("h1")).to_have_text("This is a pivot", use_inner_text=True)
    page.fill("[name=name]", "Alerts can wait")
    page.fill("[name=why]", "too short")
    page.check("[name=sure][value=firm]")
    page.get_by_label("Sakura Endo").check()
    page.locator(".form--publish .button--pivot").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary li")).to_have_count(2)
    assert page.title().startswith("Error:")
    expect(page.locator("[name=name]")).to_have_value("Alerts can wait")
    expect(page.locator("[name=why]")).to_have_value("too short")
    expect(page.locator("[name=sure][value=firm]")).to_be_checked()
    expect(page.get_by_label("Sakura Endo")).to_be_checked()
    assert violations(page) == []
    page.locator(".error-summary a").first.click()
    expect(page.locator("[name=learned]")).to_be_focused()
    give_reason(page, "Alerts can wait")
    publish(page)
    expect(page.locator("#map")).not_to_contain_text("Alert clean-up week")

    reader, manager = window("member"), window("manager")
    reader.goto("/")
    expect(reader.locator(".nudge--pivot")).to_contain_text("Alerts can wait")
    reader.goto("/map/")
    note = reader.locator(".pivot-note")
    expect(note).to_contain_text(LEARNED)
    expect(note).to_contain_text(WHY)
    expect(note).to_contain_text("Alert clean-up week")
    expect(reader.locator(".map-foot")).to_contain_text("0 of 7 have read")
    note.get_by_role("button", name="I have read it").click()
    expect(reader.locator(".pivot-note")).to_contain_text("1 of 7 have read it.")
    expect(reader.get_by_role("button", name="I have read it")).to_have_count(0)
    expect(reader.locator(".pivot-note small")).not_to_contain_text("Kenta")
    there = reader.url
    page.goto(there)
    expect(page.locator(".pivot-note small")).to_contain_text("1 of 7 have read it. Kenta Sasaki")
    manager.goto(there)
    expect(manager.locator(".pivot-note small")).to_contain_text("1 of 7 have read it.")
    expect(manager.locator(".pivot-note small")).not_to_contain_text("Kenta")
    reader.goto("/")
    expect(reader.locator(".nudge--pivot")).to_have_count(0)


def test_an_adjustment_needs_no_reason_and_may_be_called_a_pivot(window):
    page = fresh_draft(window("lead"))
    edit(page, "oncall", title="On-call, three of us")
    page.locator("[data-publish]").click()
    expect(page.locator("h1")).to_have_text("This is an adjustment", use_inner_text=True)
    fields = page.locator(".pivot-fields [name=learned]")
    expect(fields).to_be_hidden()
    page.check("[name=is_pivot]")
    expect(fields).to_be_visible()
    page.locator(".form--publish .button--primary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(fields).to_be_visible()
    page.uncheck("[name=is_pivot]")
    expect(fields).to_be_hidden()
    publish(page)
    expect(page.locator("#map #i-oncall")).to_contain_text("On-call, three of us")
    page.goto("/map/history/")
    newest = page.locator(".story > li").first
    expect(newest).to_have_class("story__small")
    expect(newest).to_contain_text("On-call, three of us")


def test_evidence_is_searched_while_what_is_ticked_stays(window):
    page = fresh_draft(window("lead"))
    edit(page, "oncall", title="On-call, four of us")
    page.goto("/map/draft/publish/")
    page.check("[name=is_pivot]")
    give_reason(page, "Four are enough")
    page.locator(".form__more summary").click()
    page.locator("[name=evidence]").first.check()
    ticked = page.locator("[name=evidence]").first.get_attribute("value")
    search = page.get_by_label("Search observations, check-ins, meetings and toil")
    search.fill("release")
    expect(page.locator("#found")).to_contain_text("this.")
    search.press("Enter")
    expect(page.locator("h1")).to_have_text("This is a pivot", use_inner_text=True)
    expect(page.locator(f"[name=evidence][value='{ticked}']")).to_be_checked()
    other = page.locator(f"[name=evidence]:not([value='{ticked}'])").first
    other.check()
    search.fill("no such thing")
    expect(page.locator("#found")).to_have_text("Nothing else says this.")
    expect(page.locator("[name=evidence]")).to_have_count(2)
    expect(page.locator("[name=evidence]:checked")).to_have_count(2)
    assert violations(page) == []
    publish(page)
    page.goto("/map/history/")
    page.get_by_role("link", name="Four are enough").first.click()
    expect(page.locator(".pivot-note .plain-list li")).to_have_count(2)


def test_what_changed_in_another_window_is_shown_before_it_is_published(window):
    page = fresh_draft(window("lead"))
    edit(page, "half", signal="Seen by both")
    page.goto("/map/draft/publish/")
    other = page.context.new_page()
    edit(other, "mob", signal="Not seen yet")
    page.get_by_label("A word about it").fill("Typed with care")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[role=alert] h2")).to_have_text("Your draft changed since you looked")
    expect(page.get_by_label("A word about it")).to_have_value("Typed with care")
    expect(page.locator(".changes")).to_contain_text("Not seen yet")
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile("/map/$"))


def test_two_leads_draw_at_once_and_nothing_is_lost(window):
    first, second = window("lead"), window("manager")
    _give_role(first, "Tomoko Hayashi", "lead")
    try:
        for page in (first, second):
            fresh_draft(page)
        edit(first, "datafix", start=day_of(6, 9).isoformat())
        edit(first, "mob", title="Mob Thursdays, all of us")
        edit(second, "datafix", start=day_of(6, 10).isoformat(), signal="No ticket waits for a day.")
        edit(second, "circle", title="Reading circle, slowly")
        first.locator("[data-publish]").click()
        publish(first)

        second.goto("/map/draft/")
        expect(second.locator(".notice")).to_contain_text("Somebody published since you began")
        second.locator("[data-publish]").click()
        expect(second).to_have_url(re.compile("/map/draft/merge/"))
        asked = second.locator(".collision")
        expect(asked).to_have_count(1)
        expect(asked).to_contain_text("Data-fix screen for support")
        expect(asked).to_contain_text(f"{day_of(6, 9).day} {day_of(6, 9):%b}")
        expect(asked).to_contain_text(f"{day_of(6, 10).day} {day_of(6, 10):%b}")
        expect(second.locator("[aria-labelledby=theirs-title]")).to_contain_text("Mob Thursdays, all of us")
        assert violations(second) == []
        second.locator("main form .button--primary").click()
        expect(second.locator(".error-summary")).to_be_focused()
        expect(second.locator(".collision .error")).to_be_visible()
        assert violations(second) == []
        asked.locator("[value=mine]").check()
        second.locator("main form .button--primary").click()
        expect(second.locator("[aria-labelledby=kept-title] li").first).to_contain_text(
            "as it was before you merged it"
        )
        expect(second.locator("#map #i-mob")).to_contain_text("Mob Thursdays, all of us")
        expect(second.locator("#map #i-circle")).to_contain_text("Reading circle, slowly")
        assert days_of(second, "datafix")[0] == day_of(6, 10)
        second.locator("[data-publish]").click()
        publish(second)
        first.goto("/map/items/datafix/")
        expect(first.locator("main")).to_contain_text("No ticket waits for a day.")
        expect(first.locator("main")).to_contain_text(in_words(day_of(6, 10)))
        first.goto("/map/")
        expect(first.locator("#map #i-circle")).to_contain_text("Reading circle, slowly")
        expect(first.locator("#map #i-mob")).to_contain_text("Mob Thursdays, all of us")
    finally:
        _give_role(first, "Tomoko Hayashi", "manager")


def _give_role(page: Page, name: str, role: str) -> None:
    page.goto("/settings/members/")
    page.locator("main a", has_text=name).click()
    page.select_option("main [name=role]", role)
    page.locator("main form .button--primary").click()
    page.wait_for_url("**/settings/members/")


def test_two_tabs_of_one_draft(window):
    page = fresh_draft(window("lead"))
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/map/draft/items/postgres/")
    page.fill("[name=title]", "PostgreSQL, in one night")
    page.fill("[name=signal]", "Nobody notices.")
    keep(page)
    other.fill("[name=title]", "PostgreSQL, in two nights")
    other.fill("[name=notes]", "Rehearse **twice**.")
    with other.expect_response(lambda response: response.request.method == "POST") as answered:
        other.locator("main form.form .button--primary").click()
    assert answered.value.status == 409
    asked = other.locator(".notice--danger")
    expect(asked).to_be_focused()
    expect(asked).to_contain_text("What it is")
    expect(other.locator("[name=title]")).to_have_value("PostgreSQL, in two nights")
    expect(other.locator("[name=notes]")).to_have_value("Rehearse **twice**.")
    assert violations(other) == []
    other.get_by_role("button", name="Use mine").click()
    other.wait_for_url("**/map/draft/?map=*")
    other.goto("/map/draft/items/postgres/")
    expect(other.locator("[name=title]")).to_have_value("PostgreSQL, in two nights")
    expect(other.locator("[name=signal]")).to_have_value("Nobody notices.")
    expect(other.locator("[name=notes]")).to_have_value("Rehearse **twice**.")
    # What the two tabs touch apart needs no question.
    page.goto("/map/draft/items/postgres/")
    page.fill("[name=notes]", "Rehearse three times.")
    keep(page)
    other.fill("[name=signal]", "Nobody notices anything.")
    keep(other)
    other.goto("/map/draft/items/postgres/")
    expect(other.locator("[name=signal]")).to_have_value("Nobody notices anything.")
    expect(other.locator("[name=notes]")).to_have_value("Rehearse three times.")


def test_a_lead_without_javascript(window):
    page = fresh_draft(window("lead", java_script_enabled=False))
    first, last = days_of(page, "audit")
    week = timedelta(days=7)
    page.locator("#map #i-audit").click()
    page.get_by_role("button", name="A week earlier").click()
    wait_for_days(page, "audit", first - week, last - week)
    page.locator("[data-undo-step]").click()
    wait_for_days(page, "audit", first, last)
    page.locator("[data-redo-step]").click()
    wait_for_days(page, "audit", first - week, last - week)
    page.locator("[data-undo-step]").click()
    page.locator(".draft-tools a", has_text="Add an item").click()
    page.fill("[name=title]", "Weed the alerts")
    page.select_option("[name=lane]", "soil")
    keep(page)
    page.locator("#map .plan", has_text="Weed the alerts").click()
    page.fill("[name=title]", "Weed the alerts weekly")
    keep(page)
    page.locator("[data-publish]").click()
    expect(page.locator("h1")).to_have_text("This is an adjustment", use_inner_text=True)
    page.fill("[name=note]", "Asked for in the mob")
    publish(page)
    expect(page.locator("#map .lane--soil")).to_contain_text("Weed the alerts weekly")
    # Back to where it was: a pivot that says so.
    page.locator("[data-previous]").click()
    page.locator(".past-strip a", has_text="Go back to this version").click()
    page.get_by_role("button", name="Make a draft of it").click()
    expect(page.locator("h1")).to_have_text("This is a pivot", use_inner_text=True)
    give_reason(page, "Weeding was enough")
    publish(page)
    expect(page.locator("#map")).not_to_contain_text("Weed the alerts")
