"""Who is asking, in which language and zone, and whether the permission table lets them (R55)."""

import zoneinfo
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts.models import Organisation
from apps.accounts.permissions import Answer, decide, table
from apps.web.http import Request
from apps.web.views.errors import not_this_way, signed_out


def member(get_response):
    """Sets `request.member` (None when signed out), the language and the time zone of the answer."""

    def respond(request: Request) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        request.member = person
        if person is not None:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
            timezone.activate(person.zone)
        else:
            timezone.activate(zoneinfo.ZoneInfo("UTC"))
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return respond


class _Permission:
    """Asks the table before every view; a view without an entry is refused."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Request, _view, _args, _kwargs) -> HttpResponse | None:
        view = request.resolver_match.view_name if request.resolver_match else ""
        answer = decide(view, request.method or "GET", request.member)
        match answer:
            case Answer.ALLOW:
                return None
            case Answer.SIGN_IN:
                return _to_sign_in(request)
            case Answer.HIDE:
                raise Http404
            case Answer.NOT_THIS_WAY:
                return not_this_way(request, table()[view].methods)
            case Answer.REFUSE:
                raise PermissionDenied


def _to_sign_in(request: Request) -> HttpResponse:
    """The sign-in page, then back here; on a form that was sent, a page that keeps what was typed (R47).

    What htmx asked for is no page: it gets a plain refusal, which the browser's side explains.
    """
    if request.htmx and request.method in {"GET", "HEAD"}:
        return HttpResponse(status=401)
    if request.method not in {"GET", "HEAD"}:
        return signed_out(request)
    if Organisation.get() is None:
        return redirect(settings.FIRST_VISIT_URL)
    where = reverse("account_login")
    if (back := request.get_full_path()) != "/":
        where += "?" + urlencode({"next": back})
    return redirect(where)


permission = _Permission
