"""A pivot in Markdown, in the parts that decision records have: status, context, decision, consequences."""

from django.utils.translation import gettext as _

from apps.roadmap import evidence, words
from apps.roadmap.changes import Change, What
from apps.roadmap.document import Item
from apps.roadmap.history import Told

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|"})


def write(one: Told) -> str:
    """The whole record. What people wrote as Markdown stays as they wrote it; titles are escaped."""
    revision, said = one.revision, one.revision.said
    lines = [
        f"# {_plain(said.name or str(revision.get_kind_display()))}",
        "",
        f"- {_('Date')}: {revision.day.isoformat()}",
        f"- {_('Decided by')}: {_plain(revision.by.display_name)}",
        f"- {_('Future map')}: {revision.map.label}, {_('version %(n)s') % {'n': revision.number}}",
    ]
    if said.restored:
        lines.append(f"- {_('Goes back to version %(n)s') % {'n': said.restored}}")
    for title, text in ((_("What we learned"), said.learned), (_("Why now"), said.why), (_("Why"), said.note)):
        if text:
            lines += ["", f"## {title}", "", text]
    if said.evidence:
        lines += ["", f"## {_('What speaks for it')}", ""]
        lines += [f"- {_plain(told)}" for told in evidence.told(said.evidence)]
    lines += ["", f"## {_('What changes')}", "", _plain(words.summary(one.difference)), ""]
    difference = one.difference
    lines += [f"- **{change.what.label}**: {_item(change)}" for change in difference.items]
    for shape in difference.shape:
        before, after = (quarter.shape or "–" for quarter in (shape.before, shape.after))
        lines.append(f"- **{What.SHAPE.label}** Q{shape.number}: {_plain(_became(before, after))}")
    for lane in difference.lanes:
        names = [side.label for side in (lane.before, lane.after) if side]
        lines.append(f"- **{lane.what.label}**: {_('Lane')} “{_plain(' → '.join(dict.fromkeys(names)))}”")
    for quarter in difference.quarters_told:
        words_were = [
            _became(getattr(quarter.before, name) or "–", getattr(quarter.after, name) or "–")
            for name in ("name", "sentence", "shape", "shape_sentence")
            if getattr(quarter.before, name) != getattr(quarter.after, name)
        ]
        lines.append(f"- **{quarter.what.label}** Q{quarter.id}: {_plain('; '.join(words_were))}")
    for past in difference.backstory:
        lines.append(
            f"- **{past.what.label}**: {_('How we got here')}, {_plain(f'{past.part.when} {past.part.text}'.strip())}"
        )
    return "\n".join(lines).rstrip() + "\n"


def _item(change: Change) -> str:
    """The item with its days as they are written in any year, and what it was before."""
    before, after = change.before, change.after
    if not (before and after):
        return f"{_plain(change.part.title)} ({_days(change.part)}, {change.part.sure.label})"
    said = [
        _became(old, new)
        for old, new in (
            (_days(before), _days(after)),
            (before.title, after.title),
            (before.sure.label, after.sure.label),
        )
        if old != new
    ]
    return _plain(after.title) + (f" ({_plain('; '.join(said))})" if said else "")


def _days(item: Item) -> str:
    return f"{item.start.isoformat()} – {item.end.isoformat()}"


def _became(before: object, after: object) -> str:
    return f"{before} → {after}"


def _plain(text: str) -> str:
    return text.translate(_SPECIAL)
