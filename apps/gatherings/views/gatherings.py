"""Gatherings: all of them, a new one, one with its meetings, who is invited, resting and closing."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.gatherings import coming, notices, reading, schedule, sql
from apps.gatherings.forms import AboutForm, InviteForm, PlanForm, said_by
from apps.gatherings.listed import Line
from apps.gatherings.models import Answer, Gathering, Kind, Meeting, Participant, Rsvp, RsvpError
from apps.gatherings.moments import Moment, zone_names
from apps.gatherings.reading_forms import HelperForm
from apps.people.models import Interest, Topic
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.text import whole_day, whole_number
from apps.web.toasts import toast

NEXT = 6  # meetings listed as coming up
EARLIER = 6  # and as having been
MOST_NAMED = 50  # people whom a suggestion names
MOST_TOLD = 5  # who have not joined
PAGE = 10  # earlier meetings of a series
AHEAD, MOST_AHEAD = 4, 400  # and those that are to come: at first, and when all are asked for
MINUTES = {Kind.READING: 45, Kind.MOB: 50, Kind.EVENT: 60}


def gatherings(request: MemberRequest) -> HttpResponse:
    """What is coming up, the series there are, and what was."""
    me, now = request.member, timezone.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    of_kind = {"gathering__kind": kind} if kind else {}
    meetings = Meeting.objects.told().filter(**of_kind)
    rows = Gathering.objects.select_related("organiser").filter(**({"kind": kind} if kind else {}))
    shown = request.GET.get("all", "")
    since, until = (whole_day(request.GET.get(name, "")) for name in ("since", "until"))
    ahead = list(meetings.ahead(now)[: MOST_AHEAD if shown == "ahead" else NEXT + 1])
    over = meetings.over(now).filter(**{f"day__{how}": day for how, day in (("gte", since), ("lte", until)) if day})
    earlier = list(over[: MOST_AHEAD if shown == "earlier" else EARLIER + 1])
    more_ahead, more_earlier = shown != "ahead" and len(ahead) > NEXT, shown != "earlier" and len(earlier) > EARLIER
    ahead, earlier = ahead[:NEXT] if more_ahead else ahead, earlier[:EARLIER] if more_earlier else earlier
    lines = coming.lines([*ahead, *earlier], me, there=coming.who_drove(earlier))
    context = {
        "kind": kind,
        "kinds": Kind.choices,
        "ahead": lines[: len(ahead)],
        "series": coming.series(rows.open().recurring().order_by("kind", "title")[:100], now),
        "closed": rows.exclude(closed_at=None).order_by("-closed_at")[:PAGE],
        "earlier": lines[len(ahead) :],
        "more_ahead": more_ahead,
        "more_earlier": more_earlier,
        "since": since,
        "until": until,
    }
    return render(request, "gatherings/gatherings.html", context)


def plan(request: MemberRequest) -> HttpResponse:
    """A new gathering, once or again and again."""
    me = request.member
    kind = request.GET.get("kind", Kind.READING)
    kind = kind if kind in Kind.values else Kind.READING
    initial = {
        "kind": kind,
        "item": request.GET.get("item", ""),
        "topic": request.GET.get("topic", "")[:120],
        "title": request.GET.get("title", "")[:120],
        "day": me.today() + timedelta(days=7),
        "clock": "15:00",
        "minutes": MINUTES[Kind(kind)],
        "zone": me.time_zone,
        "is_open": True,
        "skips_holidays": True,
        "submission_id": uuid.uuid4(),
    } | said_by(None)
    to_invite = _to_invite(request)
    form = PlanForm(request.POST if request.method == "POST" else None, today=me.today(), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        moments: list[Moment] = []

        def deed() -> int:
            slot = form.slot
            row = Gathering(
                organiser=me,
                first_day=data["day"],
                rule=data["rule"].pinned(data["day"]).to_json() if data["rule"] else None,
                topic=Topic.named(data["topic"], me) if data["topic"] else None,
                **{name: data[name] for name in ("kind", "title", "about", "item", "is_open", "skips_holidays")},
                **{name: getattr(slot, name) for name in schedule.SLOT},
            )
            moments.append(schedule.begin(row, me.today()))
            Participant.join(row, me)
            notices.planned(row)
            return row.pk

        made, _fresh = once(me, "gathering", data["submission_id"], deed)
        say(request, _("It is planned. Now invite people, or let them find it."), moments)
        if to_invite:
            asked = urlencode([("invite", one.pk) for one in to_invite])
            return redirect(f"{reverse('gatherings:invite', args=[made])}?{asked}")
        return redirect("gatherings:gathering", made)
    context = {
        "form": form,
        "zones": sorted(zone_names()),
        "topics": Topic.objects.with_interest(me),
        "to_invite": to_invite,
    }
    return render(request, "gatherings/plan.html", context, status=status(form))


def _to_invite(request: MemberRequest) -> list[Member]:
    """Whom a suggestion names to be invited; none in most requests, and then no query."""
    ids = [pk for pk in map(whole_number, request.GET.getlist("invite")[:MOST_NAMED]) if pk]
    return list(Member.objects.active().filter(pk__in=ids).exclude(pk=request.member.pk).by_name()) if ids else []


def say(request: MemberRequest, words: str, moments: list[Moment]) -> None:
    """A toast; where the clocks leap over the time that was asked for, it says so (R32)."""
    for moment in moments:
        if moment.shifted:
            at = moment.local.strftime("%H:%M")
            words += " " + _("On the first day the clocks leap over this time: it begins at %(time)s.") % {"time": at}
    toast(request, words)


def gathering(request: MemberRequest, pk: int) -> HttpResponse:
    """A series with its meetings; what happens once shows its one meeting."""
    me, now = request.member, timezone.now()
    row = sql.gathering(pk, me, now)
    if row is None:
        raise Http404
    if not row.is_recurring and len(only := list(row.meetings.values_list("number", flat=True)[:2])) == 1:
        return redirect("gatherings:meeting", pk, only[0])
    earlier = Paginator(range(row.earlier), PAGE)  # type: ignore[attr-defined]
    page = earlier.get_page(request.GET.get("page"))
    shown = MOST_AHEAD if request.GET.get("ahead") == "all" else AHEAD
    lines = sql.around(row.pk, me, now, ahead=shown, over=PAGE, skipped=(page.number - 1) * PAGE)
    ahead = [line for line in lines if line.meeting.ends_at > now]
    before = [line for line in reversed(lines) if line.meeting.ends_at <= now]
    following = next((line for line in ahead if not line.meeting.is_cancelled), None)
    takes_part = Participant.of(row)
    context = {
        "gathering": row,
        "next": following,
        "answers": Answer.choices,
        "who": coming.who(Rsvp.answers(following.meeting.pk)) if following else None,
        "ahead": with_chapters(row, me, ahead),
        "to_come": row.to_come,  # type: ignore[attr-defined]
        "earlier": with_chapters(row, me, before),
        "page": page,
        "may_run": row.may_run(me),
        "may_answer": following is not None and (bool(following.mine) or row.lets_in(me)),
        "mine": next((one for one in takes_part if one.person.pk == me.pk), None),
        "people": tuple(one.person for one in takes_part if one.joined_at),
        "asked": sum(one.joined_at is None and one.left_at is None for one in takes_part),
        "resting": row.is_resting(me.today()),
    }
    return render(request, "gatherings/gathering.html", context)


def with_chapters(row: Gathering, reader: Member, lines: list[Line]) -> list[Line]:
    """Of a reading circle, the meetings called by what is read at them, where they have no name of their own."""
    circle = reading.circle_of_page(row, reader)
    if circle is None:
        return lines
    titles: dict[int, list[str]] = {}
    for one in circle.lines:
        if one.meeting is not None:
            said = {"n": one.chapter.number, "title": one.chapter.title}
            titles.setdefault(one.meeting.pk, []).append(_("Chapter %(n)s: %(title)s") % said)
    return [
        replace(line, meeting=replace(line.meeting, title=_(", ").join(titles[line.meeting.pk])))
        if line.meeting.pk in titles and not line.meeting.title
        else line
        for line in lines
    ]


def found(pk: int) -> Gathering:
    return get_object_or_404(Gathering.objects.select_related("organiser", "item", "topic"), pk=pk)


def mine(request: MemberRequest, pk: int) -> Gathering:
    """One that the reader runs; anybody else finds nothing to change."""
    row = found(pk)
    return row if row.may_run(request.member) else get_object_or_404(Gathering.objects.none())


def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """What it is about; when and where is changed at a meeting."""
    row = mine(request, pk)
    form = AboutForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("The gathering is saved."))
        return redirect("gatherings:gathering", pk)
    return render(request, "gatherings/edit.html", {"form": form, "gathering": row}, status=status(form))


@require_POST
def join(request: MemberRequest, pk: int) -> HttpResponse:
    """Joins an open gathering, or one the reader was invited to. Where it meets but once, joining is coming."""
    row = found(pk)
    invited = row.participants.filter(member=request.member).exists()
    if row.is_closed or not (row.is_open or invited):
        said = _("This one can’t be joined. Ask its organiser.")
    else:
        Participant.join(row, request.member)
        said = _said_of(_answer_the_only_one(row, request.member, Answer.GOING))
    toast(request, said)
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


@require_POST
def leave(request: MemberRequest, pk: int) -> HttpResponse:
    """Leaves it; what one answered for the meetings of a series stays until one changes it."""
    row = found(pk)
    Participant.leave(row, request.member)
    _answer_the_only_one(row, request.member, Answer.NO)
    toast(request, _("You are out. You can come back whenever you like."))
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


def _answer_the_only_one(row: Gathering, member: Member, answer: Answer) -> Rsvp | None:
    """The answer of who joins or leaves what meets but once; none for a series. Who joins and has said how they come
    keeps that, and who leaves without an answer needs none.
    """
    meeting = None if row.is_recurring else row.meetings.ahead(timezone.now()).first()
    if meeting is None:
        return None
    known = meeting.rsvps.filter(member=member).first()
    said = known.answer if known else Answer.NO
    if (said == Answer.NO) == (answer == Answer.NO):
        return known
    try:
        return Rsvp.say(meeting, answer, member=member)
    except RsvpError:  # over or cancelled a moment ago
        return None


def _said_of(rsvp: Rsvp | None) -> str:
    if rsvp is None:
        return _("You are in. Say for each meeting whether you come.")
    if rsvp.waits:
        return _("You are in. All seats are taken: you are on the waiting list, and move up by yourself.")
    return _("You are in. Your answer: %(answer)s.") % {"answer": rsvp.get_answer_display()}


def invite(request: MemberRequest, pk: int) -> HttpResponse:
    """Invites people, everybody whom a topic interests, or everybody."""
    row = mine(request, pk)
    initial = {"people": _to_invite(request)}
    form = InviteForm(request.POST if request.method == "POST" else None, reader=request.member, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = {one.pk: one for one in data["people"]}
        if data["everybody"]:
            wanted |= {one.pk: one for one in Member.objects.active()}
        said = Interest.objects.confirmed().of_standing().filter(topic__in=data["topics"]).select_related("person")
        wanted |= {one.person_id: one.person for one in said}
        count = Participant.invite(row, wanted.values(), request.member)
        said_how_many = ngettext("%(n)s person is invited.", "%(n)s people are invited.", count) % {"n": count}
        says = [said_how_many if count else _("They are invited already.")]
        if away := [one.display_name for one in wanted.values() if not one.has_joined]:
            named = _(", ").join(away[:MOST_TOLD]) + (" …" if len(away) > MOST_TOLD else "")
            says.append(_("Not in Miraizu yet, and so without a message: %(names)s.") % {"names": named})
        toast(request, " ".join(says))
        return redirect("gatherings:gathering", pk)
    return render(request, "gatherings/invite.html", {"form": form, "gathering": row}, status=status(form))


def helpers(request: MemberRequest, pk: int) -> HttpResponse:
    """Who runs it together with its organiser: one more, or one less."""
    row = mine(request, pk)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and (gone := sent.get("remove", "")):
        row.helpers.remove(*row.helpers.filter(pk=whole_number(gone)))
        toast(request, _("It is saved."))
        return redirect("gatherings:helpers" if row.may_run(request.member) else "gatherings:gathering", pk)
    form = HelperForm(sent, gathering=row)
    if sent is not None and form.is_valid():
        person = form.cleaned_data["member"]
        row.helpers.add(person)
        toast(request, _("%(name)s runs it with you from now on.") % {"name": person.short_name})
        return redirect("gatherings:helpers", pk)
    context = {"gathering": row, "form": form, "rows": row.helpers.order_by("display_name", "id")}
    return render(request, "gatherings/helpers.html", context, status=status(form))


@require_POST
def rest(request: MemberRequest, pk: int) -> HttpResponse:
    """Nothing happens until a day."""
    row = mine(request, pk)
    today = request.member.today()
    try:
        until = parse_date(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None or not today < until <= today + timedelta(days=366):
        toast(request, _("Choose a day within the next year."))
    else:
        schedule.rest(row, until, request.member)
        toast(request, _("It rests. What was planned until then is skipped."))
    return redirect("gatherings:gathering", pk)


@require_POST
def wake(request: MemberRequest, pk: int) -> HttpResponse:
    """Goes on earlier than it was to."""
    schedule.wake(mine(request, pk))
    toast(request, _("It goes on."))
    return redirect("gatherings:gathering", pk)


@require_POST
def close(request: MemberRequest, pk: int) -> HttpResponse:
    """Closes it well: with the next meeting as its last, or at once."""
    row = mine(request, pk)
    last = None
    if request.POST.get("last") == "next":
        last = row.meetings.ahead(timezone.now()).first()
    schedule.close(row, request.member, last)
    toast(request, _("The next meeting is its last.") if last else _("It is closed. What was stays readable."))
    return redirect("gatherings:gathering", pk)
