"""An invited person joins in a real browser: what headers and cookies really let through."""

from playwright.sync_api import expect

from tests.browser.people import sign_in


def test_an_invitation_is_made_and_accepted(chromium, own_story):
    lead = sign_in(chromium, own_story, "lead")
    page = lead.new_page()
    page.goto(own_story + "/settings/members/new/")
    page.fill("[name=display_name]", "Hana Mori")
    page.fill("[name=email]", "hana@komorebi.example")
    page.locator("main form .button--primary").click()
    page.get_by_role("button", name="Make an invitation link").click()
    link = page.locator("#invitation-link").input_value()
    lead.close()
    guest = chromium.new_context(locale="en")
    page = guest.new_page()
    page.goto(link)
    page.fill("[name=password]", "garden")
    page.locator("main .button--primary").click()
    expect(page.locator(".field--error .error").first).to_be_visible()
    expect(page.locator("[name=display_name]")).to_have_value("Hana Mori")
    page.fill("[name=password]", "a quiet garden path")
    page.locator("main .button--primary").click()
    page.wait_for_url(own_story + "/")
    expect(page.locator(".me")).to_contain_text("Hana Mori")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This invitation is over")
    guest.close()
