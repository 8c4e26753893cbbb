"""Who looks at the pages in the browser tests: the story's people who can sign in."""

from playwright.sync_api import Browser, BrowserContext

from apps.story.load import DOMAIN, PASSWORDS

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}  # what they look at them on
KEYS = {"member": "kenta", "lead": "aoi", "manager": "tomoko"}
# By address of the server and role: cookies of who has signed in, and the language last read. Both save whole pages.
_cookies: dict[tuple[str, str], list] = {}
_reads: dict[tuple[str, str], str] = {}


def remember(address: str, role: str, cookies: list) -> None:
    """Lets `role` be signed in at `address` by `cookies`, which were given to it at another copy of that story."""
    _cookies[address, role] = cookies


def sign_in(browser: Browser, address: str, role: str, language: str = "en", **options) -> BrowserContext:
    """A browser context in which `role` is signed in and reads `language`. “nobody” is not signed in."""
    # On the other side of the world from the story's people: a day is the member's, never the browser's.
    zone = "Pacific/Pago_Pago"
    context = browser.new_context(locale=language, timezone_id=zone, reduced_motion="reduce", **options)
    who = (address, role)
    if role != "nobody" and who in _cookies:
        context.add_cookies(_cookies[who])
        if _reads.get(who) == language:
            return context
    page = context.new_page()
    if role == "nobody":
        page.goto(f"{address}/accounts/login/")
        page.click(f"button[value={language}]")
    else:
        if who not in _cookies:
            page.goto(f"{address}/accounts/login/")
            page.fill("[name=login]", f"{KEYS[role]}@{DOMAIN}")
            page.fill("[name=password]", PASSWORDS[KEYS[role]])
            page.click("main .button--primary")
            page.wait_for_url(f"{address}/")
            _cookies[who] = context.cookies()
        page.goto(f"{address}/more/")
        if page.evaluate("document.documentElement.lang") != language:
            page.click(f"main button[value={language}]")
            page.wait_for_load_state()
        _reads[who] = language
    page.close()
    return context
