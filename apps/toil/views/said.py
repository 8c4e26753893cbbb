"""What a toast says about an entry that was just logged, the same for every way of logging, with its undo."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.toil import durations, undo
from apps.toil.models import Entry
from apps.web.toasts import toast


def say_logged(request: MemberRequest, entry: Entry, *, with_item: bool = False) -> None:
    """Toast for a new entry. `with_item` when logging made the item too: then undo takes both back."""
    member = request.member
    values = {
        "time": durations.show(entry.minutes),
        "item": entry.item.short_label,
        "name": entry.member.short_name,
        "day": date_format(entry.day, "MONTH_DAY_FORMAT"),
    }
    for_other, on_other_day = entry.member_id != member.pk, entry.day != member.today()
    if for_other and on_other_day:
        text = _("Logged %(time)s, %(item)s, for %(name)s, on %(day)s")
    elif for_other:
        text = _("Logged %(time)s, %(item)s, for %(name)s")
    elif on_other_day:
        text = _("Logged %(time)s, %(item)s, on %(day)s")
    else:
        text = _("Logged %(time)s, %(item)s")
    deeds = [undo.logged(entry)] + ([undo.observed(entry.item)] if with_item else [])
    toast(request, text % values, undo.token(member, *deeds))
