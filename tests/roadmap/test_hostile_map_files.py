"""Files that are no map, or nearly one: each refused with the place."""

import json

import pytest

from apps.roadmap.document import Document, DocumentError
from apps.roadmap.json_file import MapFileError, read
from apps.roadmap.models import Draft, Map
from apps.web.text import clean
from tests.roadmap.map_files import GONE, ITEM, START, changed, head, part

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(rich) -> dict:
    return json.loads(head(rich))


def refusal(content) -> str:
    with pytest.raises(MapFileError) as error:
        read(content if isinstance(content, str | bytes) else json.dumps(content))
    text = str(error.value)
    assert text == clean(text) != ""
    return text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1, character 1"),
        ("{", "line 1, character 2"),
        ('{\n"format": nothing}', "line 2, character 11"),
        ("PK\x03\x04", "line 1"),
        (b"\xff\xfe{\x00}\x00", "no text in UTF-8"),
        ("[" * 400_000, "nested too deeply"),
        ('{"a":' * 150_000, "nested too deeply"),
        ('{"format": ' + "1" * 5_000 + "}", "a number that can’t be read"),
        ('{"format": NaN}', "a number that can’t be read"),
        ("[]", "“format” does not say “miraizu-map”"),
        ("null", "“format” does not say"),
        ('{"format": ["miraizu-map"]}', "“format” does not say"),
        ('{"format": "miraizu-toil-1"}', "“format” does not say"),
        ('{"format": "miraizu-map"}', "“version” can be 1"),
        ('{"format": "miraizu-map", "version": 2}', "“version” can be 1"),
        ('{"format": "miraizu-map", "version": true}', "“version” can be 1"),
        ('{"format": "miraizu-map", "version": 1.0}', "“version” can be 1"),
        ('{"format": "miraizu-map", "version": 1}', "“start” is missing"),
        ('{"format": "x", "for\\u0000mat": 1, "format": "y"}', "“format” stands twice"),
        (" " * 1_000_001, "at most 1 MB"),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_the_place(db, content, says):
    assert says in refusal(content)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("extra", 1, "“extra” does not belong"),
        ("ex\x00tra\ud800\u202e", 1, "“extra” does not belong"),
        ("people", GONE, "“people” is missing"),
        ("start", 2026, "“start” is no month"),
        ("start", "2026-13", "“start” is no month"),
        ("start", "2026-4", "“start” is no month"),
        ("start", "２０２６-04", "“start” is no month"),
        ("start", "9999-12", "“start” is no month"),
        ("start", "2026-04\n", "“start” is no month"),
        ("parts", [], "“parts” is no object"),
        ("parts", {}, "A map has a title and four quarters."),
        ("parts/quarter:3", GONE, "A map has a title and four quarters."),
        ("parts/map", GONE, "A map has a title and four quarters."),
        ("parts/quarter:5", part("quarter"), "quarter:5: this is no part"),
        ("parts/meeting:1", {}, "meeting:1: this is no part"),
        ("parts/item:\x00\ud83d", part("item"), "item:: this is no part"),
        ("parts/item:" + "x" * 300, part("item"), "this is no part"),
        ("parts/item:i1", [], "item:i1: this is no part"),
        ("parts/item:i1", None, "item:i1: this is no part"),
        ("parts/item:i1/colour", "red", "item:i1: this is no part"),
        ("parts/item:i1/sure", GONE, "item:i1: this is no part"),
        ("parts/item:i1/sure", "very", "item:i1: “sure” can’t be read"),
        ("parts/item:i1/sure", ["firm"], "item:i1: “sure” can’t be read"),
        ("parts/item:i1/title", "", "item:i1: “title” can’t be read"),
        ("parts/item:i1/title", "\x00\u200b\u202e", "item:i1: “title” can’t be read"),
        ("parts/item:i1/title", 7, "item:i1: “title” can’t be read"),
        ("parts/item:i1/title", "x" * 121, "item:i1: “title” is too long: at most 120"),
        ("parts/item:i1/notes", "x" * 20_001, "item:i1: “notes” is too long: at most 20000"),
        ("parts/item:i1/owner", True, "item:i1: “owner” can’t be read"),
        ("parts/item:i1/owner", 1.0, "item:i1: “owner” can’t be read"),
        ("parts/item:i1/owner", "1", "item:i1: “owner” can’t be read"),
        ("parts/item:i1/owner", 0, "item:i1: “owner” can’t be read"),
        ("parts/item:i1/owner", -1, "item:i1: “owner” can’t be read"),
        ("parts/item:i1/owner", 3, "item:i1: there is no number 3 in “people”"),
        ("parts/item:i1/owner", 2**62, "in “people”"),
        ("parts/item:i1/owner", 10**400, "item:i1: “owner” can’t be read"),
        ("parts/seat:s1/member", 9, "seat:s1: there is no number 9 in “people”"),
        ("parts/item:i1/toil", [True], "item:i1: “toil” can’t be read"),
        ("parts/item:i1/toil", [[1]], "item:i1: “toil” can’t be read"),
        ("parts/item:i1/toil", 1, "item:i1: “toil” can’t be read"),
        ("parts/item:i1/toil", [1, 1], "item:i1: it names the same twice in “toil”"),
        ("parts/item:i1/toil", [1] * 41, "item:i1: “toil” can’t be read"),
        ("parts/item:i1/groups", [1, 3], "item:i1: there is no number 3 in “groups”"),
        ("parts/item:i1/when", [], "item:i1: “when” can’t be read"),
        ("parts/item:i1/when", ["2026-10-05"], "item:i1: “when” can’t be read"),
        ("parts/item:i1/when", ["2026-10-05", "2026-02-30"], "no two days"),
        ("parts/item:i1/when", ["20261005", "20261006"], "no two days"),
        ("parts/item:i1/when", ["2026-12-20", "2026-10-05"], "Half of releases 𠮷: it ends before it starts"),
        ("parts/item:i1/when", ["2026-03-31", "2026-10-05"], "Half of releases 𠮷: its days do not lie"),
        ("parts/item:i1/when", ["2027-03-01", "2027-04-01"], "Half of releases 𠮷: its days do not lie"),
        ("start", "2026-05", "Circle: its days do not lie"),
        ("parts/lane:own1", GONE, "Circle: its lane is not on the map"),
        ("parts/item:i1/lane", "shape", "Half of releases 𠮷: its lane is not on the map"),
        ("parts/lane:goals", GONE, "The four standard lanes stay"),
        ("parts/lane:goals/above", False, "The four standard lanes stay"),
        ("parts/lane:own1/kind", "goals", "The four standard lanes stay"),
        ("parts/lane:own1/above", 1, "lane:own1: “above” can’t be read"),
        ("parts/lane:own1/position", True, "lane:own1: “position” can’t be read"),
        ("parts/lane:own1/position", 10**400, "lane:own1: “position” can’t be read"),
        ("parts/seat:s1/quarter", 5, "seat:s1: “quarter” can’t be read"),
        ("parts/seat:s1/quarter", True, "seat:s1: “quarter” can’t be read"),
        ("people", {}, "“people” is no list"),
        ("people", "mei@example.com", "“people” is no list"),
        ("people/1", "mei@example.com", "“people”, number 2: this can’t be read"),
        ("people/1/email", 1, "“people”, number 2: this can’t be read"),
        ("people/1/email", GONE, "“people”, number 2: this can’t be read"),
        ("people/1/role", "lead", "“people”, number 2: this can’t be read"),
        ("people/1/email", "aoi@example.com", "“people”, number 2: this stands in the list twice"),
        ("toil/1", {"name": '</script> "半角ｶﾅ" \\ 🔥'}, "“toil”, number 2: this stands in the list twice"),
        ("groups/0/tag", None, "“groups”, number 1: this can’t be read"),
    ],
)
def test_a_file_that_is_wrong_in_one_place_is_refused_with_that_place(good, path, value, says):
    assert says in refusal(changed(good, path, value))


def test_an_infinite_number_is_refused(rich):
    assert "lane:own1: “position”" in refusal(head(rich).replace('"position": 1.5', '"position": 1e999'))


def test_ten_thousand_parts_are_refused(good):
    good["parts"] |= {f"past:{n}": part("past", text="x") for n in range(10_000)}
    assert refusal(good) == "A map holds at most 2000 parts."


def test_a_part_that_stands_twice_is_refused(rich):
    text = head(rich)
    assert "“item:i1” stands twice" in refusal(text.replace('"item:i2"', '"item:i1"'))
    assert "“title” stands twice" in refusal(text.replace('"signal":', '"title":', 1))


def test_what_can_not_be_stored_is_cleaned_as_forms_do_it(good):
    item = good["parts"][ITEM]
    item["title"] = " a\x00b\r\nc\ud800\u202e  d "
    item["notes"] = "one\r\ntwo\x07\n\n three\ud800 "
    good["parts"]["past:p1"]["when"] = "20\x0023\n"
    good["people"][0]["name"] = "A\x00oi"
    parts = read(json.dumps(good)).document.parts
    assert (parts[ITEM]["title"], parts[ITEM]["notes"]) == ("ab c d", "one\ntwo\n\n three")
    assert parts["past:p1"]["when"] == "2023"


def test_a_missing_name_is_shown_clean(good):
    good["people"][1] |= {"name": "M\x00e\ud800i\n" + "x" * 500, "email": "\x00\ud800"}
    [name] = read(json.dumps(good)).missing
    assert name.startswith("Mei x") and len(name) == 80
    good["people"][1]["name"] = ""
    assert read(json.dumps(good)).missing == ("?",)


def test_a_byte_order_mark_and_escapes_are_read(rich):
    text = head(rich)
    for content in (b"\xef\xbb\xbf" + text.encode(), json.dumps(json.loads(text)).encode()):
        assert read(content).document == rich.revisions.get().document()


def test_nothing_is_kept_of_a_document_that_is_no_map(lead):
    with pytest.raises(DocumentError):
        Draft.bring(START, lead, Document({}))
    assert not Map.objects.exists()
