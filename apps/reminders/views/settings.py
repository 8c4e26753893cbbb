"""What one gets by which channel, and when one wants to be left in peace."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.reminders.channels import CHANNELS
from apps.reminders.forms import MannerForm, channels_of, choices_of, forget_choices, keep_choices
from apps.reminders.models import Choice, Manner
from apps.reminders.ways import ways_of
from apps.web.forms import status
from apps.web.toasts import toast


def settings(request: MemberRequest) -> HttpResponse:
    manner = Manner.objects.filter(pk=request.member.pk).first() or Manner(member=request.member)
    form = MannerForm(request.POST or None, instance=manner)
    if request.method == "POST" and form.is_valid():
        form.save()
        keep_choices(request.member, request.POST)
        toast(request, _("Your settings are saved."))
        return redirect("reminders:settings")
    grid = choices_of(request.member, request.POST if form.errors else None)
    return render(
        request,
        "reminders/settings.html",
        {
            "form": form,
            "grid": grid,
            "channels": [CHANNELS[name].label for name in channels_of(request.member)],
            "choices": Choice.choices,
            "usual": Manner(member=request.member),
            "ways": ways_of(request.member),
            "submission_id": uuid.uuid4(),
        },
        status=status(form),
    )


@require_POST
def defaults(request: MemberRequest) -> HttpResponse:
    forget_choices(request.member)
    toast(request, _("Everything is set to the defaults."))
    return redirect("reminders:settings")
