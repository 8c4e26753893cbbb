"""No more of these, by the link in a letter and without signing in (RFC 8058)."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.models import Member
from apps.reminders.kinds import kind
from apps.reminders.models import Choice, Preference
from apps.reminders.unsubscribe import read


# Programs for mail post here by themselves and know no token of ours; the signed address is proof enough.
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, so that programs that follow links change nothing; POST does it, or takes it back."""
    try:
        member_id, name, channel = read(token)
        member, of = Member.objects.get(pk=member_id), kind(name)
    except (BadSignature, ValueError, TypeError, KeyError, Member.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        which = {"member": member, "kind": name, "channel": channel}
        if "again" in request.POST:
            Preference.objects.filter(**which).delete()
        else:
            Preference.objects.update_or_create(**which, defaults={"choice": Choice.OFF})
    off = Preference.objects.filter(member=member, kind=name, channel=channel, choice=Choice.OFF).exists()
    with translation.override(member.language):
        return render(request, "reminders/unsubscribe.html", {"kind": of, "off": off})
