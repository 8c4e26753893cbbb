"""Addresses beside e-mail, of a member or of the whole organisation (R69), and trying each way out (R19)."""

import uuid
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Organisation
from apps.reminders import removal, trial, ways
from apps.reminders.channels import CHANNELS
from apps.reminders.forms import AddressForm, ChannelChangeForm, ChannelForm, NameForm, already_at
from apps.reminders.models import Delivery, Destination
from apps.reminders.models.destination import AlreadyThere
from apps.web.forms import status
from apps.web.models.submission import already, once
from apps.web.toasts import toast

# A form that was sent twice shows the secret on the second answer too, for that is the one the browser keeps.
SHOWN_AGAIN = timedelta(minutes=2)


def channels(request: MemberRequest) -> HttpResponse:
    """The channels of the whole organisation."""
    context = {"ways": ways.ways_of_organisation(), "submission_id": uuid.uuid4()}
    return render(request, "reminders/channels.html", context)


def new(request: MemberRequest) -> HttpResponse:
    if done := _made_before(request, "address"):
        return done
    form = AddressForm(request.POST or None, owner=request.member, initial={"submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        done = _make(request, form, request.member.language)
    context = {"form": form, "of_organisation": False}
    return done or render(request, "reminders/address_new.html", context, status=status(form))


def channel_new(request: MemberRequest) -> HttpResponse:
    if done := _made_before(request, "channel"):
        return done
    organisation = Organisation.get()
    initial = {"submission_id": uuid.uuid4(), "language": organisation.language if organisation else "en"}
    form = ChannelForm(request.POST or None, owner=None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = _make(request, form, form.cleaned_data["language"])
    context = {"form": form, "of_organisation": True}
    return done or render(request, "reminders/address_new.html", context, status=status(form))


def _made_before(request: MemberRequest, form: str) -> HttpResponse | None:
    """For a form that comes a second time: its address is there by now, as the first one made it."""
    made = already(request.member, form, request.POST.get("submission_id"))
    return _there(request, made) if made else None


def _make(request: MemberRequest, form: AddressForm, language: str) -> HttpResponse | None:
    """None if somebody was quicker, which the form then says."""
    said = form.cleaned_data

    def deed() -> int:
        return Destination.make(
            form.owner, request.member, channel=said["channel"], name=said["name"], url=said["url"], host=form.host,
            language=language,
        ).pk  # fmt: skip

    try:
        made, _fresh = once(request.member, "address" if form.owner else "channel", said["submission_id"], deed)
    except AlreadyThere as twin:
        form.add_error("url", already_at(twin.row))
        return None
    return _there(request, made)


def _there(request: MemberRequest, made: int | None) -> HttpResponse:
    row = get_object_or_404(Destination.objects.of(request.member), pk=made)
    if row.channel == "webhook":
        return _show_secret(request, row, row.created_at)
    toast(request, _("“%(name)s” is there. Send a test to see whether it works.") % {"name": row.name})
    return _back(row)


def _show_secret(request: MemberRequest, row: Destination, made_at: datetime | None) -> HttpResponse:
    """The page that shows it: once, as the answer to the form that made it."""
    if made_at is None or timezone.now() - made_at > SHOWN_AGAIN:
        toast(request, _("A secret is shown once. Make a new one if you need it."))
        return _back(row)
    response = render(request, "reminders/secret.html", {"row": row, "secret": row.secret})
    response["Cache-Control"] = "no-store"
    return response


def _back(row: Destination) -> HttpResponse:
    return redirect("reminders:settings" if row.member_id else "reminders:channels")


def _mine(request: MemberRequest, pk: int) -> Destination:
    return get_object_or_404(Destination.objects.of(request.member), pk=pk)


def change(request: MemberRequest, address_pk: int) -> HttpResponse:
    """Another name; of a channel also its language and what is written there."""
    row = _mine(request, address_pk)
    kind = NameForm if row.member_id else ChannelChangeForm
    form = kind(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        row.refresh_from_db()  # what the form already wrote on it would be no change
        row.change(request.member, **form.cleaned_data)
        toast(request, _("It is saved."))
        return _back(row)
    return render(request, "reminders/address_change.html", {"form": form, "row": row}, status=status(form))


@require_POST
def secret(request: MemberRequest, address_pk: int) -> HttpResponse:
    """A new secret; the one before counts for another day."""
    row = _mine(request, address_pk)
    if row.channel != "webhook":
        raise Http404

    def deed() -> int:
        row.renew_secret(request.member)
        return row.pk

    once(request.member, f"secret {row.pk}", request.POST.get("submission_id"), deed)
    row.refresh_from_db()
    return _show_secret(request, row, row.rotated_at)


@require_POST
def switch(request: MemberRequest, address_pk: int) -> HttpResponse:
    row, on = _mine(request, address_pk), "on" in request.POST
    if on != (row.off_at is None):
        row.switch(request.member, on=on)
    said = _("“%(name)s” is on again.") if on else _("“%(name)s” is off. Nothing goes there.")
    toast(request, said % {"name": row.name})
    return _back(row)


@require_POST
def remove(request: MemberRequest, address_pk: int) -> HttpResponse:
    if "undo" in request.POST:
        return _take_back(request, address_pk)
    row = _mine(request, address_pk)
    was = row.remove(request.member)
    toast(request, _("“%(name)s” is removed.") % {"name": row.name}, was, at=request.path)
    return _back(row)


def _take_back(request: MemberRequest, address_pk: int) -> HttpResponse:
    row = get_object_or_404(Destination.objects.to_take_back(request.member), pk=address_pk)
    try:
        is_there = removal.take_back(row, request.member, request.POST["undo"])
        says = (
            _("“%(name)s” is back.") if is_there else _("The address of “%(name)s” is forgotten by now. Add it anew.")
        )
        toast(request, says % {"name": row.name})
    except AlreadyThere as twin:
        toast(request, already_at(twin.row).messages[0])
    return _back(row)


@require_POST
def test(request: MemberRequest) -> HttpResponse:
    """Sends a test: to the reader's inbox or e-mail, or to an address they may change."""
    pk, channel = request.POST.get("address", ""), request.POST.get("channel", "")
    row = _mine(request, int(pk)) if pk.isascii() and pk.isdecimal() else None
    if row is None and not (channel in CHANNELS and CHANNELS[channel].personal):
        raise Http404
    trial.send_test(request.member, row.channel if row else channel, row, request.POST.get("submission_id"))
    response = redirect("reminders:settings" if row is None or row.member_id else "reminders:channels")
    response["Location"] += f"#way-{row.pk if row else channel}"
    return response


def test_state(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """What became of a test: for a page that looks by itself."""
    row = get_object_or_404(Delivery.objects.select_related("destination"), pk=delivery, is_test=True)
    allowed = row.recipient_id == request.member.pk or (
        row.destination_id and Destination.objects.of(request.member).filter(pk=row.destination_id).exists()
    )
    if not allowed:
        raise Http404
    if not request.htmx:
        return redirect("reminders:settings" if row.recipient_id else "reminders:channels")
    return render(request, "reminders/trial.html", {"trial": ways.told(row)})
