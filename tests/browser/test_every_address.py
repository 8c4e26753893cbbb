"""Walks every address that exists, as every role, in both languages and themes, at phone and desktop widths.

A page added later joins by existing: the addresses come from the URL configuration, and those with an id take one from
the story's rows. For each page: axe-core finds nothing, nothing overflows, the console stays empty, the CSP reports
nothing, and everything that can be pressed can be reached and seen by keyboard.
"""

import json
import re
from pathlib import Path

import axe_playwright_python
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.models import Role
from apps.accounts.permissions import Who, table
from tests.browser.people import sign_in

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (320, 390, 1440)
THEMES = ("light", "dark")
LANGUAGES = ("en", "ja")
ROLES = ("nobody", "member", "lead", "manager")
# Ids of the story's rows, by the name of the view's argument.
ARGUMENTS = {"pk": "1", "link_pk": "1", "work_pk": "1", "merge_pk": "1", "token": "no-such-token"}
# Not pages: files, health, and the doors of other parts.
NOT_PAGES = re.compile(r"^(web:live|web:ready|admin:|toil:log_csv|toil:export_(csv|json)|toil:read|toil:import_)")
# They send somebody who is signed in, or is not, elsewhere.
LEAD_ELSEWHERE = {"account_signup", "account_login", "account_reset_password", "story:welcome", "toil:timer",
                  "account_reset_password_from_key", "account_reset_password_from_key_done", "account_reauthenticate"}  # fmt: skip


def addresses(resolver: URLResolver | None = None, path: str = "", space: str = ""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, path + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", path + str(entry.pattern)


def pages_for(role: str) -> list[tuple[str, str]]:
    """(view, address) of every page that `role` may open."""
    found = []
    for view, pattern in addresses():
        page = table().get(view)
        who = page.methods.get("GET") if page else None
        if who is None or NOT_PAGES.match(view) or not _includes(who, role):
            continue
        if role != "nobody" and (view in LEAD_ELSEWHERE or who is Who.ANYONE):
            continue
        if "(?P" in pattern:
            continue  # password links: tests/accounts drives them with a real letter
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ARGUMENTS[match[1]], pattern)
        found.append((view, "/" + address))
    return found


class _Asker:
    is_active = True

    def __init__(self, role: str):
        self.role, self.is_admin = Role(role), role == "lead"


def _includes(who: Who, role: str) -> bool:
    return who.includes(None if role == "nobody" else _Asker(role))


# Two frames later the colours have settled.
SET_THEME = """(theme) => new Promise((done) => {
  document.documentElement.dataset.theme = theme;
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)));
})"""
CHECK_LAYOUT = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return null;
  const out = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > innerWidth + 1 && box.width && !e.closest('.scroller');
  }).slice(0, 4).map((e) => e.tagName + '.' + e.className);
  return wide + 'px: ' + out.join(', ');
}"""
CHECK_KEYBOARD = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex < 0)
  .map((e) => e.outerHTML.slice(0, 120))"""
# A theme changes colours and nothing else, so the second one is looked at for those alone.
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN_AXE = """(rules) => axe.run(document, { resultTypes: ['violations'], runOnly: rules })
  .then((found) => found.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' +
    (n.any[0]?.message ?? '')).join(' | ')))"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_every_address_is_sound(chromium, story, role, language):
    context = sign_in(chromium, story, role, language)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    found: dict[str, list[str]] = {}
    for view, address in pages_for(role):
        said.clear()
        wrong = found.setdefault(f"{view} {address}", [])
        page.set_viewport_size({"width": 1440, "height": 900})
        response = page.goto(story + address)
        if response.status not in (200, 404):
            wrong.append(f"answers {response.status}")
            continue
        if response.status == 404 and view != "accounts:join":
            continue  # the story has no such row
        wrong += [f"no key reaches: {html}" for html in page.evaluate(CHECK_KEYBOARD)]
        page.evaluate(AXE)
        for theme in THEMES:
            page.evaluate(SET_THEME, theme)
            rules = EVERYTHING if theme == THEMES[0] else COLOURS
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if overflow := page.evaluate(CHECK_LAYOUT):
                    wrong.append(f"{theme} {width}: overflows by {overflow}")
                if width != WIDTHS[0]:
                    wrong += [f"{theme} {width}: {violation}" for violation in page.evaluate(RUN_AXE, rules)]
        wrong += [text for text in said if "404 (Not Found)" not in text]
    context.close()
    found = {name: sorted(set(wrong)) for name, wrong in found.items() if wrong}
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
