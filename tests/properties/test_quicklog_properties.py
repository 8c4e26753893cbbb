"""Whatever is typed into the quick log, it gives a reading: any text at all, in any order."""

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.toil import durations
from apps.toil.folding import fold
from apps.toil.quicklog import Known, read

TODAY = date(2026, 3, 18)
RELEASE = Known(1, "Manual release", ("Manual release", "手動リリース", "release"), 25)
ITEMS = (
    RELEASE,
    Known(2, "Access review", ("Access review", "棚卸し")),
    Known(3, 'A "quoted" name', ('A "quoted" name',)),
)
TAGS = (Known(1, "Customer success", ("cs", "カスタマー")), Known(2, "Sales", ("sales", "営業")))
PEOPLE = (Known(1, "Yuki Tanaka", ("Yuki Tanaka", "yuki")),)

few = settings(max_examples=150, deadline=None)
anything = st.text(st.characters(exclude_categories=()), max_size=120)  # lone surrogates too
crumbs = st.lists(
    st.sampled_from(
        [
            "25m",
            "1h30",
            "-5m",
            "0",
            "1e309",
            "8-9.15",
            "25",
            "1時間半",
            "分",
            "#",
            "#cs",
            "＃cs",
            "@",
            "@yuki",
            "!",
            "！",
        ]
        + [
            "+",
            '"',
            "「",
            "」",
            '+"',
            "yesterday",
            "昨日",
            "2026-02-30",
            "2/29",
            "99/99",
            "0000-00-00",
            "manual",
            "release",
        ]
        + ["\x00", "\ud800", "\u202e", "🔥", "Z\u0351\u0327", "\u3000", "²", "½h", "٢٥m", "①"]
    ),
    max_size=12,
).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)]))


def reading(line: str):
    return read(line, items=ITEMS, stakeholders=TAGS, members=PEOPLE, today=TODAY)


@few
@given(st.one_of(anything, crumbs))
@example("\ud800 25m \udfff")
@example("２５²m ①h")
def test_any_text_gets_a_reading_that_can_be_kept(line):
    found = reading(line)
    assert not found.ready or 1 <= found.minutes <= durations.LONGEST
    found.note.encode()
    found.new_item_name.encode()
    if found.day is not None and found.ready:
        assert found.day <= TODAY


@few
@given(st.one_of(anything, crumbs))
def test_every_choice_offered_is_a_line_that_can_be_read(line):
    found = reading(line)
    for choice in found.question.choices if found.question else ():
        reading(choice.rewrite)


@few
@given(
    st.permutations(["NAME", "25m", "#cs", "@yuki", "yesterday"]),
    st.sampled_from(["manual release", "手動リリース", '"Manual release"', "ＲＥＬＥＡＳＥ"]),
    st.sampled_from(["", " !rolled back twice"]),
)
def test_the_order_of_the_words_does_not_matter(words, name, note):
    found = reading(" ".join(words).replace("NAME", name) + note)
    assert found.ready
    assert (found.minutes, found.item, found.stakeholder, found.member) == (25, RELEASE, TAGS[0], PEOPLE[0])
    assert (found.day, found.note) == (date(2026, 3, 17), note.removeprefix(" !"))


@few
@given(st.one_of(anything, crumbs), st.booleans())
def test_a_duration_is_read_or_refused_and_nothing_else(text, bare):
    try:
        minutes = durations.read(text, bare=bare)
    except durations.DurationError as error:
        assert str(error)
    else:
        assert 1 <= minutes <= durations.LONGEST


@few
@given(anything)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
