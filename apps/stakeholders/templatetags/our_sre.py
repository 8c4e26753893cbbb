"""How answers with their marks, and the picture of agreement, are written."""

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.stakeholders.our_sre import Agreement, Column, Shown
from apps.web.templatetags.web import who

register = template.Library()


@register.simple_tag
def pieces(shown: Shown) -> SafeString:
    """The answer with its marks; what is marked how stands in the list below it."""
    return mark_safe(
        "".join(
            f'<mark class="mark--{kind}">{_lines(words)}</mark>' if kind else _lines(words)
            for words, kind in shown.pieces
        )
    )


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>")


@register.simple_tag
def names(members: list) -> str:
    """What people are called in a sentence, one after the other."""
    return _(", ").join(member.short_name if member else _("somebody who has left") for member in members)


@register.inclusion_tag("our_sre/mark_controls.html", takes_context=True)
def mark_controls(context, shown: Shown, member, form=None) -> dict:
    """What `member` marked in an answer, and the form to mark more; `form` is one that was sent with a mistake."""
    mine = [phrase for phrase in shown.answer.phrases.all() if phrase.by_id == member.pk]
    wrong = form if form is not None and form.answer.pk == shown.answer.pk else None
    return {"shown": shown, "own": mine, "form": wrong, "csrf_token": context["csrf_token"]}


@register.simple_tag
def agreement_picture(picture: Agreement) -> SafeString:
    """Versions × members as a table: a full mark agreed, an open one saw it differently, a dash did not answer."""
    head = "".join(map(_column, picture.columns))
    said = {
        True: _mark("yes", _("agreed")),
        False: _mark("no", _("saw it differently")),
        None: _mark("", _("no answer")),
    }
    rows = "".join(
        f'<tr><th scope="row">{who(member)} {escape(member.display_name)}</th>'
        + "".join(f"<td>{said[answer]}</td>" for answer in answers)
        + "</tr>"
        for member, answers in picture.rows
    )
    notes = [_("And %(n)s more.") % {"n": picture.more}] if picture.more else []
    if picture.nameless:
        notes.append(_("The sums count answers of those who have left: %(n)s.") % {"n": picture.nameless})
    more = "".join(f'<p class="muted">{escape(note)}</p>' for note in notes)
    return format_html(
        '<div class="scroller" tabindex="0" role="group" aria-label="{}" data-to-end>'
        '<table class="table table--agree"><thead><tr>'
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>{}',
        _("How far we agree"), _("Member"), mark_safe(head), mark_safe(rows), mark_safe(more),
    )  # fmt: skip


def _column(column: Column) -> str:
    name = escape(_("Version %(n)s") % {"n": column.statement.number})
    counts = escape(
        _("%(agreed)s agreed, %(differ)s see it differently") % {"agreed": column.agreed, "differ": column.differ}
    )
    address = reverse("our_sre:versions") + f"#version-{column.statement.number}"
    return (
        f'<th scope="col"><a href="{address}">{name}</a><small>{date_format(column.statement.day)}</small>'
        f"<small>{counts}</small></th>"
    )


def _mark(kind: str, said: str) -> str:
    shape = {
        "yes": '<circle class="agree-yes" cx="8" cy="8" r="5.5"/>',
        "no": '<circle class="agree-no" cx="8" cy="8" r="5"/>',
        "": '<path class="agree-none" d="M4 8H12"/>',
    }[kind]
    return (
        f'<svg class="agree" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'
        f'<span class="visually-hidden">{escape(said)}</span>'
    )
