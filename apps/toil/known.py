"""The names that the quick log can recognise: items, tags and people, as the rule `quicklog.read` wants them."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import get_language

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil import sql
from apps.toil.models import Item
from apps.toil.quicklog import SIGNS, Known
from apps.web.bilingual import in_reader_language
from apps.web.models.merge import ends


@dataclass(frozen=True, slots=True)
class Names:
    items: tuple[Known, ...]
    stakeholders: tuple[Known, ...]
    members: tuple[Known, ...]


def names(member: Member, line: str) -> Names:
    """All that `member` can mean in `line`: groups and people only where its marks call for them. One to three queries.

    Others' names only for who may log for others.
    """
    signs = line.translate(SIGNS)
    return Names(
        _items(),
        _stakeholders() if "#" in signs else (),
        _members(member) if "@" in signs else (),
    )


_items_kept: dict[str, tuple[tuple, tuple[Known, ...]]] = {}


def _items() -> tuple[Known, ...]:
    """All items, kept by each process until one is added, renamed or merged: reading five hundred costs more than
    the rest of the line. Usual lengths may lag behind until then; they are only offered, never logged by themselves.
    """
    language = get_language() or "en"
    state = sql.items_state()
    kept = _items_kept.get(language)
    if kept is None or kept[0] != state:
        kept = _items_kept[language] = (state, _read_items())
    return kept[1]


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _items_kept.clear()


def _read_items() -> tuple[Known, ...]:
    aliases: dict[int, list[str]] = defaultdict(list)
    columns = ("id", "name", "name_ja", "short_name", "short_name_ja", "usual_minutes", "merged_into_id")
    all_rows = list(Item.objects.order_by("id").values_list(*columns))
    end = ends({row[0]: row[-1] for row in all_rows})
    rows = []
    for pk, name, ja, short, short_ja, usual, target in all_rows:
        if target is None:
            rows.append((pk, name, ja, short, short_ja, usual))
        else:  # who still types the merged item's name means the one it ended in
            aliases[end[pk]] += filter(None, (name, ja, short, short_ja))
    return tuple(
        Known(
            pk,
            in_reader_language(name, ja),
            tuple(filter(None, (name, ja, short, short_ja, *aliases[pk]))),
            usual,
        )
        for pk, name, ja, short, short_ja, usual in rows
    )


def _stakeholders() -> tuple[Known, ...]:
    """The tag the reader would type comes first: it is the one that is offered."""
    rows = list(Stakeholder.objects.all())
    end = ends({row.pk: row.merged_into_id for row in rows})
    aliases: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.merged_into_id:  # who still types the merged group's tag means the one it ended in
            aliases[end[row.pk]] += row.names
    return tuple(
        Known(
            row.pk,
            row.label,
            tuple(dict.fromkeys((in_reader_language(row.tag, row.tag_ja), *row.names, *aliases[row.pk]))),
        )
        for row in rows
        if row.archived_at is None and row.merged_into_id is None
    )


def _members(member: Member) -> tuple[Known, ...]:
    columns = ("id", "display_name", "given_name", "family_name", "email")
    rows = Member.objects.active() if member.is_lead else Member.objects.filter(pk=member.pk)
    return tuple(
        Known(pk, shown, tuple(filter(None, (shown, given, family, email.split("@")[0]))))
        for pk, shown, given, family, email in rows.values_list(*columns)
    )
