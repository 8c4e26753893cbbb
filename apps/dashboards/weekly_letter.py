"""The dashboard's part of the weekly letter: what was logged, three figures, and one thing to look at."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.dashboards import figures, period, sql
from apps.dashboards.load import Carried, Desk
from apps.dashboards.scaling import hours
from apps.people.ladder import Steps
from apps.reminders.letter import Action, Letter
from apps.reminders.weekly import Week, part
from apps.roadmap.models import Map
from apps.toil import durations
from apps.toil.figures import heavy_on_one_desk
from apps.toil.models import Item
from apps.web.text import clean

FIGURES = 3


@part(order=10)
def of_the_week(reader: Member, week: Week) -> Letter | None:
    """Nothing where nobody logged anything in that week. About ten queries."""
    now, before = sql.minutes_by_week(week.first)
    if not now:
        return None
    today = reader.today()
    carried = Carried(Desk.of_first_sre(), period.year(today, Map.objects.on(today)), today)
    found = figures.figures(carried, Steps(list(Item.objects.coming_back())))[:FIGURES]
    facts = tuple(
        (each.label, f"{each.value} {each.unit}".strip() + _in_brackets(each.note)) for each in found if each.value
    )
    return Letter(
        subject=_("Toil: %(hours)s in the week") % {"hours": hours(now)},
        text=(_against(now, before), *_to_look_at(today)),
        facts=facts,
        actions=(Action(_("Open the dashboard"), reverse("dashboards:front")),),
    )


def _in_brackets(note: str) -> str:
    return _(" (%(note)s)") % {"note": note} if note else ""


def _against(now: int, before: int) -> str:
    if not before:
        return _("Nothing was logged in the week before.")
    more = now - before
    words = _("%(time)s more than in the week before.") if more > 0 else _("%(time)s less than in the week before.")
    return words % {"time": durations.show(abs(more))} if more else _("As much as in the week before.")


def _to_look_at(today: date) -> tuple[str, ...]:
    """The item that costs most and hangs on one person."""
    heavy = heavy_on_one_desk(today, 1)
    if not heavy:
        return ()
    one = heavy[0]
    words = _("To look at: “%(item)s” costs %(time)s a month, and %(share)s percent of it lies on one person.")
    return (words % {"item": clean(one.label), "time": durations.show(one.minutes), "share": round(one.share * 100)},)
