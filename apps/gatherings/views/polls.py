"""Finding a time together."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings import schedule
from apps.gatherings.forms import TimesForm
from apps.gatherings.models import Gathering
from apps.gatherings.models.poll import Suits, TimeMark, TimeOption, TimePoll
from apps.gatherings.views.gatherings import found, mine, say
from apps.web.forms import status
from apps.web.toasts import toast


@dataclass(frozen=True, slots=True)
class Row:
    """A proposed time, how many it suits, and what the reader said."""

    option: TimeOption
    yes: list[str]
    maybe: list[str]
    no: list[str]
    mine: str


def times(request: MemberRequest, pk: int) -> HttpResponse:
    """The times there are to choose from; for who runs the gathering, the form that proposes them."""
    row, me = found(pk), request.member
    poll = row.polls.filter(closed_at=None).first()
    form = TimesForm(request.POST if request.method == "POST" else None, today=me.today())
    if request.method == "POST" and mine(request, pk) and form.is_valid():
        TimePoll.begin(row, me, form.times, for_all=form.cleaned_data["for_all"])
        toast(request, _("Now people can say what suits them."))
        return redirect("gatherings:times", pk)
    context = {
        "gathering": row,
        "poll": poll,
        "rows": _rows(poll, me) if poll else [],
        "choices": Suits.choices,
        "form": form,
        "may_run": row.may_run(me),
        "earlier": row.polls.exclude(closed_at=None).order_by("-closed_at")[:5],
    }
    return render(request, "gatherings/times.html", context, status=status(form))


def _rows(poll: TimePoll, me) -> list[Row]:
    marks = list(TimeMark.objects.filter(option__poll=poll).select_related("member").order_by("id"))
    found_rows = []
    for option in poll.options.select_related("poll"):
        said = [mark for mark in marks if mark.option_id == option.pk]
        names = {kind: [one.member.short_name for one in said if one.suits == kind] for kind in Suits.values}
        own = next((one.suits for one in said if one.member_id == me.pk), "")
        found_rows.append(Row(option, names[Suits.YES], names[Suits.MAYBE], names[Suits.NO], own))
    return found_rows


@require_POST
def mark(request: MemberRequest, pk: int) -> HttpResponse:
    """What suits the reader."""
    poll = get_object_or_404(TimePoll, gathering=pk, closed_at=None)
    marks = {
        int(name.removeprefix("time-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("time-") and name.removeprefix("time-").isdecimal() and len(name) < 20
    }
    TimeMark.say(poll, request.member, marks)
    toast(request, _("Your times are noted."))
    return redirect("gatherings:times", pk)


@require_POST
def settle(request: MemberRequest, pk: int, option_pk: int) -> HttpResponse:
    """It is this time: the next meeting moves there, or all that are still to come."""
    row = mine(request, pk)
    option = get_object_or_404(TimeOption.objects.select_related("poll"), pk=option_pk, poll__gathering=row)
    if option.poll.closed_at is not None:
        toast(request, _("This was settled already."))
        return redirect("gatherings:times", pk)
    if option.starts_at <= timezone.now():
        toast(request, _("This time is over. Choose another."))
        return redirect("gatherings:times", pk)
    moment = schedule.settle(option, request.member)
    if moment is None:
        toast(request, _("Nothing is planned that could move there."))
    else:
        say(request, _("It is settled."), [moment])
    return redirect("gatherings:gathering", pk)


@require_POST
def close(request: MemberRequest, pk: int) -> HttpResponse:
    """No time is looked for any more."""
    row: Gathering = mine(request, pk)
    for poll in row.polls.filter(closed_at=None):
        poll.close()
    toast(request, _("The search is closed."))
    return redirect("gatherings:times", pk)
