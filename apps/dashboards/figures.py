"""The four figures of the front page, each with what it was before and how it is found."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards import sql
from apps.dashboards.load import FEWEST, Carried, mean, tells_of_nobody
from apps.dashboards.scaling import hours
from apps.people.ladder import Steps
from apps.toil import months
from apps.toil.templatetags.toil import percent
from apps.web.templatetags.web import address

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str  # "" for not enough to say
    unit: str
    note: str
    help: str
    address: str = ""  # of the rows behind it
    tone: str = ""  # "up" for good, "down" for bad


def figures(carried: Carried, steps: Steps) -> list[Figure]:
    """`steps` are those of all items that still come back. Two queries."""
    return [*three(carried, steps), came(carried)]


def three(carried: Carried, steps: Steps) -> list[Figure]:
    """Those of them that are about toil. One query."""
    return [_desk(carried), _all(carried), one_person(carried, steps)]


def of_month(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def log_of(since: date, until: date, **filters: int | str) -> str:
    """The address of the log's rows of these days."""
    return f"{address('toil:log')}?{urlencode(filters | {'since': since.isoformat(), 'until': until.isoformat()})}"


def held_between(since: date, until: date, **filters: str) -> str:
    """The address of the gatherings held on these days."""
    asked = filters | {"all": "earlier", "since": since.isoformat(), "until": until.isoformat()}
    return f"{address('gatherings:gatherings')}?{urlencode(asked)}#earlier-title"


def _desk(carried: Carried) -> Figure:
    return own_share(carried) or hands(carried)


def own_share(carried: Carried) -> Figure | None:
    """s of the lead over the 90 days before (product.md, “Formulas”); None where it may not be said."""
    lately, full = carried.lately, carried.full
    if not (carried.is_split and lately and tells_of_nobody(lately)):
        return None
    by_month = [(month, carried.loads[month].own / carried.loads[month].minutes) for month in full]
    return Figure(
        _("Toil on the first SRE"), str(round(lately.own / lately.minutes * 100)), _("% in 90 days"),
        _by_month([(month, percent(share)) for month, share in by_month]),
        _("Their minutes divided by everybody’s, over the last 90 days; by month in the chart."),
        log_of(*carried.latest_days, who=carried.desk.member.pk if carried.desk.member else 0),
        tone=_tone_of_months(by_month, better_if_less=True),
    )  # fmt: skip


def hands(carried: Carried) -> Figure:
    """Effective hands over the 90 days before: 1 / Σ sₚ² (product.md, “Formulas”)."""
    lately = carried.lately
    label, help_ = _("Effective hands"), _(
        "1 ÷ the sum of squared shares over the last 90 days: 1 if one person does it all, 4 if four share it evenly."
    )  # fmt: skip
    if lately is None or lately.people < FEWEST:
        return Figure(label, "", "", _("Not enough to say: fewer than three people logged toil."), help_)
    by_month = [(month, load.hands) for month in carried.full if (load := carried.loads[month]).people >= FEWEST]
    note = _by_month([(month, f"{hands_:.1f}") for month, hands_ in by_month])
    return Figure(
        label, f"{lately.hands:.1f}", _("in 90 days"), note, help_, log_of(*carried.latest_days),
        tone=_tone_of_months(by_month, better_if_less=False),
    )  # fmt: skip


def _by_month(said: list[tuple[date, str]]) -> str:
    """What the first and the last full month of the period say by themselves."""
    shown = [said[0], said[-1]] if len(said) > 1 else said
    words = [_("%(share)s in %(month)s") % {"share": text, "month": of_month(month)} for month, text in shown]
    return _(", ").join(words)


def _all(carried: Carried) -> Figure:
    full, before = carried.full, mean(carried.before)
    help_ = _("All minutes logged in the last full month of the period.")
    if not full:
        return Figure(_("Toil in all"), "", "", _("Not enough to say: no full month was logged."), help_)
    first, last = carried.loads[full[0]].minutes, carried.loads[full[-1]].minutes
    said = [_("%(hours)s in %(month)s") % {"hours": hours(first), "month": of_month(full[0])}] if len(full) > 1 else []
    if before is not None:
        said.append(_("%(hours)s a month on average in the period before") % {"hours": hours(before)})
    return Figure(
        _("Toil in all"), f"{round(last / 60):,}", _("h in %(month)s") % {"month": date_format(full[-1], "F")},
        _(", ").join(said), help_,
        log_of(full[-1], months.last_day(full[-1])),
        tone=_tone(first, last, better_if_less=True),
    )  # fmt: skip


def one_person(carried: Carried, steps: Steps) -> Figure:
    """Items that nobody or one person alone can do (ladder ≥ solo), among those that still come back."""
    help_ = _("Items still coming back that one person at most can do alone: solo or teaching on the ladder.")
    label = _("Toil only one person can do")
    alone = steps.alone(carried.until if carried.until < carried.today else None)
    if not alone:
        return Figure(label, "", "", _("Not enough to say: there are no items."), help_)
    now = sum(people <= 1 for people in alone.values())
    began = max(carried.period.first, carried.drawn[0] if carried.drawn else carried.period.first)
    was = sum(people <= 1 for people in steps.alone(began).values())
    period = carried.period
    # The people's own field shows today; what was before stands by numbers on the page of load.
    months_of = {"period": "own", "since": f"{period.first:%Y-%m}", "until": f"{period.last:%Y-%m}"}
    past = f"{reverse('dashboards:load')}?{urlencode(months_of)}#people"
    return Figure(
        label, str(now), _("of %(n)s items") % {"n": len(alone)},
        _("%(n)s of them on %(day)s") % {"n": was, "day": date_format(began)}, help_,
        past if carried.until < carried.today else f"{reverse('people:field')}?by=items&one=on",
        tone=_tone(was, now, better_if_less=True),
    )  # fmt: skip


def came(carried: Carried) -> Figure:
    """Different people who were at a gathering within 30 days, of those who take part in these gatherings."""
    _first, until = carried.period.days_until(carried.today)
    first = until - LATELY + timedelta(days=1)
    there, invited = sql.came(first, until)
    if not (there or invited):
        return Figure(
            _("Came to a session"), "", "", _("Not enough to say: no gathering was held in the 30 days before."),
            _("Different people who were at a gathering, of all who take part in those gatherings."),
        )  # fmt: skip
    unit = ngettext("person", "people", there)
    said = {"first": date_format(first, "SHORT_DATE_FORMAT"), "last": date_format(until), "n": max(invited, there)}
    return Figure(
        _("Came to a session"), str(there), unit, _("%(first)s to %(last)s, of %(n)s who take part") % said,
        _("Different people who were at a gathering, of all who take part in those gatherings."),
        held_between(first, until),
    )  # fmt: skip


def _tone_of_months(by_month: list[tuple[date, float]], *, better_if_less: bool) -> str:
    """From the first full month to the last: a window of 90 days is not set against a month."""
    return _tone(by_month[0][1], by_month[-1][1], better_if_less=better_if_less) if by_month else ""


def _tone(before: float | None, now: float, *, better_if_less: bool) -> str:
    if before is None or round(before, 2) == round(now, 2):
        return ""
    return "up" if (now < before) == better_if_less else "down"
