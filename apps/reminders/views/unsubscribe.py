"""No more of these, by the link in a letter and without signing in (RFC 8058)."""

from contextlib import nullcontext

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.models import Member
from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import Kind, kind
from apps.reminders.models import Choice, Preference
from apps.reminders.preferences import default
from apps.reminders.unsubscribe import masked, read
from apps.web.http import Request, not_referring


# Programs for mail post here by themselves and know no token of ours; the signed address is proof enough.
@csrf_exempt
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """GET asks, so that programs that follow links change nothing; POST does it, or takes it back."""
    try:
        member_id, name, channel = read(token)
        member, of, _known = Member.objects.get(pk=member_id), kind(name), CHANNELS[channel]
    except (BadSignature, ValueError, TypeError, KeyError, Member.DoesNotExist):
        return not_referring(render(request, "reminders/unsubscribe_damaged.html", status=404))
    before = _choice(member, of, channel)
    now, again = before, request.POST.get("again", "")
    if request.method == "POST":
        wanted = again if again in Choice.values and again != Choice.OFF else Choice.AT_ONCE
        now = wanted if "again" in request.POST else Choice.OFF
        Preference.objects.update_or_create(member=member, kind=name, channel=channel, defaults={"choice": now})
    context = {
        "kind": of, "address": masked(member.email), "off": now == Choice.OFF, "before": before,
        "is_done": request.method == "POST",
    }  # fmt: skip
    with nullcontext() if _reads_as_chosen(request) else translation.override(member.language):
        return not_referring(render(request, "reminders/unsubscribe.html", context))


def _choice(member: Member, of: Kind, channel: str) -> str:
    """What they chose, or the kind's own default."""
    chosen = Preference.objects.filter(member=member, kind=of.name, channel=channel).first()
    return chosen.choice if chosen else default(of, channel, member.role)


def _reads_as_chosen(request: Request) -> bool:
    """Whether the language of the answer is one that was chosen here, and no guess of the browser's."""
    return request.member is not None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
