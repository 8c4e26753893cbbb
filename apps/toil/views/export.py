"""Everything out: the log as CSV for spreadsheets, the whole room as lossless JSON."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from apps.accounts.http import MemberRequest
from apps.toil import csv_out, json_out
from apps.toil.models import Entry
from apps.web import csv_file


def page(request: MemberRequest) -> HttpResponse:
    return render(request, "toil/export.html", {"count": Entry.objects.count(), "section": "settings"})


def everything_csv(request: MemberRequest) -> StreamingHttpResponse:
    member = request.member
    return csv_file.response(csv_out.lines(Entry.objects.all()), f"miraizu-toil-{member.today().isoformat()}.csv")


def everything_json(request: MemberRequest) -> StreamingHttpResponse:
    member = request.member
    response = StreamingHttpResponse(json_out.pieces(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="miraizu-toil-{member.today().isoformat()}.json"'
    return response
