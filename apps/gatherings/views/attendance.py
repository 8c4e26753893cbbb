"""Who was there: checking in, and the list of who runs it."""

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.gatherings import mob
from apps.gatherings.after_forms import SomebodyElseForm
from apps.gatherings.models import Attendance, AttendanceError, Kind, Meeting, Role
from apps.gatherings.views.meetings import back, found, mine
from apps.web.forms import status
from apps.web.toasts import toast

TOLD = {
    "early": gettext_lazy("Checking in opens 15 minutes before it begins."),
    "late": gettext_lazy("It is more than a week ago. Who ran it can still add you."),
    "cancelled": gettext_lazy("This meeting is cancelled."),
}


@require_POST
def check_in(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Says that one is there; or, with `away`, that one was not."""
    row = found(pk, number)
    if request.POST.get("away"):
        Attendance.take_away(row, request.member)
        toast(request, _("You are off the list, and no list brings you back."))
        return back(row)
    try:
        role = mob.planned_role(row, request.member.pk) if row.gathering.kind == Kind.MOB else ""
        Attendance.check_in(row, request.member, online=request.POST.get("online") == "on", role=role)
    except AttendanceError as error:
        toast(request, str(TOLD[error.code]))
    else:
        toast(request, _("Good to have you here."))
    return back(row)


def attendance(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Who was there, listed by who runs it: everybody who answered or takes part, and others by name."""
    row = mine(request, pk, number)
    if row.is_cancelled or not row.has_begun():
        toast(request, _("It has not begun yet.") if not row.is_cancelled else str(TOLD["cancelled"]))
        return back(row)
    people, guests = _people(row), _guests(row)
    sent = request.POST if request.method == "POST" else None
    form = SomebodyElseForm(sent, listed=[one.pk for one in people])
    if sent is not None and form.is_valid():
        # Who came onto the list after the page was shown stays on it.
        shown, there = set(sent.getlist("shown")), set(sent.getlist("there"))
        known = {one.pk for one in people if str(one.pk) in shown}
        roles = {one: _played(sent, one) for one in known if str(one) in there}
        added, guest = form.cleaned_data["add"], form.cleaned_data["guest"]
        if added:
            roles[added.pk] = ""
        Attendance.list_people(row, request.member, roles, known)
        came = set(guests) & set(sent.getlist("guest-there"))
        Attendance.list_guests(
            row, request.member, came | {guest} - {""}, set(guests) & set(sent.getlist("guest-shown"))
        )
        if added or guest:
            toast(request, _("Who was there is noted."))
            return redirect("gatherings:attendance", pk, number)
        toast(request, _("Who was there is noted."))
        return back(row)
    lines = _lines(row, people, sent)
    context = {
        "meeting": row,
        "gathering": row.gathering,
        "form": form,
        "lines": lines,
        "guests": _guest_lines(row, guests, sent),
        "roles": Role.choices if row.item else (),
    }
    return render(request, "gatherings/attendance.html", context, status=status(form))


@dataclass(frozen=True, slots=True)
class Line:
    person: Member
    is_there: bool
    role: str
    checked_in: bool


def _lines(row: Meeting, people: list[Member], sent: QueryDict | None) -> list[Line]:
    """The list as it is, or as it was sent; before there is one, who had a role is proposed, in that role."""
    listed = {one.member_id: one for one in Attendance.objects.standing().filter(meeting=row)}
    playing = {player.person.pk: seat.role for seat in mob.seats(row) for player in seat.players}
    ticked = set(sent.getlist("there")) if sent is not None else set()
    lines = []
    for person in people:
        one = listed.get(person.pk)
        role = _played(sent, person.pk) if sent is not None else one.role if one else ""
        if sent is None and not (one and one.role) and (one or not listed):
            role = playing.get(person.pk, "")
        is_there = str(person.pk) in ticked if sent is not None else bool(one or (not listed and role))
        lines.append(Line(person, is_there, role, one is not None and one.checked_in_at is not None))
    return lines


def _guest_lines(row: Meeting, guests: list[str], sent: QueryDict | None) -> list[tuple[str, bool]]:
    if sent is not None:
        return [(name, name in sent.getlist("guest-there")) for name in guests]
    here = set(row.attendances.filter(member=None).values_list("guest", flat=True))
    proposed = not row.attendances.exists()
    return [(name, proposed or name in here) for name in guests]


def _played(sent: QueryDict, member: int) -> str:
    role = sent.get(f"role-{member}", "")
    return role if role in Role.values else ""


def _people(row: Meeting) -> list[Member]:
    """Everybody who answered, takes part, or is on the list."""
    answered = set(row.rsvps.filter(member__isnull=False).values_list("member", flat=True))
    joined = set(row.gathering.participants.filter(joined_at__isnull=False).values_list("member", flat=True))
    listed = set(row.attendances.filter(member__isnull=False).values_list("member", flat=True))
    gone = set(row.attendances.exclude(removed_at=None).values_list("member", flat=True))
    return list(Member.objects.active().filter(pk__in=(answered | joined | listed) - gone).by_name())


def _guests(row: Meeting) -> list[str]:
    """Guests who answered that they come, or are on the list."""
    answered = row.rsvps.coming().filter(member=None).values_list("guest", flat=True)
    return sorted({*answered, *row.attendances.filter(member=None).values_list("guest", flat=True)})
