"""The future map in a real browser: drawn from nothing, by mouse, by keyboard and without scripts, published with its
reason, put together after two have drawn at once, and read on any screen, as of any day and on paper.
"""

import calendar
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from apps.story.year import MONTHS_BEFORE_TODAY
from apps.toil import months
from tests.browser.people import sign_in
from tests.browser.test_every_address import AXE, LOOK

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date()  # of the story's people
START = months.step(months.first(TODAY), -MONTHS_BEFORE_TODAY)
LEARNED = "Two of three releases waited for somebody who was away."
WHY = "The budget of the quarter is decided on Friday."


@pytest.fixture
def window(chromium, own_story):
    """Opens a window for a role. In none of them the console says anything but refusals that a test asks for."""
    contexts, said = [], []

    def opened(role: str, language: str = "en", at: str = own_story, viewport=DESKTOP, **options) -> Page:
        context = sign_in(chromium, at, role, language, viewport=viewport, base_url=at, **options)
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in said if not re.search("status of 4(22|09)", text)] == []


def _day(month: int, of_month: int) -> date:
    """A day of the story's map, as apps.story.year tells it."""
    first = months.step(START, month)
    return first.replace(day=min(of_month, calendar.monthrange(first.year, first.month)[1]))


def _long(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _fresh_draft(page: Page) -> Page:
    """The draft of whoever looks at `page`, with nothing changed in it."""
    page.goto("/map/draft/")
    aside = page.locator("form[action$='/draft/aside/'] button")
    if aside.count():
        with page.expect_navigation():
            aside.click()
    return page


def _when(page: Page, item: str) -> tuple[date, date]:
    """First and last day of an item of the picture, as its link says them."""
    text = page.locator(f"#map #i-{item} .plan__m .visually-hidden").text_content()
    ends = [datetime.strptime(f"{end} 2000", "%d %b %Y").date() for end in text.removeprefix(", ").split(" to ")]
    first, last = (end.replace(year=START.year + (end.month < START.month)) for end in ends)
    return first, last


def _lasts(page: Page, item: str, first: date, last: date, lane: str = "") -> None:
    """Waits until the picture shows the item on these days, and in that lane."""
    says = f", {first.day} {first:%b} to {last.day} {last:%b}"
    within = f"[data-lane={lane}]" if lane else "#map"
    expect(page.locator(f"{within} #i-{item} .plan__m .visually-hidden")).to_have_text(says)


def _edit(page: Page, item: str, **fields: str) -> None:
    """Changes an item in the draft through its form on a page of its own."""
    page.goto(f"/map/draft/items/{item}/")
    for name, value in fields.items():
        page.fill(f"form.form [name={name}]", value)
    _keep(page)


def _keep(page: Page) -> None:
    page.locator("main form.form .button--primary").click()
    page.wait_for_url("**/map/draft/?map=*")


def _reason(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=learned]", LEARNED)
    page.fill("[name=why]", WHY)


def _publish(page: Page) -> None:
    page.locator(".form--publish .row .button").first.click()
    page.wait_for_url(lambda url: re.search(r"/map/(\?map=[\d-]+)?$", url))


def _violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, with what is open on it."""
    page.evaluate(f"{AXE};0")
    _overflow, found = page.evaluate(LOOK, ["light", True, True])
    return [f"{page.url}: {violation}" for violation in found]


def _fits(page: Page, address: str = "") -> None:
    if address:
        page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


# ---- drawing ----------------------------------------------------------------------------------------


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
    _keep(page)
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
    _keep(page)
    page.locator("a.button--pivot").click()
    expect(page.locator("h1")).to_have_text("The first map")
    expect(page.locator("[name=learned], [name=why]")).to_have_count(0)  # the first is asked for no reason
    _publish(page)
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
    page = _fresh_draft(window("lead"))
    item, says, week = page.locator("#map #i-half"), page.locator("#drawn [role=status]"), timedelta(days=7)
    first, last = _when(page, "half")
    item.focus()
    page.keyboard.press("ArrowRight")
    _lasts(page, "half", first + week, last + week)
    expect(item).to_be_focused()
    expect(says).to_contain_text(f"{(first + week).day} {first + week:%b} to")
    page.keyboard.press("ArrowLeft")
    _lasts(page, "half", first, last)
    page.keyboard.press("Shift+ArrowLeft")
    _lasts(page, "half", first, last - week)
    expect(item).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    _lasts(page, "half", first, last)
    page.keyboard.press("Alt+ArrowDown")
    _lasts(page, "half", first, last, lane="soil")
    expect(item).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    _lasts(page, "half", first, last, lane="goals")
    expect(item).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(says).to_have_text("That is as far as it goes.")
    page.keyboard.press("Control+z")
    _lasts(page, "half", first, last, lane="soil")
    page.keyboard.press("Control+z")
    _lasts(page, "half", first, last, lane="goals")
    page.keyboard.press("Control+Shift+Z")
    _lasts(page, "half", first, last, lane="soil")


def test_no_key_is_lost_and_neither_is_what_was_typed(window):
    page = _fresh_draft(window("lead"))
    first, last = _when(page, "half")
    weeks = timedelta(days=7 * 5)
    page.locator("#map #i-half").focus()
    for _press in range(5):
        page.keyboard.press("ArrowLeft")
    _lasts(page, "half", first - weeks, last - weeks)
    page.locator("#map #i-half").click()
    page.locator("#panel [name=title]").fill("Half typed")
    page.keyboard.press("Escape")
    expect(page.locator("#panel > *")).to_have_count(0)
    page.locator("#map #i-mob").click()
    expect(page.locator("#panel [name=title]")).to_have_value("Mob Thursdays")
    page.locator("#map #i-half").click()
    expect(page.locator("#panel [name=title]")).to_have_value("Half typed")
    expect(page.locator("[data-typed-again]")).to_be_visible()


def test_reading_the_year_by_the_keyboard_alone(window):
    page = window("member")
    page.goto("/map/")
    slider, shown, strip = page.locator("#asof"), page.locator("#asof-day"), page.locator(".past-strip")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    yesterday = TODAY - timedelta(days=1)
    expect(strip).to_contain_text(f"You are looking at {_long(yesterday)}")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", _long(yesterday))
    expect(page).to_have_url(re.compile(f"at={yesterday}"))
    page.keyboard.press("Home")
    expect(shown).to_have_text(_long(_day(0, 6)))
    expect(page.locator("#moved > [role=status]").first).to_have_text(f"Map of {_long(_day(0, 6))}, 12 items")
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(_long(_day(0, 15)))
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(_long(_day(1, 6)))
    page.keyboard.press("PageDown")
    expect(shown).to_have_text(_long(_day(0, 15)))
    page.keyboard.press("End")
    expect(shown).to_have_text(f"{_long(TODAY)}, today")
    expect(strip).to_have_count(0)

    # The way back through the addresses, and on from there.
    page.keyboard.press("PageDown")
    expect(strip).to_be_visible()
    page.go_back()
    expect(strip).to_have_count(0)
    slider.focus()
    page.keyboard.press("Home")
    expect(shown).to_have_text(_long(_day(0, 6)))
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(_long(_day(0, 15)))

    page.goto("/map/?revision=12")
    page.keyboard.press("[")
    page.wait_for_url("**revision=11")
    page.keyboard.press("]")
    page.wait_for_url("**revision=12")
    expect(strip).to_contain_text("version 12")

    page.goto("/map/")
    page.locator("#map #i-half").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    expect(page).to_have_url(re.compile("/map/items/half/"))
    page.keyboard.press("Escape")
    expect(page.locator("#panel > *")).to_have_count(0)
    expect(page.locator("#map #i-half")).to_be_focused()
    expect(page).to_have_url(re.compile("/map/$"))
    # Where the map has gone on behind an open panel, that is where it closes.
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(strip).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#map #i-half")).to_be_focused()
    expect(page).to_have_url(re.compile(f"at={yesterday}"))
    # The list has no picture to come back to, but a link all the same.
    page.goto("/map/?view=list")
    link = page.locator(".core[aria-current] .plan").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile("view=list"))


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
    page = _fresh_draft(window("lead"))
    first, last = _when(page, "half")
    address, sent = page.url, []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    fortnight = timedelta(days=14)
    _drag(page, "half", 14)
    _lasts(page, "half", first + fortnight, last + fortnight, lane="goals")
    expect(page.locator("#map #i-half")).to_be_focused()
    _drag(page, "half", -14, by="end")
    _lasts(page, "half", first + fortnight, last, lane="goals")
    _drag(page, "half", -14, by="start")
    _lasts(page, "half", first, last, lane="goals")
    _drag(page, "half", 14, by="start")
    _lasts(page, "half", first + fortnight, last, lane="goals")
    soil, goals = (page.locator(f"[data-lane={lane}]").bounding_box() for lane in ("soil", "goals"))
    _drag(page, "half", 0, down=soil["y"] - goals["y"] + 30)
    _lasts(page, "half", first + fortnight, last, lane="soil")
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


# ---- publishing -------------------------------------------------------------------------------------


def test_a_pivot_asks_for_its_reason_and_is_read(window):
    page = _fresh_draft(window("lead"))
    page.goto("/map/draft/items/alerts/")
    page.locator("main form[action$='/drop/'] button").click()
    page.locator("a.button--pivot").click()
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
    assert _violations(page) == []
    page.locator(".error-summary a").first.click()
    expect(page.locator("[name=learned]")).to_be_focused()
    _reason(page, "Alerts can wait")
    _publish(page)
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
    page = _fresh_draft(window("lead"))
    _edit(page, "oncall", title="On-call, three of us")
    page.locator("a.button--pivot").click()
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
    _publish(page)
    expect(page.locator("#map #i-oncall")).to_contain_text("On-call, three of us")
    page.goto("/map/history/")
    newest = page.locator(".story > li").first
    expect(newest).to_have_class("story__small")
    expect(newest).to_contain_text("On-call, three of us")


def test_what_changed_in_another_window_is_shown_before_it_is_published(window):
    page = _fresh_draft(window("lead"))
    _edit(page, "half", signal="Seen by both")
    page.goto("/map/draft/publish/")
    other = page.context.new_page()
    _edit(other, "mob", signal="Not seen yet")
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
            _fresh_draft(page)
        _edit(first, "datafix", start=_day(6, 9).isoformat())
        _edit(first, "mob", title="Mob Thursdays, all of us")
        _edit(second, "datafix", start=_day(6, 10).isoformat(), signal="No ticket waits for a day.")
        _edit(second, "circle", title="Reading circle, slowly")
        first.locator("a.button--pivot").click()
        _publish(first)

        second.goto("/map/draft/")
        expect(second.locator(".notice")).to_contain_text("Somebody published since you began")
        second.locator("a.button--pivot").click()
        expect(second).to_have_url(re.compile("/map/draft/merge/"))
        asked = second.locator(".collision")
        expect(asked).to_have_count(1)
        expect(asked).to_contain_text("Data-fix screen for support")
        expect(asked).to_contain_text(f"{_day(6, 9).day} {_day(6, 9):%b}")
        expect(asked).to_contain_text(f"{_day(6, 10).day} {_day(6, 10):%b}")
        expect(second.locator("[aria-labelledby=theirs-title]")).to_contain_text("Mob Thursdays, all of us")
        assert _violations(second) == []
        second.locator("main form .button--primary").click()
        expect(second.locator(".error-summary")).to_be_focused()
        expect(second.locator(".collision .error")).to_be_visible()
        assert _violations(second) == []
        asked.locator("[value=mine]").check()
        second.locator("main form .button--primary").click()
        expect(second.locator("[aria-labelledby=kept-title] li").first).to_contain_text(
            "as it was before you merged it"
        )
        expect(second.locator("#map #i-mob")).to_contain_text("Mob Thursdays, all of us")
        expect(second.locator("#map #i-circle")).to_contain_text("Reading circle, slowly")
        assert _when(second, "datafix")[0] == _day(6, 10)
        second.locator("a.button--pivot").click()
        _publish(second)
        first.goto("/map/items/datafix/")
        expect(first.locator("main")).to_contain_text("No ticket waits for a day.")
        expect(first.locator("main")).to_contain_text(_long(_day(6, 10)))
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
    page = _fresh_draft(window("lead"))
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/map/draft/items/postgres/")
    page.fill("[name=title]", "PostgreSQL, in one night")
    page.fill("[name=signal]", "Nobody notices.")
    _keep(page)
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
    assert _violations(other) == []
    other.get_by_role("button", name="Use mine").click()
    other.wait_for_url("**/map/draft/?map=*")
    other.goto("/map/draft/items/postgres/")
    expect(other.locator("[name=title]")).to_have_value("PostgreSQL, in two nights")
    expect(other.locator("[name=signal]")).to_have_value("Nobody notices.")
    expect(other.locator("[name=notes]")).to_have_value("Rehearse **twice**.")
    # What the two tabs touch apart needs no question.
    page.goto("/map/draft/items/postgres/")
    page.fill("[name=notes]", "Rehearse three times.")
    _keep(page)
    other.fill("[name=signal]", "Nobody notices anything.")
    _keep(other)
    other.goto("/map/draft/items/postgres/")
    expect(other.locator("[name=signal]")).to_have_value("Nobody notices anything.")
    expect(other.locator("[name=notes]")).to_have_value("Rehearse three times.")


# ---- without scripts --------------------------------------------------------------------------------


def test_a_reader_without_javascript(window):
    page = window("member", java_script_enabled=False)
    page.goto("/map/")
    page.locator("#asof").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(f"at={_day(0, 6)}"))
    expect(page.locator(".past-strip")).to_contain_text(_long(_day(0, 6)))
    expect(page.locator("#map .plan").first).to_be_visible()
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.locator(".past-strip")).to_contain_text(_long(_day(0, 6)))
    expect(page.locator(".core")).to_have_count(4)
    page.goto("/map/?view=list")
    page.locator(".core[aria-current] .plan", has_text="Mob Thursdays").click()
    expect(page.locator("h1")).to_contain_text("Mob Thursdays")
    page.locator("summary", has_text="Say how it goes").click()
    page.check("[name=status][value=doubt]")
    page.fill("[name=words]", "Four weeks without one")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator(".turns").first.locator("li").first).to_contain_text("Four weeks without one")
    page.goto("/map/compare/")
    page.select_option("[name=from] >> nth=0", "1")
    page.select_option("[name=to] >> nth=0", "12")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".changes").first).to_contain_text("Hire a second SRE from outside")


def test_a_lead_without_javascript(window):
    page = _fresh_draft(window("lead", java_script_enabled=False))
    first, last = _when(page, "audit")
    week = timedelta(days=7)
    page.locator("#map #i-audit").click()
    page.get_by_role("button", name="A week earlier").click()
    _lasts(page, "audit", first - week, last - week)
    page.locator("[data-undo-step]").click()
    _lasts(page, "audit", first, last)
    page.locator("[data-redo-step]").click()
    _lasts(page, "audit", first - week, last - week)
    page.locator("[data-undo-step]").click()
    page.locator(".draft-tools a", has_text="Add an item").click()
    page.fill("[name=title]", "Weed the alerts")
    page.select_option("[name=lane]", "soil")
    _keep(page)
    page.locator("#map .plan", has_text="Weed the alerts").click()
    page.fill("[name=title]", "Weed the alerts weekly")
    _keep(page)
    page.locator("a.button--pivot").click()
    expect(page.locator("h1")).to_have_text("This is an adjustment", use_inner_text=True)
    page.fill("[name=note]", "Asked for in the mob")
    _publish(page)
    expect(page.locator("#map .lane--soil")).to_contain_text("Weed the alerts weekly")
    # Back to where it was: a pivot that says so.
    page.locator("[data-previous]").click()
    page.locator(".past-strip a", has_text="Go back to this version").click()
    page.get_by_role("button", name="Make a draft of it").click()
    expect(page.locator("h1")).to_have_text("This is a pivot", use_inner_text=True)
    _reason(page, "Weeding was enough")
    _publish(page)
    expect(page.locator("#map")).not_to_contain_text("Weed the alerts")


# ---- reading ----------------------------------------------------------------------------------------


def test_a_day_in_summer_reads_the_same_for_everybody_and_can_come_back(window):
    page = window("lead")
    page.goto("/map/")
    day = _day(3, 18)
    page.locator("#asof").fill(str((day - _day(0, 6)).days))
    strip = page.locator(".past-strip")
    expect(strip).to_contain_text(f"You are looking at {_long(day)}")
    expect(page).to_have_url(re.compile(f"at={day}"))
    address, titles = page.url, page.locator("#map .plan__t").all_inner_texts()
    assert "Hire a second SRE from outside" in titles
    page.locator("#map .plan", has_text="Hire a second SRE from outside").click()
    expect(page.locator("#panel .past-strip")).to_contain_text(_long(day))
    expect(page.locator("#panel form, #panel a[href*='/draft/']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(address)
    reader = window("member")
    reader.goto(address)
    expect(reader.locator(".past-strip")).to_contain_text(_long(day))
    assert reader.locator("#map .plan__t").all_inner_texts() == titles

    page.locator(".history a", has_text="Compare").click()
    page.locator("#from-day").fill(_day(2, 20).isoformat())
    page.locator("#to-day").fill(_day(6, 6).isoformat())
    page.get_by_role("button", name="Compare the days").click()
    words = page.locator("[aria-labelledby=words-title]")
    for said in (
        "Mob Thursdays",
        "Half of releases driven by developers",
        "Hire a second SRE from outside",
        "First SLO agreed with support",
    ):
        expect(words.locator("li", has_text=said).first).to_be_visible()
    expect(page.locator("#map [data-diff=dropped]", has_text="Hire a second SRE")).to_be_visible()

    page.goto(address)
    page.locator(".past-strip a", has_text="Go back to this version").click()
    page.get_by_role("button", name="Make a draft of it").click()
    expect(page.locator("h1")).to_have_text("This is a pivot", use_inner_text=True)
    expect(page.locator("[name=name]")).to_have_value(re.compile("^Back to the map of "))
    page.fill("[name=learned]", LEARNED)
    page.fill("[name=why]", WHY)
    _publish(page)
    assert page.locator("#map .plan__t").all_inner_texts() == titles
    page.locator(".pivot-note a", has_text="See what moved").click()
    expect(page.locator(".head__lede")).to_contain_text("back to version 6")
    # What lay between is still there, and can come back in turn.
    page.goto("/map/history/")
    expect(page.locator(".story__pivot").first).to_contain_text("back to version 6")
    expect(page.locator(".story__pivot").first).to_contain_text("Hire a second SRE from outside")
    page.goto("/map/?revision=15")
    expect(page.locator("#map")).to_contain_text("Half of releases driven by developers")
    page.locator(".past-strip a", has_text="Back to today").click()
    expect(page.locator(".past-strip")).to_have_count(0)
    page.goto(f"/map/{START:%Y-%m}/15/restore/")
    page.get_by_role("button", name="Make a draft of it").click()
    page.fill("[name=learned]", LEARNED)
    page.fill("[name=why]", WHY)
    _publish(page)
    expect(page.locator("#map #i-half")).to_be_visible()


def test_on_a_phone_in_japanese_and_dark(window):
    page = window("member", "ja", viewport=PHONE, color_scheme="dark", has_touch=True, is_mobile=True)
    page.goto("/map/")
    cores = page.locator(".core")
    expect(page.locator("#map")).to_be_hidden()
    assert [core.get_attribute("open") is not None for core in cores.all()] == [False, False, True, True]
    expect(cores.nth(2)).to_have_attribute("aria-current", "true")
    expect(cores.first.locator(".plan").first).to_be_hidden()
    cores.first.locator("summary").tap()
    expect(cores.first.locator(".plan").first).to_be_visible()
    page.locator(".core[aria-current] .plan", has_text="Mob Thursdays").tap()
    panel = page.locator(".side-panel")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, PHONE["width"], PHONE["height"])
    _fits(page)
    panel.locator("summary").first.tap()
    panel.locator("[name=status][value=way]").check()
    panel.locator("[name=words]").fill("18回開催")
    panel.locator("form[action$='/check-in/'] .button--primary").tap()
    expect(page.locator(".turns").first.locator("li").first).to_contain_text("18回開催")
    month = f"{START:%Y-%m}"
    for address in ("/map/", "/map/?view=list", "/map/?view=map", "/map/?quarter=2", f"/map/?at={_day(3, 18)}",
                    "/map/?revision=2", "/map/items/half/", "/map/items/hire/", "/map/history/", "/map/compare/",
                    "/map/compare/?from=1&to=12", "/map/year/", f"/map/{month}/12/", f"/map/{month}/14/"):  # fmt: skip
        _fits(page, address)
    lead = _fresh_draft(window("lead", "ja", viewport=PHONE, color_scheme="dark"))
    _edit(lead, "oncall", title="三人でのオンコール当番をゆっくり始める")
    for address in ("/map/draft/", "/map/draft/publish/", "/map/draft/items/oncall/", "/map/draft/items/new/",
                    "/map/draft/quarters/3/", "/map/draft/lanes/new/", "/map/draft/lanes/goals/",
                    "/map/draft/backstory/", f"/map/{month}/next/", f"/map/{month}/6/restore/", "/map/new/",
                    "/map/import/"):  # fmt: skip
        _fits(lead, address)


def test_it_prints_on_paper(window):
    page = window("manager")
    page.goto("/map/")
    pages = _printed(page)
    assert len(pages) == 1
    width, height = pages[0]
    assert (round(width), round(height)) == (842, 595)  # A4, on its side
    page.goto("/map/year/")
    pages = _printed(page)
    assert len(pages) > 1
    assert {(round(width), round(height)) for width, height in pages} == {(595, 842)}


def _printed(page: Page) -> list[tuple[float, float]]:
    """Width and height, in points, of each page that it prints."""
    found = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(
        rb"/Type\s*/Page\b(?:(?!endobj).)*?/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", found, re.DOTALL
    )
    return [(float(width), float(height)) for width, height in boxes]


def test_axe_finds_nothing_where_no_address_leads(window):
    """The map as it is, its history and an item's page are walked by test_every_address; what needs a draft, a click or
    a choice is not."""
    page, month = _fresh_draft(window("lead")), f"{START:%Y-%m}"
    _edit(page, "slo", start=_day(8, 20).isoformat())
    wrong = _violations(page)
    page.locator("#map #i-slo").click()
    expect(page.locator("#panel-title")).to_be_focused()
    wrong += _violations(page)
    for address in ("/map/?view=list", "/map/?view=map&quarter=3", "/map/draft/publish/", f"/map/{month}/12/",
                    "/map/compare/?from=1&to=12"):  # fmt: skip
        page.goto(address)
        wrong += _violations(page)
    page.goto("/map/")
    page.locator("#map #i-half").click()
    expect(page.locator("#panel-title")).to_be_focused()
    page.evaluate("document.querySelectorAll('#panel details').forEach((each) => { each.open = true; })")
    wrong += _violations(page)
    assert not wrong, "\n".join(wrong)
