"""Slides 11 to 21 in a real browser, in both languages, on desktop and phone: a member, the lead and a manager add
evidence, see the dot move, decide the focus with somebody who differs, and say what SRE is to them and to all.
"""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import KEYS, sign_in


@pytest.fixture
def people(reader, chromium, own_story):
    """A page for each role; nothing may be said in their consoles but refusals that the tests ask for."""
    language, viewport = reader
    pages = {role: sign_in(chromium, own_story, role, language, viewport=viewport).new_page() for role in KEYS}
    said: list[str] = []
    for page in pages.values():
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(own_story + "/stakeholders/")
    yield pages
    for page in pages.values():
        page.context.close()
    assert [text for text in said if not re.search("4(22|09)", text)] == []


def _group(page, own_story, which: int = 0):
    """Opens the group that is hit hardest, or a later one."""
    page.goto(own_story + "/stakeholders/")
    page.locator(".evidence__group h3 a").nth(which).click()
    page.wait_for_url("**/stakeholders/*/")


def _place(page, own_story, group: str) -> tuple[str, str]:
    """Where the group's dot sits on the chart."""
    page.goto(own_story + "/stakeholders/")
    dot = page.locator(f"svg.scatter a[href='{group}'] circle").first
    return dot.get_attribute("cx"), dot.get_attribute("cy")


def test_evidence_moves_the_dot_and_says_why(people, own_story):
    page = people["member"]
    _group(page, own_story, which=3)
    group = page.url.removeprefix(own_story)
    before = _place(page, own_story, group)
    page.goto(own_story + group)
    page.locator("main a[href$='/observe/']").first.click()
    page.fill("[name=text]", "They wait for **two hours** every day.")
    page.check("[name=how][value=said]")
    page.check("[name=confidence][value=firm]")
    page.select_option("[name=frequency]", "5")
    page.fill("[name=quoted]", "Ms Yamada")
    page.click("main form.form .button--primary")
    # Without their consent nobody is quoted, and nothing typed is lost.
    expect(page.locator("#id_has_consent_error")).to_be_visible()
    expect(page.locator("#id_pain_error")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("They wait for **two hours** every day.")
    page.fill("[name=quoted]", "")
    page.select_option("[name=pain]", "5")
    page.click("main form.form .button--primary")
    expect(page.locator(".evidence__list li").first.locator("strong")).to_have_text("two hours")
    expect(page.locator("ol.news li").first).to_contain_text("They wait for two hours every day.")
    assert _place(page, own_story, group) != before
    # What a manager sees is the same, and nothing there to correct.
    manager = people["manager"]
    manager.goto(own_story + group)
    expect(manager.locator("ol.news li").first).to_contain_text("They wait for two hours every day.")
    expect(manager.locator("a[href*='/observations/']")).to_have_count(0)


def test_a_counted_figure_becomes_evidence_and_leads_to_its_rows(people, own_story):
    page = people["member"]
    _group(page, own_story)
    group = page.url
    row = page.locator("table tbody tr", has=page.locator("a[href*='since=']")).nth(1)
    times = row.locator("td").first.inner_text()
    row.locator("th a").click()
    expect(page).to_have_url(re.compile(r"/toil/\?stakeholder=\d+&since="))
    expect(page.locator("main [data-entry]").first).to_be_visible()
    page.goto(group)
    row.locator("a[href*='observe']").click()
    expect(page.locator("[name=text]")).to_have_value(re.compile(times))
    page.click("main form.form .button--primary")
    expect(page.locator(".evidence__list")).to_contain_text(times)
    page.fill("main [type=search]", times)
    page.locator("main [role=search] button").click()
    expect(page.locator(".evidence__list li").first).to_contain_text(times)


def test_the_focus_is_decided_and_somebody_sees_it_differently(people, own_story):
    lead, member = people["lead"], people["member"]
    lead.goto(own_story + "/stakeholders/focus/new/")
    # Every figure of the aid leads to its rows.
    figure = lead.locator(".weighing td a").first
    figure.click()
    expect(lead.locator("main [data-entry]").first).to_be_visible()
    lead.go_back()
    lead.fill("[name=title]", "First, the calls at night")
    lead.fill("[name=learned]", "The days are quiet now.")
    lead.fill("[name=why]", "Nobody sleeps.")
    lead.fill("[name=review_on]", (date.today() + timedelta(days=60)).isoformat())
    lead.locator("[name=observations]").first.check()
    lead.click("main form.form .button--primary")
    expect(lead.locator("[id^=id_stakeholders]").first).to_be_visible()  # whom it helps is still to be chosen
    expect(lead.locator("[name=why]")).to_have_value("Nobody sleeps.")
    lead.locator("[name=stakeholders]").first.check()
    lead.click("main form.form .button--primary")
    expect(lead.locator("#current-title")).to_have_text("First, the calls at night")

    member.goto(own_story + "/stakeholders/focus/")
    expect(member.locator("a[href$='/focus/new/']")).to_have_count(0)
    member.check("[name=agrees][value=no]")
    member.click("#answer .button")
    expect(member.locator("#id_words_error")).to_be_visible()
    member.fill("#answer [name=words]", "The days are not quiet for us.")
    member.click("#answer .button")
    expect(member.locator(".said--differ").first).to_contain_text("The days are not quiet for us.")

    manager = people["manager"]
    manager.goto(own_story + "/")
    expect(manager.locator("main")).to_contain_text("First, the calls at night")
    manager.goto(own_story + "/stakeholders/")
    expect(manager.locator(".decision")).to_contain_text("The days are not quiet for us.")
    manager.goto(own_story + "/stakeholders/focus/")
    manager.check("[name=agrees][value=yes]")
    manager.click("#answer .button")
    expect(manager.locator(".decision--whole .whos .who")).to_have_count(2)


def test_each_says_what_sre_is_and_all_find_what_they_share(people, own_story):
    lead, member, manager = people["lead"], people["member"], people["manager"]
    lead.goto(own_story + "/our-sre/")
    lead.locator("details summary").last.click()
    lead.check("[name=sure]")
    lead.locator("form[action$='/ask/'] button").click()
    answers = {"lead": "Work leaves one desk. Numbers second.", "member": "Sleep at night. A release anybody can do."}
    for role, text in answers.items():
        page = people[role]
        page.goto(own_story + "/our-sre/")
        expect(page.locator(".answers")).to_have_count(0)  # nobody reads the others before answering
        page.fill("#answer [name=text]", text)
        page.click("#answer .button--primary")
        expect(page.locator(".answers")).to_contain_text(text)
    expect(member.locator(".answer")).to_have_count(2)
    theirs = member.locator(".answer", has_text="Numbers second.")
    theirs.locator("summary").click()
    theirs.locator("[name=words]").fill("Work leaves one desk.")
    theirs.locator("button[value=shared]").click()
    expect(member.locator("mark.mark--shared")).to_have_text("Work leaves one desk.")

    lead.goto(own_story + "/our-sre/statement/new/")
    lead.fill("[name=text]", "")
    lead.locator("[data-insert]").first.click()
    expect(lead.locator("[name=text]")).to_have_value("Work leaves one desk.")
    if lead.locator("[name=reason]").count():
        lead.fill("[name=reason]", "We asked again.")
    lead.click("main form.form .button--primary")
    expect(lead.locator(".statement")).to_have_text("Work leaves one desk.")

    for page, agrees, words in ((member, "no", "Sleep is missing."), (manager, "yes", "")):
        page.goto(own_story + "/our-sre/")
        voice = page.locator("form[action$='/voice/']")
        voice.locator(f"[name=agrees][value={agrees}]").check()
        voice.locator("[name=words]").fill(words)
        voice.locator("button").click()
    expect(manager.locator(".said--differ").first).to_contain_text("Sleep is missing.")
    expect(manager.locator(".table--agree thead th").last).to_contain_text(re.compile("2"))
    member.goto(own_story + "/our-sre/over-time/")
    expect(member.locator(".over-time").first.locator("li").last).to_contain_text("Sleep at night.")
