"""No more of these, by the link in a letter and without signing in (RFC 8058)."""

from collections.abc import Iterable
from contextlib import nullcontext

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.models import Member
from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import Kind, is_known, kind
from apps.reminders.models import Choice, Preference
from apps.reminders.preferences import default
from apps.reminders.unsubscribe import DIGEST, masked, read
from apps.web.http import Request, not_referring

OFF = Choice.OFF


# Programs for mail post here by themselves and know no token of ours; the signed address is proof enough.
@csrf_exempt
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """GET asks, so that programs that follow links change nothing; POST does it, or takes it back. By the link of a
    digest it is about all that comes in one.
    """
    try:
        member_id, name, channel = read(token)
        member, _of, _known = Member.objects.get(pk=member_id), kind(name), CHANNELS[channel]
    except (BadSignature, ValueError, TypeError, KeyError, Member.DoesNotExist):
        return not_referring(render(request, "reminders/unsubscribe_damaged.html", status=404))
    before = _in_digest(member, channel) if name == DIGEST else {name: _choice(member, kind(name), channel)}
    now = before
    if request.method == "POST":
        now = _again(request.POST.getlist("again"), name) if "again" in request.POST else dict.fromkeys(before, OFF)
        for each, choice in now.items():
            Preference.objects.update_or_create(member=member, kind=each, channel=channel, defaults={"choice": choice})
    context = {
        "kinds": [kind(each).label for each in now], "address": masked(member.email),
        "off": all(choice == OFF for choice in now.values()), "before": [f"{each}:{before[each]}" for each in before],
        "is_done": request.method == "POST",
    }  # fmt: skip
    with nullcontext() if _reads_as_chosen(request) else translation.override(member.language):
        return not_referring(render(request, "reminders/unsubscribe.html", context))


def _choice(member: Member, of: Kind, channel: str) -> str:
    """What they chose, or the kind's own default."""
    chosen = Preference.objects.filter(member=member, kind=of.name, channel=channel).first()
    return chosen.choice if chosen else default(of, channel, member.role)


def _in_digest(member: Member, channel: str) -> dict[str, str]:
    """What comes in a digest, and in which."""
    rows = Preference.objects.filter(member=member, channel=channel, choice__in=(Choice.DAILY, Choice.WEEKLY))
    return {name: choice for name, choice in rows.values_list("kind", "choice") if is_known(name)}


def _again(typed: Iterable[str], name: str) -> dict[str, str]:
    """What there was before, as the form tells it back; at once, if what it tells is no choice."""
    told = dict(each.rpartition(":")[::2] for each in typed)
    wanted = {each: choice for each, choice in told.items() if choice in Choice.values and choice != OFF}
    if name != DIGEST:
        return {name: wanted.get(name, Choice.AT_ONCE)}
    return {each: choice for each, choice in wanted.items() if is_known(each) and kind(each).choosable}


def _reads_as_chosen(request: Request) -> bool:
    """Whether the language of the answer is one that was chosen here, and no guess of the browser's."""
    return request.member is not None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
