"""Somebody showed a spark of interest: to what they could be invited."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.gatherings import coming
from apps.gatherings.models import Gathering, Participant
from apps.people.models import Interest
from apps.web.text import whole_number
from apps.web.toasts import toast

MOST = 50  # gatherings to choose from


def invite_person(request: MemberRequest, member_pk: int) -> HttpResponse:
    """The gatherings that the reader runs, each with a way to invite one person; and the way to plan another."""
    me, now = request.member, timezone.now()
    person = get_object_or_404(Member.objects.active().exclude(pk=me.pk), pk=member_pk)
    rows = Gathering.objects.open().filter(Q(rule__isnull=False) | Q(meetings__ends_at__gt=now)).distinct()
    if not me.is_lead:
        rows = rows.filter(pk__in=Gathering.objects.filter(Q(organiser=me) | Q(helpers=me)).values("pk"))
    if request.method == "POST":
        row = get_object_or_404(rows, pk=whole_number(request.POST.get("gathering", "")))
        if Participant.invite(row, [person], me):
            toast(request, _("%(name)s is invited.") % {"name": person.short_name})
        else:
            toast(request, _("They are invited already."))
        return redirect("gatherings:invite_person", person.pk)
    series = coming.series(rows.select_related("organiser").order_by("kind", "title")[:MOST], now)
    takes_part = Participant.objects.filter(member=person, gathering__in=[one.gathering.pk for one in series])
    context = {
        "person": person,
        "series": series,
        "takes_part": {one.gathering_id for one in takes_part if one.joined_at},
        "invited": {one.gathering_id for one in takes_part if not one.joined_at and not one.left_at},
        "interests": Interest.objects.confirmed().of_standing().filter(person=person).select_related("topic"),
    }
    return render(request, "gatherings/invite_person.html", context)
