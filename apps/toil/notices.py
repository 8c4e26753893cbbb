"""What people are told about their own log: a timer that seems forgotten, and, if they want it, a week without a line.

Both are brought by the clock; neither says anything about anybody else.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member
from apps.reminders.ahead import Due, plan_due
from apps.reminders.kinds import Kind, register
from apps.reminders.letter import Action, Answer, Letter
from apps.reminders.models import Choice, Delivery, Manner, Preference
from apps.reminders.models.delivery import Reason
from apps.reminders.tick import plans_ahead
from apps.reminders.timing import moment
from apps.toil import durations
from apps.toil.models import Entry, Timer
from apps.toil.models.timer import RUNS_LONG
from apps.web.text import clean

TIMER, WEEK = "toil_timer", "toil_week"
HELPS_FOR = timedelta(days=1)
AT = time(15)  # of the last working day
LOGS = timedelta(weeks=8)  # who has logged nothing for so long does not log


@plans_ahead
def plan_ahead() -> None:
    now = timezone.now()
    _timers(now)
    _weeks(now)


# ---- a timer that runs long -------------------------------------------------------------------------


def _timers(now: datetime) -> None:
    """Who has a timer that runs too long: once for each day on which they started one. Two queries, or one."""
    rows = Timer.objects.filter(started_at__lte=now - RUNS_LONG, member__is_active=True).select_related("member")
    dues = [Due(_started(row), row.member, now, expires=now + HELPS_FOR) for row in rows]
    plan_due(TIMER, dues, now)


def _started(row: Timer) -> str:
    return f"timer:{row.started_at.astimezone(UTC).date().isoformat()}"


def timer(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """While that timer runs. One query."""
    rows = Timer.objects.filter(member__in={each.recipient_id for each in deliveries}).select_related("item")
    running = {row.member_id: row for row in rows if row.runs_long}
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        row = running.get(each.recipient_id or 0)
        good = row is not None and _started(row) == each.occurrence
        said[each.pk] = _timer(row, each) if row is not None and good else Reason.NOT_WANTED
    return said


def _timer(row: Timer, each: Delivery) -> Letter:
    start, what = timezone.localtime(row.started_at), clean(row.item.label if row.item else row.line)
    goes_on = Answer(_("It goes on"), reverse("reminders:done", args=[each.pk]))
    answers = [goes_on]
    if row.item is not None:  # without one, the page has to ask what it was
        fields = (("minutes", str(row.likely_minutes)), ("started", str(row.mark)))
        label = _("Stop it, and log %(time)s") % {"time": durations.show(row.likely_minutes)}
        answers.insert(0, Answer(label, reverse("toil:timer_stop"), fields))
    return Letter(
        subject=_("Your timer still runs: %(what)s") % {"what": what} if what else _("Your timer still runs"),
        text=(_("It is easily forgotten. Say how long it really was, or let it go on."),),
        facts=((_("Since"), f"{date_format(start, 'MONTH_DAY_FORMAT')} {time_format(start, 'TIME_FORMAT')}"),),
        actions=(Action(_("Say how long it was"), reverse("toil:timer")),),
        answers=tuple(answers),
        data={"timer": row.pk},
    )


# ---- a week without a line --------------------------------------------------------------------------


def _weeks(now: datetime) -> None:
    """Only for who asked for it: in the afternoon of their last working day. One query while nobody did."""
    wanted = Preference.objects.filter(kind=WEEK).exclude(choice=Choice.OFF).values("member")
    people = list(Member.objects.joined().filter(pk__in=wanted))
    if not people:
        return
    manners = Manner.objects.in_bulk([one.pk for one in people])
    dues = []
    for one in people:
        monday, manner = _monday(one.today()), manners.get(one.pk) or Manner(member=one)
        at = moment(manner.working_days_from(monday)[-1], AT, one.zone)
        if at <= now:  # who logs in the last minute is not asked
            over = moment(monday + timedelta(days=7), time(), one.zone)
            dues.append(Due(f"week:{monday.isoformat()}", one, at, expires=over))
    empty = _with_empty_weeks({(one.member.pk, one.occurrence) for one in dues})
    plan_due(WEEK, [one for one in dues if (one.member.pk, one.occurrence) in empty], now)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _with_empty_weeks(asked: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of (member, “week:<Monday>”) who log, and logged nothing in that week. One query, or none."""
    if not asked:
        return set()
    mondays = {key: date.fromisoformat(key[1].partition(":")[2]) for key in asked}
    rows = Entry.objects.filter(member__in={pk for pk, _week in asked}, day__gte=min(mondays.values()) - LOGS)
    last = dict(rows.order_by().values("member").annotate(last=Max("day")).values_list("member", "last"))
    return {key for key, monday in mondays.items() if key[0] in last and last[key[0]] < monday}


def week(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """Until something is logged, or the week is over. Two queries."""
    readers = Member.objects.in_bulk({each.recipient_id for each in deliveries})
    empty = _with_empty_weeks({(each.recipient_id or 0, each.occurrence) for each in deliveries})
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        reader = readers.get(each.recipient_id or 0)
        if reader is None or (reader.pk, each.occurrence) not in empty:
            said[each.pk] = Reason.NOT_WANTED
        elif each.occurrence != f"week:{_monday(reader.today()).isoformat()}":
            said[each.pk] = Reason.STALE
        else:
            said[each.pk] = _week()
    return said


def _week() -> Letter:
    return Letter(
        subject=_("Nothing logged this week"),
        text=(
            _("If there was no toil, all the better. If there was, the week sheet takes a minute."),
            _("You asked for this reminder in your settings."),
        ),
        actions=(Action(_("Open the week"), reverse("toil:week")), Action(_("Log a line"), reverse("web:home"))),
    )


def register_all() -> None:
    group = gettext_lazy("Toil")
    register(Kind(TIMER, gettext_lazy("Your timer runs for long"), group, timer, frozenset({"inbox"}), order=400))
    register(Kind(WEEK, gettext_lazy("Nothing logged this week"), group, week, frozenset(), order=401))
