"""Many people edit one map at once: nothing is overwritten in silence, and no text anybody typed is lost (F24)."""

import os
import random
import threading
from dataclasses import dataclass, field

import pytest
from django.db import connection

from apps.roadmap import verify
from apps.roadmap.document import Document
from apps.roadmap.merging import MINE, THEIRS, Merge
from apps.roadmap.models import Draft, Map, Revision
from apps.roadmap.models.revision import document_of
from apps.roadmap.publish import NothingChanged, Overtaken, merged, publish, say_how_sure
from tests import factories

EDITORS = 20
# The short form, for every run; the long form is EDITS=200 (R100).
EDITS = int(os.environ.get("EDITS", "10"))
ITEMS = 12


def busy_map(lead) -> Map:
    """One on which everybody works on the same few items."""
    lanes = ("goals", "soil", "toil")
    return factories.future_map(lead, *(factories.plan(f"Item {n}", lane=lanes[n % 3]) for n in range(ITEMS)))


@dataclass
class Editor:
    """Somebody with one draft at a time, who types each text once in their life."""

    member: object
    chance: random.Random
    map: Map
    left: int = EDITS
    texts: set[str] = field(default_factory=set)
    touched: set[tuple[str, str]] = field(default_factory=set)  # since the draft began: nobody overwrites themselves

    @property
    def draft(self) -> Draft:
        return Draft.open_for(self.map, self.member)

    def edit(self) -> None:
        draft = self.draft
        key = self.chance.choice([f"item:{pk}" for pk in draft.document.items])
        name = self.chance.choice(["title", "when", "sure", "notes"])
        if (key, name) in self.touched:
            return
        text = f"{self.member.display_name} types {self.left} {self.chance.random()}"
        start = 1 + self.chance.randrange(25)
        value = {
            "when": [f"2026-1{self.chance.randrange(3)}-{start:02}", f"2026-12-{start + self.chance.randrange(3):02}"],
            "sure": self.chance.choice(["hunch", "likely", "firm"]),
        }.get(name, text)
        if draft.change({key: {name: value}}):
            self.touched.add((key, name))
            self.left -= 1
            if value == text:
                self.texts.add(text)

    def publish(self) -> None:
        """As somebody does who merges until they are through."""
        while self.touched:
            draft = self.draft
            try:
                if draft.is_stale:
                    self.merge(draft)
                publish(draft, factories.REASON)
            except Overtaken:  # by somebody else once more
                continue
            except NothingChanged:  # every answer was for what the others had made of it
                draft.discard()
            self.touched.clear()

    def merge(self, draft: Draft) -> None:
        head = Map.objects.get(pk=self.map.pk).head
        base, theirs, mine = draft.base_document, document_of(self.map, head), draft.document
        merge = Merge(base, theirs, mine)
        answers = {collision.name: self.chance.choice([MINE, THEIRS]) for collision in merge.collisions}
        settled = merge.settle(answers)
        assert overwritten(base, theirs, mine, settled, answers) == []
        merged(draft, settled, head)


def overwritten(base: Document, theirs: Document, mine: Document, settled: Document, answers: dict) -> list:
    """Fields that somebody changed, and that say something else now without anybody having been asked."""
    return [
        (key, name)
        for side, other, answer in ((theirs, mine, MINE), (mine, theirs, THEIRS))
        for key, part in side.parts.items()
        for name, value in part.items()
        if base.parts[key][name] != value != settled.parts[key][name]
        and not (answers.get(f"{key}/{name}") == answer and settled.parts[key][name] == other.parts[key][name])
    ]


def kept_texts() -> str:
    """Everything that can still be read: each published document, and each draft."""
    return "\n".join(
        [revision.document().dumps() for revision in Revision.objects.select_related("map")]
        + list(Draft.objects.values_list("parts", flat=True))
    )


@pytest.mark.django_db
@pytest.mark.long
def test_many_editors_lose_nothing(lead):
    chance = random.Random(24)
    row = busy_map(lead)
    editors = [Editor(factories.member(role="lead"), chance, row) for _n in range(EDITORS)]
    while at_work := [editor for editor in editors if editor.left]:
        editor = chance.choice(at_work)
        if editor.touched and chance.random() < 0.5:
            editor.publish()
        else:
            editor.edit()
    for editor in editors:
        editor.publish()

    revisions, texts = Revision.objects.count(), set().union(*(editor.texts for editor in editors))
    assert revisions > EDITORS and Draft.objects.kept().exists()  # they did get into one another's way
    everything = kept_texts()
    assert [text for text in texts if text not in everything] == [] and len(texts) > EDITORS * EDITS / 4
    assert list(Revision.objects.order_by("number").values_list("number", flat=True)) == list(range(1, revisions + 1))
    assert list(verify.faults()) == []


THREADS = 8
ROUNDS = 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_those_who_publish_at_the_same_moment_one_wins_and_the_others_are_told():
    row = busy_map(factories.lead())
    editors = [Editor(factories.member(role="lead"), random.Random(n), row) for n in range(THREADS)]
    for _round in range(ROUNDS):
        for editor in editors:
            while not editor.touched:
                editor.edit()
        drafts = [editor.draft for editor in editors]
        assert len({draft.base for draft in drafts}) == 1
        said = at_once([lambda draft=draft: publish(draft, factories.REASON) for draft in drafts])
        assert sorted(type(answer).__name__ for answer in said) == ["Overtaken"] * (THREADS - 1) + ["Revision"]
        winner = next(n for n, answer in enumerate(said) if isinstance(answer, Revision))
        editors[winner].touched.clear()
        # The others merge, all at once, until each is through.
        assert at_once([editor.publish for n, editor in enumerate(editors) if n != winner]) == [None] * (THREADS - 1)

    numbers = list(Revision.objects.order_by("number").values_list("number", flat=True))
    row.refresh_from_db()
    assert numbers == list(range(1, row.head + 1)) and row.head > ROUNDS * 2
    everything = kept_texts()
    assert [text for editor in editors for text in editor.texts if text not in everything] == []
    assert list(verify.faults()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_who_says_how_sure_they_are_at_the_same_moment_goes_unheard():
    row = busy_map(factories.lead())
    row.refresh_from_db()
    items = list(document_of(row).items)[:THREADS]
    people = [factories.member() for _item in items]
    said = at_once(
        [
            lambda item=item, by=by: say_how_sure(row, item, "firm", f"Says {by.display_name}", by)
            for item, by in zip(items, people, strict=True)
        ]
    )
    assert sorted(revision.number for revision in said) == list(range(2, THREADS + 2))
    row.refresh_from_db()
    assert {document_of(row).items[item].sure for item in items} == {"firm"}
    assert list(verify.faults()) == []


def at_once(deeds: list) -> list:
    """What each gives back, or how it failed: each in a thread and with a connection of its own."""
    gate, said = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int) -> None:
        try:
            gate.wait(20)
            said[place] = deeds[place]()
        except Exception as error:
            said[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said
