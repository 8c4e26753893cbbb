"""A map out as a file, and a file in as a draft."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.http import MemberRequest
from apps.roadmap import json_file
from apps.roadmap.forms import MapFileForm
from apps.roadmap.json_file import MapFile, MapFileError
from apps.roadmap.look import Look
from apps.roadmap.mine import Mine
from apps.roadmap.models import Draft, Map
from apps.roadmap.publish import OVERLAPS
from apps.roadmap.views.drafts import there
from apps.web.forms import status
from apps.web.toasts import toast

NAMED = 12  # of what could not be found, before the rest becomes a number


def export(request: MemberRequest) -> HttpResponse:
    """The map as JSON, as of the newest revision or of the one that is asked for."""
    look = Look.at(request.GET, with_marks=False)
    if look is None or look.notices:  # a file of another map would be taken for the one that was asked for
        raise Http404
    response = HttpResponse(json_file.write(look.map, look.number), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="miraizu-map-{look.map}-version-{look.number}.json"'
    return response


def upload(request: MemberRequest) -> HttpResponse:
    """Makes a draft of a file; what is published, and the history, stay as they are."""
    form = MapFileForm(request.POST, request.FILES) if request.method == "POST" else MapFileForm()
    if form.is_bound and form.is_valid():
        try:
            found = json_file.read(form.cleaned_data["file"].read(json_file.MOST_BYTES + 1))
        except MapFileError as error:
            form.add_error("file", str(error))
        else:
            other = Map.objects.overlapping(found.start)
            if other is None:
                return _drafted(request, found)
            form.add_error("file", OVERLAPS % {"label": other.label})
    return render(request, "roadmap/import.html", {"form": form}, status=status(form))


def _drafted(request: MemberRequest, found: MapFile) -> HttpResponse:
    has_other = Draft.objects.open().filter(map__start=found.start, owner=request.member).exists()
    draft = Draft.bring(found.start, request.member, found.document)
    if has_other:
        toast(request, _("The map of the file is your draft now. The draft you had is put aside."))
    else:
        toast(request, _("The map of the file is your draft now."))
    if found.missing:
        toast(request, _left_out(found.missing))
    return redirect(there(Mine(draft.map, request.member, draft)))


def _left_out(missing: tuple[str, ...]) -> str:
    names, more = list(missing[:NAMED]), len(missing) - NAMED
    if more > 0:
        names.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return _("Not found here, and left out: %(names)s.") % {"names": _(", ").join(names)}
