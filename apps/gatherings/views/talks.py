"""Talks of a learning event: offered, asked for, wished, taken, and put into slots."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings.forms import TalkForm
from apps.gatherings.models import Kind
from apps.gatherings.models.talk import Talk, TalkWish
from apps.gatherings.views.gatherings import found
from apps.people.models import Topic
from apps.web.forms import status
from apps.web.models.submission import once
from apps.web.toasts import toast


def new(request: MemberRequest, pk: int) -> HttpResponse:
    """Offers a talk, or asks for one."""
    me = request.member
    row = get_object_or_404(type(found(pk)), pk=pk, kind=Kind.EVENT)
    initial = {"offer": request.GET.get("ask") is None, "minutes": 10, "submission_id": uuid.uuid4()}
    form = TalkForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> int:
            topic = Topic.named(data["topic"], me) if data["topic"] else None
            speaker = me if data["offer"] else None
            talk = Talk.objects.create(
                gathering=row, title=data["title"], topic=topic, minutes=data["minutes"], speaker=speaker, by=me
            )
            if speaker is None:
                TalkWish.say(talk, me, on=True)
            return talk.pk

        once(me, "talk", data["submission_id"], deed)
        toast(request, _("Your talk is on the list.") if data["offer"] else _("It is asked for."))
        return redirect("gatherings:gathering", pk)
    context = {"form": form, "gathering": row, "topics": Topic.objects.with_interest(me)}
    return render(request, "gatherings/talk.html", context, status=status(form))


def _talk(pk: int, talk_pk: int) -> Talk:
    return get_object_or_404(Talk.objects.select_related("gathering", "speaker"), pk=talk_pk, gathering=pk)


@require_POST
def wish(request: MemberRequest, pk: int, talk_pk: int) -> HttpResponse:
    """Says, or no longer says, that one would like to hear it."""
    TalkWish.say(_talk(pk, talk_pk), request.member, on=request.POST.get("wish") == "on")
    return redirect("gatherings:gathering", pk)


@require_POST
def take(request: MemberRequest, pk: int, talk_pk: int) -> HttpResponse:
    """Gives a talk that was asked for."""
    talk = _talk(pk, talk_pk)
    if talk.take(request.member):
        toast(request, _("It is yours. Thank you."))
    else:
        talk.refresh_from_db()
        if talk.speaker_id != request.member.pk and talk.speaker:
            toast(request, _("%(name)s was quicker and gives it.") % {"name": talk.speaker.short_name})
    return redirect("gatherings:gathering", pk)


@require_POST
def give_back(request: MemberRequest, pk: int, talk_pk: int) -> HttpResponse:
    """The speaker can't after all."""
    talk = _talk(pk, talk_pk)
    if request.member.pk == talk.speaker_id or talk.gathering.may_run(request.member):
        talk.give_back()
        toast(request, _("It is asked for again."))
    return redirect("gatherings:gathering", pk)


@require_POST
def place(request: MemberRequest, pk: int, talk_pk: int) -> HttpResponse:
    """Puts a talk into the next meeting, or takes it out."""
    talk = _talk(pk, talk_pk)
    if not talk.gathering.may_run(request.member):
        get_object_or_404(Talk.objects.none())
    following = talk.gathering.meetings.ahead(timezone.now()).first()
    if request.POST.get("out"):
        talk.place(None)
    elif following is None:
        toast(request, _("Nothing is planned. Plan a meeting first."))
    elif talk.meeting_id != following.pk:
        talk.place(following)
    return redirect("gatherings:gathering", pk)


@require_POST
def remove(request: MemberRequest, pk: int, talk_pk: int) -> HttpResponse:
    """Takes a talk off the list: who put it there, or who runs the gathering."""
    talk = _talk(pk, talk_pk)
    if request.member.pk in (talk.by_id, talk.speaker_id) or talk.gathering.may_run(request.member):
        talk.delete()
        toast(request, _("It is off the list."))
    return redirect("gatherings:gathering", pk)
