"""The way back for an answer that comes too late."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.web.http import safe_next
from apps.web.toasts import toast


def too_late(request: MemberRequest, back: str) -> HttpResponse:
    """What was to be answered is gone, or was never theirs to answer: nobody learns which."""
    toast(request, _("It is not there any more: who wrote it took it back, or its time was over."))
    return redirect(safe_next(request, back))
