"""How much a history weighs: years of small changes must not fill anybody's disk."""

import random

import pytest

from apps.roadmap import verify
from apps.roadmap.document import FIELDS, Document
from apps.roadmap.models import Draft, Keyframe, Map, Revision
from apps.roadmap.models.revision import KEYFRAME_EVERY
from apps.roadmap.publish import Reason, publish
from tests import factories

ITEMS = 60
REVISIONS = 200  # ten times as long as from one whole document to the next
MOST_BYTES = 4_000  # of one adjustment that touches one item, whole documents included

TITLES = (
    "Half of releases driven by developers",
    "半分のリリースを開発者が運転する",
    "Terraform circle, chapter by chapter",
    "手動リリースの手順書をやめる",
    "Two people can restore a backup alone",
)
SIGNALS = (
    "Six of the last twelve releases were driven by somebody outside the team, without a call for help.",
    "三か月続けて、当番以外の人が障害対応の記録を書いている。",
)
NOTES = (
    "Mei asked for this twice. We begin with the staging environment, because nobody is woken by it, and go on to "
    "production once the checklist has been followed five times without a question. If the budget closes earlier, "
    "the mob sessions stay and the course goes.",
    "まずは検証環境から。輪読会で読んだ章をその週のモブで試す。手順書は読む人が直す。うまくいかなかった日も記録に残し、"
    "次の四半期の最初に見直す。予算が先に締まったら、講座をやめてモブワークだけ続ける。",
)


def sixty_items() -> dict:
    lanes = ("goals", "soil", "toil")
    return {
        f"item:{n:010x}": FIELDS["item"]
        | {
            "title": TITLES[n % len(TITLES)],
            "lane": lanes[n % 3],
            "when": ["2026-10-05", "2026-12-20"],
            "signal": SIGNALS[n % 2],
            "notes": NOTES[n % 2],
            "owner": n % 9 + 1,
            "toil": [n + 1],
        }
        for n in range(ITEMS)
    }


def weight(text: str) -> int:
    return len(text.encode())


@pytest.mark.django_db
@pytest.mark.long
def test_an_adjustment_of_one_item_weighs_little(lead):
    chance = random.Random(60)
    row = factories.future_map(lead, sixty_items())
    keys = [key for key in Document.loads(Keyframe.objects.get().parts).parts if key.startswith("item:")]
    for number in range(REVISIONS):
        draft = Draft.open_for(row, lead)
        field, value = chance.choice(
            [
                ("notes", f"{chance.choice(NOTES)} ({number})"),
                ("title", f"{chance.choice(TITLES)} {number}"),
                ("signal", f"{chance.choice(SIGNALS)} ({number})"),
                ("when", [f"2026-10-{number % 28 + 1:02}", f"2026-12-{number % 20 + 1:02}"]),
            ]
        )
        draft.change({chance.choice(keys): {field: value}})
        publish(draft, Reason(note="After what the circle said on Tuesday."))

    later = Revision.objects.filter(map=row, number__gt=1)
    frames = Keyframe.objects.filter(revision__in=later)
    assert later.count() == REVISIONS and frames.count() == REVISIONS // KEYFRAME_EVERY
    assert set(later.values_list("kind", flat=True)) == {"adjustment"}
    changes = sum(weight(body) for body in later.values_list("body", flat=True))
    documents = sum(weight(parts) for parts in frames.values_list("parts", flat=True))
    print(f"{(changes + documents) / REVISIONS:.0f} bytes: {changes / REVISIONS:.0f} changes, the rest documents")
    assert (changes + documents) / REVISIONS <= MOST_BYTES
    assert len(Map.objects.get().revisions.get(number=REVISIONS + 1).document().items) == ITEMS
    assert list(verify.faults()) == []
