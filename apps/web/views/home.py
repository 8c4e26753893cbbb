"""Home: the date, the quick log, today, and what other rooms have to show (design guide, “Home”)."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.web.http import Request
from apps.web.panels import filled


def home(request: Request) -> HttpResponse:
    return render(
        request,
        "web/home.html",
        {
            "today": request.member.today(),
            "head": filled("home.head", request),
            "main": filled("home.main", request),
            "aside": filled("home.aside", request),
        },
    )


def more(request: Request) -> HttpResponse:
    """Every place to go, as a page: the phone bar's last slot."""
    return render(request, "web/more.html")


def shortcuts(request: Request) -> HttpResponse:
    """All keyboard shortcuts (`?`)."""
    return render(request, "web/shortcuts.html")
