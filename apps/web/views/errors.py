"""Pages for when something did not work. They say what happened and what comes next, and keep what was typed (R47)."""

import errno
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = structlog.get_logger(__name__)

RETRY_AFTER = 300  # seconds: the longest that tries are counted over
BACK_SOON = 10  # seconds: a database that is started anew is back by then

# Never shown again: secrets, and what the page makes anew.
_NOT_KEPT = ("csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword")

_labels: dict[str, str | Promise] = {}


def register_labels(**labels: str | Promise) -> None:
    """What fields that people write into are called, by their names in forms. Each room says it of its own.

    Fields without a label (ids, choices, keys) are sent again too, but nobody has to read them.
    """
    _labels.update(labels)


WORDS = {
    400: (
        gettext_lazy("This could not be read"),
        gettext_lazy("The address or the form was damaged on the way."),
    ),
    403: (
        gettext_lazy("This is not open to you"),
        gettext_lazy("Your role does not reach here. A lead or an admin can help, or change your role."),
    ),
    404: (
        gettext_lazy("There is nothing here"),
        gettext_lazy("It may have moved, or it never was. What you logged is safe."),
    ),
    405: (
        gettext_lazy("This address is for sending a form"),
        gettext_lazy("It shows nothing by itself. Go back to the page the form was on."),
    ),
    413: (
        gettext_lazy("That was too much at once"),
        gettext_lazy("Go back: what you typed is still in the form. Shorten it, or split it in two."),
    ),
    429: (
        gettext_lazy("A little slower"),
        gettext_lazy("There were many tries in a short time. Wait a few minutes and try again."),
    ),
    500: (
        gettext_lazy("This went wrong on our side"),
        gettext_lazy("Nothing was half-written. Try once more; if it stays, give the number below to your admin."),
    ),
    503: (
        gettext_lazy("The database can't be reached"),
        gettext_lazy("Nothing was half-written. Wait a few seconds and try again."),
    ),
    507: (
        gettext_lazy("There is no space left"),
        gettext_lazy("The disk is full, so nothing was saved. Once your admin has made room, send it again."),
    ),
}


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into the form that failed, as (field, text); empty if it can't be read any more."""
    if request.method != "POST":
        return []
    try:
        post = request.POST
    except Exception:  # unreadable body: there is nothing to keep
        return []
    return [(name, value) for name, values in post.lists() if name not in _NOT_KEPT for value in values]


def error_page(request: HttpRequest, status: int, *, title: str = "", text: str = "", sign_in: bool = False):
    """The page for `status`, in the reader's language, with what was typed ready to be sent again."""
    default_title, default_text = WORDS.get(status, WORDS[500])
    fields = kept_fields(request)
    context = {
        "status": status,
        "title": title or default_title,
        "text": text or default_text,
        "kept": [(n, v, _labels[n]) for n, v in fields if n in _labels and v],
        "kept_hidden": [(n, v) for n, v in fields if n not in _labels or not v],
        "action": request.get_full_path(),
        "sign_in": sign_in,
        "reference": "",
    }
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        context["reference"] = uuid.uuid4().hex[:8]
        log.error("error_page", reference=context["reference"], exc_info=True)
    try:
        return render(request, "web/error.html", context, status=status)
    except Exception:  # the database may be what is broken; the bare page asks nothing of it
        with translation.override(getattr(request, "LANGUAGE_CODE", "en")):
            return render(None, "web/error_bare.html", context, status=status)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_page(request, 413)
    return error_page(request, 400)


def not_this_way(request: HttpRequest, methods) -> HttpResponse:
    if request.method in ("GET", "HEAD", "POST"):
        response = error_page(request, 405)
    else:  # no page sends these: whoever does is a program
        response = HttpResponse(WORDS[405][0], status=405, content_type="text/plain; charset=utf-8")
    response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return error_page(request, 404)


def too_many_requests(request: HttpRequest, exception=None) -> HttpResponse:
    response = error_page(request, 429)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    status = _what_failed(sys.exc_info()[1])
    response = error_page(request, status)
    if status != HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("error_page", status=int(status), error=str(sys.exc_info()[1])[:200])
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(BACK_SOON)
    return response


def _what_failed(error: BaseException | None) -> HTTPStatus:
    """507 if a disk is full, 503 if the database is away or too busy, 500 for what is a fault of ours."""
    for each in _and_its_causes(error):
        if isinstance(each, OSError) and each.errno in (errno.ENOSPC, errno.EDQUOT):
            return HTTPStatus.INSUFFICIENT_STORAGE
        if isinstance(each, OperationalError | InterfaceError):
            state, words = getattr(each.__cause__, "sqlstate", None), str(each)
            if state == "53100" or "disk is full" in words or _no_room_for_wal(each):
                return HTTPStatus.INSUFFICIENT_STORAGE
            # PostgreSQL: no connection, ended by an admin or at its end, or none is free; SQLite says it in words.
            if state and state.startswith(("08", "57P", "53")):
                return HTTPStatus.SERVICE_UNAVAILABLE
            if not state and not words.startswith(("no such", "table ")):
                return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _no_room_for_wal(error: BaseException) -> bool:
    """Whether SQLite could not make the index of its WAL, which it calls an I/O error."""
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_IOERR_SHMSIZE


def _and_its_causes(error: BaseException | None) -> Iterator[BaseException]:
    for _each in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key did not fit: an old tab, a new sign-in, a cleared cookie. What was typed can be sent again."""
    return error_page(
        request,
        403,
        title=_("This page was open for too long"),
        text=_("Its key had expired, so nothing was saved. Look over what you typed and send it again."),
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """Somebody sent a form after their session had ended."""
    return error_page(
        request,
        403,
        title=_("You are signed out"),
        text=_("Nothing was saved yet. Sign in in a new tab, then come back here and send it again."),
        sign_in=True,
    )
