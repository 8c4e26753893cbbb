"""A pivot in Markdown, in the parts that decision records have: status, context, decision, consequences."""

from django.utils.translation import gettext as _

from apps.roadmap import evidence, words
from apps.roadmap.changes import Change, What
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
        lines += [f"- {_plain(evidence.said(piece))}" for piece in said.evidence]
    lines += ["", f"## {_('What changes')}", "", _plain(words.summary(one.difference)), ""]
    lines += [f"- **{change.what.label}**: {_told(change)}" for change in one.difference.items]
    for shape in one.difference.shape:
        before, after = (quarter.shape or "–" for quarter in (shape.before, shape.after))
        lines.append(f"- **{What.SHAPE.label}** Q{shape.number}: {_plain(before)} → {_plain(after)}")
    return "\n".join(lines).rstrip() + "\n"


def _told(change: Change) -> str:
    title = _plain(change.part.title)
    if change.before and change.after and words.of_item(change.before) != words.of_item(change.after):
        days = {"before": words.of_item(change.before), "after": words.of_item(change.after)}
        return f"{title} ({_('%(before)s became %(after)s') % days})"
    return f"{title} ({words.of_item(change.part)})"


def _plain(text: str) -> str:
    return text.translate(_SPECIAL)
