"""The future map read in a real browser: on any screen, by keyboard, without scripts, as of any day and on paper."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.future_map import (
    LEARNED,
    START,
    TODAY,
    WHY,
    check_that_it_fits,
    day_of,
    edit,
    fresh_draft,
    in_words,
    publish,
    violations,
)
from tests.browser.people import DESKTOP, PHONE


def test_reading_the_year_by_the_keyboard_alone(window):
    page = window("member")
    page.goto("/map/")
    slider, shown, strip = page.locator("#asof"), page.locator("#asof-day"), page.locator(".past-strip")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    yesterday = TODAY - timedelta(days=1)
    expect(strip).to_contain_text(f"You are looking at {in_words(yesterday)}")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", in_words(yesterday))
    expect(page).to_have_url(re.compile(f"at={yesterday}"))
    page.keyboard.press("Home")
    expect(shown).to_have_text(in_words(day_of(0, 6)))
    expect(page.locator("#moved > [role=status]").first).to_have_text(f"Map of {in_words(day_of(0, 6))}, 12 items")
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(in_words(day_of(0, 15)))
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(in_words(day_of(1, 6)))
    page.keyboard.press("PageDown")
    expect(shown).to_have_text(in_words(day_of(0, 15)))
    page.keyboard.press("End")
    expect(shown).to_have_text(f"{in_words(TODAY)}, today")
    expect(strip).to_have_count(0)

    # The way back through the addresses, and on from there.
    page.keyboard.press("PageDown")
    expect(strip).to_be_visible()
    page.go_back()
    expect(strip).to_have_count(0)
    slider.focus()
    page.keyboard.press("Home")
    expect(shown).to_have_text(in_words(day_of(0, 6)))
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(in_words(day_of(0, 15)))

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


def test_a_reader_without_javascript(window):
    page = window("member", java_script_enabled=False)
    page.goto("/map/")
    page.locator("#asof").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(f"at={day_of(0, 6)}"))
    expect(page.locator(".past-strip")).to_contain_text(in_words(day_of(0, 6)))
    expect(page.locator("#map .plan").first).to_be_visible()
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.locator(".past-strip")).to_contain_text(in_words(day_of(0, 6)))
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


def test_a_day_in_summer_reads_the_same_for_everybody_and_can_come_back(window):
    page = window("lead")
    page.goto("/map/")
    day = day_of(3, 18)
    page.locator("#asof").fill(str((day - day_of(0, 6)).days))
    strip = page.locator(".past-strip")
    expect(strip).to_contain_text(f"You are looking at {in_words(day)}")
    expect(page).to_have_url(re.compile(f"at={day}"))
    address, titles = page.url, page.locator("#map .plan__t").all_inner_texts()
    assert "Hire a second SRE from outside" in titles
    page.locator("#map .plan", has_text="Hire a second SRE from outside").click()
    expect(page.locator("#panel .past-strip")).to_contain_text(in_words(day))
    expect(page.locator("#panel form, #panel a[href*='/draft/']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(address)
    reader = window("member")
    reader.goto(address)
    expect(reader.locator(".past-strip")).to_contain_text(in_words(day))
    assert reader.locator("#map .plan__t").all_inner_texts() == titles

    page.locator(".history a", has_text="Compare").click()
    page.locator("#from-day").fill(day_of(2, 20).isoformat())
    page.locator("#to-day").fill(day_of(6, 6).isoformat())
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
    publish(page)
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
    publish(page)
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
    check_that_it_fits(page)
    panel.locator("summary").first.tap()
    panel.locator("[name=status][value=way]").check()
    panel.locator("[name=words]").fill("18回開催")
    panel.locator("form[action*='/check-in/'] .button--primary").tap()
    expect(page.locator(".turns").first.locator("li").first).to_contain_text("18回開催")
    month = f"{START:%Y-%m}"
    for address in ("/map/", "/map/?view=list", "/map/?view=map", "/map/?quarter=2", f"/map/?at={day_of(3, 18)}",
                    "/map/?revision=2", "/map/items/half/", "/map/items/hire/", "/map/history/", "/map/compare/",
                    "/map/compare/?from=1&to=12", "/map/year/", f"/map/{month}/12/", f"/map/{month}/14/"):  # fmt: skip
        check_that_it_fits(page, address)
    lead = fresh_draft(window("lead", "ja", viewport=PHONE, color_scheme="dark"))
    edit(lead, "oncall", title="三人でのオンコール当番をゆっくり始める")
    for address in ("/map/draft/", "/map/draft/publish/", "/map/draft/items/oncall/", "/map/draft/new-item/",
                    "/map/draft/quarters/3/", "/map/draft/new-lane/", "/map/draft/lanes/goals/",
                    "/map/draft/backstory/", f"/map/{month}/next/", f"/map/{month}/6/restore/", "/map/new/",
                    "/map/import/"):  # fmt: skip
        check_that_it_fits(lead, address)


def test_a_year_wider_than_the_page_begins_at_today_and_stays_where_it_is(window):
    page = window("member")
    page.set_viewport_size({"width": 900, "height": 900})
    page.goto("/map/")
    scroller, today = page.locator(".map-scroll"), page.locator("#map .today")
    expect(today).to_be_in_viewport()
    expect(page.locator("#map .lane__name").first).to_be_in_viewport(ratio=1)
    left = scroller.evaluate("it => it.scrollLeft")
    assert left > 0
    page.locator("[data-slider]").press("PageDown")
    expect(page.locator("#asof-day")).not_to_contain_text("today")
    assert scroller.evaluate("it => it.scrollLeft") == left


def test_it_prints_on_paper(window, story):
    page = window("manager", at=story)  # as it was told, whatever other tests published in theirs
    page.goto("/map/")
    pages = _printed(page)
    assert len(pages) == 1
    width, height = pages[0]
    assert (round(width), round(height)) == (842, 595)  # A4, on its side
    # A printer's paper stands upright until the page says otherwise: what counts as narrow must not be left out.
    page.set_viewport_size({"width": 718, "height": 1000})
    page.emulate_media(media="print")
    expect(page.locator("#map #i-half")).to_be_visible()
    expect(page.locator(".pivot-note dl")).to_be_visible()
    expect(page.locator(".cores")).to_be_hidden()
    page.emulate_media(media="null")
    # However much is said of a pivot.
    page.set_viewport_size(DESKTOP)
    page.reload()
    page.locator(".pivot-note dd").first.evaluate("it => it.append('Much was learned from it. '.repeat(60))")
    assert page.evaluate("document.querySelectorAll('[class^=paper-]').length") == 1
    assert len(_printed(page)) == 1
    page.goto("/map/year/")
    pages = _printed(page)
    assert [(round(width), round(height)) for width, height in pages] == [(595, 842)]  # two pivots fit on one


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
    page, month = fresh_draft(window("lead")), f"{START:%Y-%m}"
    edit(page, "slo", start=day_of(8, 20).isoformat())
    wrong = violations(page)
    page.locator("#map #i-slo").click()
    expect(page.locator("#panel-title")).to_be_focused()
    wrong += violations(page)
    for address in ("/map/?view=list", "/map/?view=map&quarter=3", "/map/draft/publish/", f"/map/{month}/12/",
                    "/map/compare/?from=1&to=12"):  # fmt: skip
        page.goto(address)
        wrong += violations(page)
    page.goto("/map/")
    page.locator("#map #i-half").click()
    expect(page.locator("#panel-title")).to_be_focused()
    page.evaluate("document.querySelectorAll('#panel details').forEach((each) => { each.open = true; })")
    wrong += violations(page)
    assert not wrong, "\n".join(wrong)
