"""The way back in for somebody who forgot the password."""

from allauth.account import views
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from apps.web.http import Request


def password_reset(request: Request) -> HttpResponse:
    """Asks for the e-mail and sends the link. Without mail it says whom to ask: nothing is sent, nothing promised."""
    if not settings.MAIL_IS_SET_UP:
        return render(request, "account/password_reset_without_mail.html")
    return views.password_reset(request)
