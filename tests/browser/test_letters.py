"""A letter as a mail program shows it: nothing in it is so long that one has to scroll sideways."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from apps.reminders.letter import Action, Letter

WORD, URL = "a" * 200, "https://wiki.example/" + "page-" * 40
LONG = Letter(
    WORD, (WORD, URL, "読書会" * 80), (("Where", URL), (WORD, WORD)), (Action(WORD, "/"), Action("Open", "/"))
)


@pytest.mark.parametrize("width", [390, 700])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_word_that_does_not_end_breaks(chromium, language, width):
    links = [(each.label, "https://miraizu.example/") for each in LONG.actions]
    words = {"letter": LONG, "subject": LONG.subject, "actions": links, "parts": [(LONG, links[:1])]}
    with translation.override(language):
        letter = render_to_string(
            "reminders/mail.html", words | {"organisation": WORD, "language": language, "settings": URL}
        )
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.set_content(letter)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Nor does anything stick out of the sheet, or a label take the room of what it names.
    assert page.evaluate(
        "[...document.querySelectorAll('.sheet *')].every(each => each.getBoundingClientRect().right <= "
        "document.querySelector('.sheet').getBoundingClientRect().right)"
    )
    assert page.evaluate("document.querySelector('td').clientWidth > 1.5 * document.querySelector('th').clientWidth")
    page.close()
