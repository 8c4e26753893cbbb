"""Who looks at the pages in the browser tests: the story's people who can sign in."""

from playwright.sync_api import Browser, BrowserContext

from apps.story.load import DOMAIN, PASSWORDS

KEYS = {"member": "kenta", "lead": "aoi", "manager": "tomoko"}
# Cookies of who has signed in already, by address of the server and role: signing in takes longest of all.
_cookies: dict[tuple[str, str], dict] = {}


def sign_in(browser: Browser, address: str, role: str, language: str = "en", **options) -> BrowserContext:
    """A browser context in which `role` is signed in and reads `language`. “nobody” is not signed in."""
    kept = _cookies.get((address, role))
    context = browser.new_context(locale=language, reduced_motion="reduce", storage_state=kept, **options)
    page = context.new_page()
    if role == "nobody":
        page.goto(f"{address}/accounts/login/")
        page.click(f"button[value={language}]")
    else:
        if kept is None:
            page.goto(f"{address}/accounts/login/")
            page.fill("[name=login]", f"{KEYS[role]}@{DOMAIN}")
            page.fill("[name=password]", PASSWORDS[KEYS[role]])
            page.click("main .button--primary")
            page.wait_for_url(f"{address}/")
            _cookies[address, role] = context.storage_state()
        page.goto(f"{address}/more/")
        if page.evaluate("document.documentElement.lang") != language:
            page.click(f"main button[value={language}]")
            page.wait_for_load_state()
    page.close()
    return context
