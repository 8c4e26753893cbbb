"""Scripts and markup in every text that people write about stakeholders, the focus, SRE and the map: nothing runs, in
Chromium.

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
    """A page of the lead that counts what runs on it, and writes down what its console says."""
    context = sign_in(chromium, own_story, "lead")
    page = context.new_page()
    page.said = said = []
    page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.add_init_script("window.called = 0; window.ran = () => { window.called += 1; };")
    yield page
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


def key() -> str:
    return str(uuid.uuid4())


def what_ran(page, own_story, addresses) -> str:
    """What came to life on these pages, if anything did."""
    wrong = []
    for address in addresses:
        page.said.clear()
        response = page.goto(own_story + address, wait_until="load")
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.wait_for_timeout(50)
        called, alive = page.evaluate("window.called"), page.evaluate(ALIVE)
        if response.status != 200 or called or alive or page.said:
            told = f"ran {called} times, {json.dumps(alive)[:600]}, {page.said[:5]}"
            wrong.append(f"{address}: {response.status}, {told}")
    return "\n".join(wrong)


def test_nothing_runs_wherever_it_is_written(lead, own_story):
    page = lead
    page.goto(own_story + "/stakeholders/")

    names = itertools.cycle(string.replace("\n", " ") for string in CORPUS)
    texts = itertools.cycle(chunks(900))
    today, later = date.today().isoformat(), (date.today() + timedelta(days=90)).isoformat()
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
    assert what_ran(page, own_story, addresses) == ""
    assert "onerror=ran()" in page.request.get(own_story + group).text()  # it is there, as text


# The items that the map's texts are written into: one for each vector, each behind something else.
TITLES = [before + vector for before, vector in zip(itertools.cycle(BEFORE), VECTORS, strict=False)]
LANES = """() => Object.fromEntries([...document.querySelectorAll('#map [data-lane]')].map((lane) =>
  [lane.dataset.lane, [...lane.querySelectorAll('.plan')].map((plan) => plan.id.slice(2))]))"""  # with their items' ids
SWAP = """async (address) => {
  await htmx.ajax('GET', address, { target: '#panel', swap: 'innerHTML' });
  document.querySelectorAll('#panel details').forEach((each) => { each.open = true; });
  return document.querySelector('#panel .side-panel') !== null;
}"""


def of_at_most(longest: int):
    """Strings of the corpus that fit into one line of that length, again and again."""
    return itertools.cycle(string.replace("\n", " ") for string in CORPUS if len(string) <= longest)


def test_nothing_runs_on_the_map(lead, own_story):
    page = lead
    page.goto(own_story + "/map/")
    month = page.input_value(".history [name=map]")
    page.goto(own_story + "/map/draft/new-item/")
    first, last = page.input_value("[name=start]"), page.input_value("[name=end]")
    lines = {longest: of_at_most(longest) for longest in (40, 60, 80, 120, 200, 300)}
    texts, notes = itertools.cycle(chunks(480)), itertools.chain(chunks(19_000), itertools.repeat(VECTORS[0]))

    def line(longest: int) -> str:
        return next(lines[longest])

    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")

    def post(address: str, **fields) -> None:
        form = {"csrfmiddlewaretoken": token, "map": month} | fields
        answer = page.request.post(own_story + address, form=form, max_redirects=0)
        assert answer.status == 302, (address, answer.status, answer.text().split("error-summary")[-1][:2000])

    def held() -> dict[str, str]:
        """What the form for publishing knows by itself."""
        fields = page.locator(".form--publish input[type=hidden]")
        return dict(fields.evaluate_all("(fields) => fields.map(({ name, value }) => [name, value])"))

    def item(title: str, lane: str) -> dict[str, str]:
        return {"title": title, "lane": lane, "start": first, "end": last, "sure": "hunch", "signal": next(texts)}

    for ground in ("above", "below"):
        post("/map/draft/new-lane/", name=line(80), note=line(120), ground=ground)
    for number in range(1, 5):
        seats = {f"seats-{n}-role": line(60) for n in range(12)} | {f"seats-{n}-how": "hoped" for n in range(12)}
        post(
            f"/map/draft/quarters/{number}/", name=line(80), sentence=line(200), shape=line(80),
            shape_sentence=line(200), **seats, **{"seats-TOTAL_FORMS": "12", "seats-INITIAL_FORMS": "0"},
        )  # fmt: skip
    past = {f"past-{n}-when": line(40) for n in range(30)} | {f"past-{n}-text": line(300) for n in range(30)}
    post(
        "/map/draft/backstory/", title=line(120), **past, **{"past-TOTAL_FORMS": "30", "past-INITIAL_FORMS": "0"}
    )  # fmt: skip
    page.goto(own_story + "/map/draft/")
    lanes = list(page.evaluate(LANES))
    there = {pk for found in page.evaluate(LANES).values() for pk in found}
    for title, lane in zip(TITLES, itertools.cycle(lanes), strict=False):
        post("/map/draft/new-item/", **item(title, lane), notes=next(notes), toil="1", groups="1")
    page.goto(own_story + "/map/draft/")
    lane_of = {pk: lane for lane, found in page.evaluate(LANES).items() for pk in found if pk not in there}
    items = list(lane_of)
    assert len(items) == len(TITLES)
    before_publishing = ["/map/draft/", "/map/draft/publish/", "/map/draft/publish/?side=after"]
    wrong = [what_ran(page, own_story, before_publishing)]
    pivot = {"name": line(120), "learned": "\n\n".join(next(texts) for _n in range(4)), "sure": "firm"}
    post("/map/draft/publish/", **held(), **pivot, why=next(texts))
    # What went on with it.
    for pk in items:
        words = next(texts) if pk in items[::2] else line(40)
        post(f"/map/items/{pk}/check-in/", status="doubt", words=words, day=date.today().isoformat(),
             url="https://example.com/?'%22><img%20src=x%20onerror=ran()>", submission_id=key())  # fmt: skip
    post(f"/map/items/{items[0]}/sure/", sure="firm", why=next(texts), submission_id=key())
    post(f"/map/draft/items/{items[1]}/", **item(line(120), lane_of[items[1]]), notes=next(texts))
    page.goto(own_story + "/map/draft/publish/")
    post("/map/draft/publish/", **held(), note=line(300))
    page.goto(own_story + "/map/history/")
    turns = [address for address in hrefs(page, ".story a") if address.startswith(f"/map/{month}/")]
    newest = int(turns[0].strip("/").split("/")[-1])
    # A draft that somebody overtook, open to others, with an item dropped.
    post(f"/map/draft/items/{items[2]}/", **item(line(120), lanes[-1]) | {"sure": "likely"})
    post(f"/map/draft/items/{items[3]}/drop/")
    post("/map/draft/share/", wish="shared")
    post(f"/map/items/{items[2]}/sure/", sure="firm", why=next(texts), submission_id=key())
    page.goto(own_story + "/map/draft/")
    look = hrefs(page, ".draft-tools a[href*='/map/drafts/']")[0]
    addresses = [
        "/map/", "/map/?view=list", "/map/?quarter=3", "/map/?at=" + date.today().isoformat(), "/map/draft/", look,
        "/map/draft/merge/", "/map/draft/backstory/", "/map/draft/quarters/1/", f"/map/draft/lanes/{lanes[0]}/",
        f"/map/draft/lanes/{lanes[1]}/drop/", f"/map/draft/items/{items[0]}/", "/map/history/", "/map/year/",
        *turns[:3], f"/map/compare/?from=1&to={newest}", f"/map/compare/?from={newest}&to=1",
        f"/map/{month}/1/restore/", f"/map/{month}/next/", f"/map/items/{items[0]}/", f"/map/items/{items[1]}/", "/",
        "/toil/items/1/", "/stakeholders/1/", "/map/?at=%3Cscript%3Eran()%3C/script%3E",
        "/map/compare/?from=%22%3E%3Cimg%20src%3Dx%20onerror%3Dran()%3E",
    ]  # fmt: skip
    wrong.append(what_ran(page, own_story, addresses))
    for place, address in (("/map/", "/map/items/{}/"), ("/map/draft/", "/map/draft/items/{}/")):
        page.goto(own_story + place)
        page.said.clear()
        for pk in items if place == "/map/" else items[::8]:
            if pk != items[3]:
                assert page.evaluate(SWAP, address.format(pk))
                wrong += [f"{place} {pk}: {html}" for html in page.evaluate(ALIVE)]
        page.wait_for_timeout(50)
        wrong += [f"{place}: ran"] * page.evaluate("window.called") + page.said
    assert not any(wrong), "\n".join(filter(None, wrong))
    assert "onerror=ran()" in page.request.get(own_story + f"/map/items/{items[0]}/").text()  # it is there, as text
    record = page.request.get(f"{own_story}{turns[-1] if len(turns) < 2 else turns[1]}decision.md")
    assert record.headers["content-type"].startswith("text/markdown")
    assert record.headers["content-disposition"].startswith("attachment")
    assert record.headers["x-content-type-options"] == "nosniff"


def hrefs(page, selector: str) -> list[str]:
    return page.locator(selector).evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
