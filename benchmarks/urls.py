"""The product's addresses and the floor: the least that a page and a write of this kind can cost on this server."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from apps.toil.models import Entry
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401


def floor_read(request: HttpRequest) -> HttpResponse:
    """Session, user, base layout, and one indexed query of fifty rows as six columns."""
    rows = Entry.objects.order_by("-day", "-id").values_list("id", "day", "clock", "minutes", "note", "source")[:50]
    return render(request, "floor.html", {"rows": rows})


def floor_write(request: HttpRequest) -> HttpResponse:
    """Session, user, and one row written."""
    member = request.member
    Entry.objects.create(member=member, item_id=int(request.POST["item"]), day=member.today(), minutes=5)
    return HttpResponse("ok")


urlpatterns = [
    path("", include("config.urls")),
    path("floor/", floor_read, name="floor_read"),
    path("floor/write/", floor_write, name="floor_write"),
]
