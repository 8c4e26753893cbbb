"""Every address of the site, as the URL configuration names them."""

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.reminders.weekly import Week
from apps.story.year import MONTHS_BEFORE_TODAY
from apps.toil import months

# Ids of the story's first rows, by the name of the view's argument.
ARGUMENTS = {
    "pk": "1",
    "link_pk": "1",
    "work_pk": "1",
    "merge_pk": "1",
    "observation_pk": "1",
    "decision_pk": "1",
    "answer_pk": "1",
    "phrase_pk": "1",
    "statement_pk": "1",
    "number": "1",
    "option_pk": "1",
    "talk_pk": "1",
    "follow_pk": "1",
    "line_pk": "1",
    "chapter_pk": "1",
    "member_pk": "2",
    "impression_pk": "1",
    "idea_pk": "1",
    "page": "toil",
    "section": "months",
    "item_id": "half",
    "lane_id": "goals",
    "draft_pk": "1",
    "way": "undo",
    "month": f"{months.step(months.first(timezone.now().date()), -MONTHS_BEFORE_TODAY):%Y-%m}",
    "monday": Week.before(timezone.now().date()).first.isoformat(),
    "token": "no-such-token",
    "address_pk": "1",
    "delivery": "00000000-0000-4000-8000-000000000001",
}


def addresses(resolver: URLResolver | None = None, path: str = "", space: str = ""):
    """(view, pattern) of each."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, path + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", path + str(entry.pattern)
