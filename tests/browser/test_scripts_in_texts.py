"""Scripts and markup in every text that people write about stakeholders, the focus and SRE: nothing runs, in Chromium.

Each string asks to run `ran()`; a page on which it was called, whose console speaks, or in which an element of the
text has come to life, fails (R64, F32).
"""

import itertools
import json
import uuid
from datetime import date, timedelta

import pytest

from tests.browser.people import sign_in

CALL = "ran()"
# What runs a script in some browser, some parser or some renderer of Markdown …
VECTORS = [
    f"<script>{CALL}</script>",
    f"<script src=data:text/javascript,{CALL}></script>",
    f"<img src=x onerror={CALL}>",
    f"<img/src=`x`/onerror={CALL}>",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f'<svg><a><animate attributeName=href values="javascript:{CALL}"/><text y=20>x</text></a></svg>',
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{CALL}</script>'></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f'<math href="javascript:{CALL}">x</math>',
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>x",
    f"<input autofocus onfocus={CALL}>",
    f"<select autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<audio src=x onerror={CALL}>",
    f"<marquee onstart={CALL}>x</marquee>",
    f"<style onload={CALL}></style>",
    f"<style>@keyframes x{{}}</style><b style='animation-name:x' onanimationstart={CALL}>x</b>",
    f'<link rel=stylesheet href="javascript:{CALL}">',
    f'<iframe src="javascript:parent.{CALL}"></iframe>',
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f'<object data="javascript:{CALL}"></object>',
    f'<embed src="javascript:{CALL}">',
    f'<meta http-equiv=refresh content="0;url=javascript:{CALL}">',
    '<base href="https://example.invalid/">',
    f'<form action="javascript:{CALL}"><button>x</button></form>',
    f'<button formaction="javascript:{CALL}">x</button>',
    f'<a href="javascript:{CALL}">x</a>',
    f"<template><script>{CALL}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"[x](javascript:{CALL})",
    f"[x](JaVaScRiPt:{CALL})",
    f"[x](java&#115;cript&colon;{CALL})",
    f"[x](data:text/html,<script>{CALL}</script>)",
    f"[x](vbscript:{CALL})",
    f'[x](https://example.com/"onmouseover="{CALL})',
    f'[x](https://example.com "\\" onmouseover={CALL} x=\\"")',
    f'![x](x"onerror="{CALL})',
    f"<javascript:{CALL}>",
    f"[x][ref]\n\n[ref]: javascript:{CALL}",
]
# … and what may stand before it where a template forgot to quote.
BEFORE = [
    "",
    '">',
    "'>",
    "`>",
    "</textarea>",
    "</title>",
    "</script>",
    "</style>",
    "--><!-- -->",
    "]]>",
    "**x** ",
    "> ",
    "{{ x }}{% x %}",
]
CORPUS = [before + vector for before, vector in itertools.product(BEFORE, VECTORS)]

# Markup of the house itself is known by its attributes; what these find can only come from a text.
ALIVE = """() => [...document.querySelectorAll(
  'main script, main iframe, main object, main embed, main base, main meta, main style, main marquee, main math, main video, main audio, main link, main img'
)].concat([...document.querySelectorAll('*')].filter((e) =>
  [...e.attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*(javascript|vbscript|data:text)/i.test(value) && /^(href|src|action|formaction|values)$/.test(name))
)).map((e) => e.outerHTML.slice(0, 160))"""


def test_the_corpus_is_large_enough():
    assert len(set(CORPUS)) >= 500


@pytest.fixture
def lead(chromium, own_story):
    context = sign_in(chromium, own_story, "lead")
    yield context.new_page()
    context.close()


def chunks(longest: int, strings=CORPUS, gap: str = "\n\n"):
    """The corpus in texts of at most `longest` characters."""
    text = ""
    for string in strings:
        if text and len(text) + len(gap) + len(string) > longest:
            yield text
            text = ""
        text = text + gap + string if text else string
    yield text


def send(page, own_story, address: str, **fields):
    """Sends a form as a browser does and gives the address it leads to."""
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = page.request.post(own_story + address, form=fields | {"csrfmiddlewaretoken": token})
    assert answer.status == 200, (address, answer.status, answer.text()[:2000])
    return answer.url.removeprefix(own_story)


def test_nothing_runs_wherever_it_is_written(lead, own_story):
    page, said = lead, []
    page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.add_init_script("window.called = 0; window.ran = () => { window.called += 1; };")
    page.goto(own_story + "/stakeholders/")

    names = itertools.cycle(string.replace("\n", " ") for string in CORPUS)
    texts = itertools.cycle(chunks(900))
    today, later = date.today().isoformat(), (date.today() + timedelta(days=90)).isoformat()

    def key() -> str:
        return str(uuid.uuid4())

    group = send(
        page, own_story, "/stakeholders/new/", side="outside", tag="texts", name=next(names)[:120],
        name_ja=next(names)[:120], service=next(texts), reliability="\n\n".join((next(texts), next(texts))),
        submission_id=key(),
    )  # fmt: skip
    pk = group.strip("/").split("/")[-1]
    for n, text in enumerate(chunks(3_900)):
        send(
            page, own_story, f"{group}observe/", text=text, day=today, how="said", confidence="hunch", is_own="on",
            source=next(names)[:120], url=f"https://example.com/?{n}", quoted=next(names)[:120], has_consent="on",
            frequency=str(n % 5 + 1), pain=str(n % 4 + 1), submission_id=key(),
        )  # fmt: skip
    page.goto(own_story + group)
    newest = page.locator("[id^=observation-]").first.get_attribute("id").split("-")[1]
    correct = f"/stakeholders/observations/{newest}/"
    send(
        page, own_story, correct, text=next(texts), day=today, how="counted", confidence="firm", version="1",
        source=next(names)[:120],
    )  # fmt: skip
    page.goto(own_story + "/stakeholders/focus/new/")
    after = page.input_value("[name=after]")
    send(
        page, own_story, "/stakeholders/focus/new/", title=next(names)[:120], why=next(texts), later=next(texts),
        learned=next(texts), stakeholders=pk, observations=newest, review_on=later, after=after, submission_id=key(),
    )  # fmt: skip
    page.goto(own_story + "/stakeholders/focus/")
    for words in ("voice", "looked-at"):
        address = page.locator(f"form[action$='/{words}/']").first.get_attribute("action")
        send(page, own_story, address, agrees="no", words=next(texts), review_on=later)
    send(page, own_story, "/our-sre/answer/", text=next(texts), wish="keep", may_compare="on")
    page.goto(own_story + "/our-sre/")
    for answer in page.locator("form[action$='/mark/']").all():
        part = answer.locator("option").first.get_attribute("value")
        send(page, own_story, answer.get_attribute("action"), part=part, kind="shared")
    after = (
        page.request.get(own_story + "/our-sre/statement/new/").text().split('name="after" value="')[1].split('"')[0]
    )
    send(
        page, own_story, "/our-sre/statement/new/", text=next(texts), reason=next(texts), after=after,
        submission_id=key(),
    )  # fmt: skip
    page.goto(own_story + "/our-sre/")
    voice = page.locator("form[action$='/voice/']").first.get_attribute("action")
    send(page, own_story, voice, agrees="no", words=next(texts))

    addresses = [
        "/", "/stakeholders/", "/stakeholders/?side=outside", "/stakeholders/?q=%3Cscript%3E", group, f"{group}?page=2",
        f"{group}?q=%22%3E%3Cimg%20src%3Dx%20onerror%3Dran()%3E", f"{group}edit/", f"{group}merge/", f"{group}observe/",
        "/stakeholders/observe/", correct, "/stakeholders/focus/", "/stakeholders/focus/new/", "/our-sre/",
        "/our-sre/statement/", "/our-sre/statement/new/", "/our-sre/over-time/", "/toil/", "/toil/items/",
    ]  # fmt: skip
    wrong = []
    for address in addresses:
        said.clear()
        response = page.goto(own_story + address, wait_until="load")
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.wait_for_timeout(50)
        called, alive = page.evaluate("window.called"), page.evaluate(ALIVE)
        if response.status != 200 or called or alive or said:
            wrong.append(f"{address}: {response.status}, ran {called} times, {json.dumps(alive)[:600]}, {said[:5]}")
    assert not wrong, "\n".join(wrong)
    assert "onerror=ran()" in page.request.get(own_story + group).text()  # it is there, as text
