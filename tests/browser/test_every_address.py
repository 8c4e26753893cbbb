"""Walks every address that exists, as every role, in both languages and themes, at phone and desktop widths.

A page added later joins by existing: the addresses come from the URL configuration, and those with an id take one from
the story's rows. For each page: axe-core finds nothing, nothing overflows, the console stays empty, the CSP reports
nothing, and everything that can be pressed can be reached and seen by keyboard.
"""

import re
from pathlib import Path

import axe_playwright_python
import pytest

from apps.accounts.models import Role
from apps.accounts.permissions import Who, table
from tests.addresses import ARGUMENTS, addresses
from tests.browser.people import sign_in

# axe reads the colours of each element anew, and a colour in oklch takes longer than all else it does: each is read once.
READ_COLOURS_ONCE = """;{
  const { Color } = axe.commons.color, read = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (text) {
    if (!known.has(text)) {
      const { r, g, b, alpha } = read.call(this, text);
      known.set(text, { r, g, b, alpha });
    }
    return Object.assign(this, known.get(text));
  };
}"""
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8") + READ_COLOURS_ONCE
WIDTHS = (320, 390, 1440)
THEMES = ("light", "dark")
LANGUAGES = ("en", "ja")
ROLES = ("nobody", "member", "lead", "manager")
# Not pages: files, health, and the doors of other parts.
NOT_PAGES = re.compile(
    r"^(web:live|web:ready|web:metrics|admin:|toil:log_csv|toil:export_(csv|json)|stakeholders:csv|dashboards:(sheet_file|snapshot_file)|toil:read|toil:import_|roadmap:(export|markdown)|gatherings:(file|meeting_file)|reminders:(test_state|unread|newest)|calendar$)"
)
# They send somebody who is signed in, or is not, elsewhere.
LEAD_ELSEWHERE = {"account_signup", "account_login", "account_reset_password", "story:welcome", "toil:timer",
                  "account_reset_password_from_key", "account_reset_password_from_key_done", "account_reauthenticate",
                  "reminders:release"}  # fmt: skip


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


# Reduced motion makes transitions short, not absent: they are brought to their end, since waiting for one that the browser
# puts off would last for ever, as would waiting for a frame that it does not draw.
SETTLE = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  await Promise.race([new Promise(requestAnimationFrame), new Promise((go) => setTimeout(go, 500))]);
  const moving = () => document.getAnimations().filter((a) =>
    (a.pending || a.playState === 'running') && Number.isFinite(a.effect.getComputedTiming().endTime));
  for (let each = moving(), n = 0; each.length && n < 20; each = moving(), n++) each.forEach((a) => a.finish());
}"""
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
# A theme changes colours and nothing else, so the second one is looked at for those alone; and of texts whose elements and
# those around them have the same names, classes and states, for the first and the last: a hundred rows take no longer.
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
STATES = "class|role|type|aria-(?:current|pressed|checked|selected|disabled|expanded|invalid|hidden)"
KINDS = f"""() => {{
  const first = new Map(), last = new Map(), known = new Map();
  const kind = (element) => {{
    if (!element) return '';
    if (!known.has(element)) known.set(element, kind(element.parentElement) + ' > ' + element.localName +
      [...element.attributes].map(({{ name, value }}) => `[${{name}}=${{/^({STATES})$/.test(name) ? value : ''}}]`).join(''));
    return known.get(element);
  }};
  for (const element of document.querySelectorAll('body *')) {{
    if (![...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()) &&
      !element.matches('input, textarea')) continue;
    // In a picture anything may lie behind a text.
    const name = element.closest('svg') ? first.size : kind(element);
    if (!first.has(name)) first.set(name, element);
    last.set(name, element);
  }}
  return [...new Set([...first.values(), ...last.values()])];
}}"""
LOOK = f"""async ([theme, axe_too, structure_too]) => {{
  await ({SETTLE})(theme);
  const ask = (where, options) => axe.run(where, {{ resultTypes: ['violations'], ...options }});
  const found = [];
  if (axe_too)
    found.push(await ask({{ include: ({KINDS})() }}, {{ runOnly: {{ type: 'rule', values: {COLOURS} }} }}));
  if (axe_too && structure_too)
    found.push(await ask(document, {{ runOnly: {EVERYTHING}, rules: {{ 'color-contrast': {{ enabled: false }} }} }}));
  return [({CHECK_LAYOUT})(), found.flatMap((each) => each.violations).map((v) => v.id + ': ' +
    v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' + (n.any[0]?.message ?? '')).join(' | '))];
}}"""
# The page without what is each reader's own: texts, values, addresses. Layout and console are looked at for every role;
# what axe has said of the same elements, classes and names it need not say again.
SHAPE = """() => {
  const shape = document.documentElement.cloneNode(true);
  const texts = document.createTreeWalker(shape, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.trim() && 'x';
  for (const element of shape.querySelectorAll('*:not(svg, svg *)'))
    for (const { name, value } of [...element.attributes])
      if (value && !/^(class|id|for|role|type|lang|scope|tabindex|headers|aria-(?!label$).*)$/.test(name))
        element.setAttribute(name, 'x');
  for (const { classList } of shape.querySelectorAll('.who')) classList.value = 'who'; // each has a colour of its own
  return shape.outerHTML;
}"""
# One test for each page, so that two workers share the walk evenly; in this order a visitor signs in once.
WALK = [
    pytest.param(
        language, address, [role for role in ROLES if (view, address) in pages_for(role)], id=f"{language}-{view}"
    )
    for language in LANGUAGES
    for view, address in dict.fromkeys(page for role in ROLES for page in pages_for(role))
]


@pytest.fixture(scope="module")
def visit(chromium, story):
    """Gives a page in which `role` reads `language`, and the list of what its console says."""
    opened: dict[tuple[str, str], tuple] = {}

    def open_as(role: str, language: str):
        for other in [key for key in opened if key[1] != language]:  # a member reads one language at a time
            opened.pop(other)[0].context.close()
        if (role, language) not in opened:
            page, said = sign_in(chromium, story, role, language).new_page(), []
            # Handed over once: anew to each page it would take longer than most of the rules.
            page.add_init_script(AXE)
            page.on("console", lambda message: said.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: said.append(f"error: {error}"))
            opened[role, language] = page, said
        return opened[role, language]

    yield open_as
    for page, _said in opened.values():
        page.context.close()


@pytest.mark.parametrize(("language", "address", "roles"), WALK)
def test_every_address_is_sound(visit, story, language, address, roles):
    wrong, known = [], set()
    for role in roles:
        page, said = visit(role, language)
        said.clear()
        page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
        response = page.goto(story + address)
        assert response.status in (200, 404)
        if response.status == 404 and not address.startswith("/join/"):
            continue  # the story has no such row
        assert page.evaluate("document.documentElement.lang") == language
        shape = page.evaluate(SHAPE)
        found = _look(page, with_axe=shape not in known) + [text for text in said if "404 (Not Found)" not in text]
        known.add(shape)
        wrong += [f"{role}: {text}" for text in found]
    assert not wrong, "\n".join(sorted(set(wrong)))


def _look(page, *, with_axe: bool) -> list[str]:
    """What is wrong with the page at each width and in each theme."""
    wrong = [f"no key reaches: {html}" for html in page.evaluate(CHECK_KEYBOARD)]
    themes = THEMES
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in themes:
            with_structure = theme == THEMES[0]
            overflow, violations = page.evaluate(LOOK, [theme, with_axe and width != WIDTHS[0], with_structure])
            if overflow:
                wrong.append(f"{theme} {width}: overflows by {overflow}")
            wrong += [f"{theme} {width}: {violation}" for violation in violations]
        themes = themes[::-1]  # the next width begins with the theme that is there
    return wrong
