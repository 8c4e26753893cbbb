"""Who looks at the pages in the browser tests: the story's people who can sign in."""

from playwright.sync_api import Browser, BrowserContext

from apps.story.load import DOMAIN, PASSWORDS

KEYS = {"member": "kenta", "lead": "aoi", "manager": "tomoko"}


def sign_in(browser: Browser, address: str, role: str, language: str = "en", **options) -> BrowserContext:
    """A browser context in which `role` is signed in and reads `language`. “nobody” is not signed in."""
    context = browser.new_context(locale=language, reduced_motion="reduce", **options)
    page = context.new_page()
    if role == "nobody":
        page.goto(f"{address}/accounts/login/")
        page.click(f"button[value={language}]")
    else:
        page.goto(f"{address}/accounts/login/")
        page.fill("[name=login]", f"{KEYS[role]}@{DOMAIN}")
        page.fill("[name=password]", PASSWORDS[KEYS[role]])
        page.click("main .button--primary")
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}/more/")
        page.click(f"main button[value={language}]")
        page.wait_for_load_state()
    page.close()
    return context
