"""One chapter of a reading circle: read about, taken to lead, brought something to, noted, and put in order."""

import uuid
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change, Member, Stale
from apps.gatherings import reading
from apps.gatherings.models import (
    Asking,
    Brought,
    Chapter,
    ChapterNote,
    Gathering,
    HavingRead,
    Impression,
    Says,
)
from apps.gatherings.models.reading import LONGEST_TITLE
from apps.gatherings.reading_forms import AssignForm, ChapterForm, CutForm, ImpressionForm, NoteForm
from apps.gatherings.views.books import found, run, takes_part
from apps.web.forms import status
from apps.web.http import or_see, safe_next
from apps.web.models.submission import already, once
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 50  # impressions of a chapter


def _chapter(gathering: Gathering, chapter_pk: int) -> Chapter:
    rows = Chapter.objects.select_related("book", "facilitator", "meeting")
    return get_object_or_404(rows, book__gathering=gathering, pk=chapter_pk)


def _open(pk: int, chapter_pk: int) -> tuple[Gathering, Chapter]:
    """A circle and its chapter, with what was read so far written down."""
    gathering = found(pk)
    reading.settle(gathering)
    return gathering, _chapter(gathering, chapter_pk)


def _back(request: MemberRequest, chapter: Chapter) -> HttpResponse:
    return redirect(safe_next(request, chapter.address))


def chapter(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Who leads it, what was noted, what people bring, and whether the reader has read it."""
    gathering = found(pk)
    asked = request.GET.get("book", "")
    circle = reading.circle(gathering, request.member, book=int(asked) if _is_number(asked) else None)
    line = next((one for one in circle.lines if one.chapter.number == number), None) if circle else None
    if circle is None or line is None:
        raise Http404
    return _page(request, gathering, circle, line)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 7


def _page(
    request: MemberRequest,
    gathering: Gathering,
    circle: reading.Circle,
    line: reading.Line,
    form: ImpressionForm | None = None,
) -> HttpResponse:
    row = line.chapter
    may_write = reading.may_write(gathering, request.member)
    form = form or ImpressionForm(initial={"kind": Brought.IMPRESSION, "submission_id": uuid.uuid4()})
    page = Paginator(Impression.objects.filter(chapter=row.pk).told(), PAGE).get_page(request.GET.get("page"))
    here = circle.lines.index(line)
    context = {
        "gathering": gathering,
        "circle": circle,
        "line": line,
        "chapter": row,
        "before": circle.lines[here - 1] if here else None,
        "after": circle.lines[here + 1] if here + 1 < len(circle.lines) else None,
        "note": ChapterNote.objects.filter(chapter=row.pk).select_related("by").first(),
        "page": page,
        "query": f"book={circle.book.number}" if circle.book else "",
        "form": form,
        "says": Says.choices,
        "read_by": _how_far(row.pk),
        "may_run": gathering.may_run(request.member),
        "may_write": may_write,
        "may_take": may_write and circle.can_be_led,
        "gathering_id": gathering.pk,
        "me": request.member.pk,
    }
    return render(request, "gatherings/chapter.html", context, status=status(form))


def _how_far(chapter: int) -> dict:
    """How many have read it, and partly; that somebody has not is theirs to say and is not counted out."""
    return HavingRead.objects.filter(chapter=chapter).aggregate(
        read=Count("pk", filter=Q(says=Says.READ)), partly=Count("pk", filter=Q(says=Says.PARTLY))
    )


@require_POST
def take(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Leads an open chapter. Of two who take it at once one gets it, and the other is told who did."""
    gathering, row = _open(pk, chapter_pk)
    if gathering.is_closed or row.book.is_finished:
        toast(request, _("This circle does not read it any more."))
    elif row.is_read:
        toast(request, _("This chapter was read already."))
    elif takes_part(request, gathering):
        said = {"n": row.number, "title": row.title}
        if row.take(request.member):
            toast(request, _("You lead chapter %(n)s: %(title)s.") % said)
        elif row.facilitator is not None:
            said["name"] = row.facilitator.short_name
            toast(request, _("%(name)s took chapter %(n)s just before you.") % said)
        else:
            toast(request, _("This chapter was read already."))
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


@require_POST
def give_back(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Somebody else may lead it after all."""
    _gathering, row = _open(pk, chapter_pk)
    if row.give_back(request.member):
        toast(request, _("The chapter is open again. No harm done."))
    else:
        toast(request, _("You don’t lead this one."))
    return _back(request, row)


@require_POST
def ask(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Asks somebody who takes part to lead a chapter."""
    run(request, pk)
    gathering, row = _open(pk, chapter_pk)
    joined = Member.objects.active().filter(takes_part__gathering=gathering, takes_part__joined_at__isnull=False)
    person = joined.filter(pk=whole_number(request.POST.get("member", ""))).first()
    if person is None:
        toast(request, _("Ask somebody who takes part."))
    elif row.facilitator is not None:
        said = {"name": row.facilitator.short_name, "n": row.number}
        toast(request, _("%(name)s leads chapter %(n)s by now.") % said)
    elif row.is_read:
        toast(request, _("This chapter was read already."))
    else:
        Asking.ask(row, person, request.member)
        toast(request, _("%(name)s is asked, and sees it on the circle’s page.") % {"name": person.short_name})
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


@require_POST
def decline(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Rather not this chapter: somebody else is proposed."""
    _gathering, row = _open(pk, chapter_pk)
    Asking.decline(row, request.member)
    toast(request, _("That is fine. Somebody else is proposed."))
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


@require_POST
def say(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Says how far one has read."""
    gathering = found(pk)
    row = _chapter(gathering, chapter_pk)
    says = request.POST.get("says", "")
    if says not in Says.values:
        toast(request, _("Choose an answer."))
    elif takes_part(request, gathering):
        HavingRead.say(row, request.member, says)
        toast(request, _("Noted. Coming without having read is fine.") if says != Says.READ else _("Noted."))
    return _back(request, row)


@or_see("gatherings:gathering", "pk")
def bring(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Brings a thought or a question to a chapter."""
    gathering, me = found(pk), request.member
    row = _chapter(gathering, chapter_pk)
    if already(me, "impression", request.POST.get("submission_id")):
        return redirect(row.address)
    form = ImpressionForm(request.POST)
    if form.is_valid() and takes_part(request, gathering):
        data = form.cleaned_data
        said = {"kind": data["kind"], "text": data["text"]}
        key = data["submission_id"]
        once(me, "impression", key, lambda: Impression.objects.create(chapter=row, member=me, **said).pk)
        toast(request, _("It is there for the others to read."))
        return redirect(f"{row.address}#brought-title")
    circle = reading.circle(gathering, me, book=row.book.number)
    line = next((one for one in circle.lines if one.chapter.pk == row.pk), None) if circle else None
    if circle is None or line is None:  # taken out meanwhile
        raise Http404
    return _page(request, gathering, circle, line, form)


def mine(request: MemberRequest, pk: int, impression_pk: int) -> Impression:
    """What the reader brought; anybody else's is not theirs to change."""
    rows = Impression.objects.select_related("chapter__book__gathering")
    return get_object_or_404(rows, chapter__book__gathering=pk, pk=impression_pk, member=request.member)


def impression(request: MemberRequest, pk: int, impression_pk: int) -> HttpResponse:
    """Changes what one brought."""
    row = mine(request, pk, impression_pk)
    form = ImpressionForm(
        request.POST if request.method == "POST" else None, initial={"kind": row.kind, "text": row.text}
    )
    if request.method == "POST" and form.is_valid():
        row.put(form.cleaned_data["kind"], form.cleaned_data["text"])
        toast(request, _("It is saved."))
        return redirect(row.chapter.address)
    context = {"form": form, "impression": row, "chapter": row.chapter, "gathering": row.chapter.book.gathering}
    return render(request, "gatherings/impression.html", context, status=status(form))


@require_POST
def remove_impression(request: MemberRequest, pk: int, impression_pk: int) -> HttpResponse:
    """Takes back what one brought."""
    row = mine(request, pk, impression_pk)
    row.delete()
    toast(request, _("It is gone."))
    return redirect(row.chapter.address)


def note(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Writes the notes of a chapter, or on them; nobody's words are lost to somebody who wrote at the same time."""
    gathering = found(pk)
    row = _chapter(gathering, chapter_pk)
    kept = ChapterNote.objects.filter(chapter=row).first()
    initial = None if kept else {"version": 1, "base": '{"text": ""}'}  # as the row will be when it is made
    form = NoteForm(request.POST or None, instance=kept or ChapterNote(chapter=row), initial=initial)
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid() and takes_part(request, gathering):
        kept, _made = ChapterNote.objects.get_or_create(chapter=row, defaults={"by": request.member})
        if kept.text != form.cleaned_data["text"]:
            form, collided = correct_or_ask(form, kept, request)
        if not collided:
            toast(request, _("The notes are saved."))
            return redirect(f"{row.address}#note-title")
    changes = Change.objects.of(kept)[:5] if kept and kept.version > 1 else ()
    context = {"form": form, "chapter": row, "gathering": gathering, "collided": collided, "changes": changes}
    return render(request, "gatherings/note.html", context, status=409 if collided else status(form))


def edit(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Renames a chapter."""
    gathering = run(request, pk)
    row = _chapter(gathering, chapter_pk)
    form = ChapterForm(request.POST if request.method == "POST" else None, instance=row)
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        form, collided = correct_or_ask(form, row, request)
        if not collided:
            toast(request, _("The chapter is saved."))
            return redirect("gatherings:book", pk)
    return _edit(request, gathering, row.pk, form=form, collided=collided)


def _edit(
    request: MemberRequest,
    gathering: Gathering,
    chapter_pk: int,
    form: ChapterForm | None = None,
    assigning: AssignForm | None = None,
    collided: Sequence = (),
) -> HttpResponse:
    row = _chapter(gathering, chapter_pk)
    seen = {"facilitator": row.facilitator_id, "seen": row.facilitator_id}
    form = form or ChapterForm(instance=row)
    assigning = assigning or AssignForm(initial=seen, prefix="lead")
    context = {"gathering": gathering, "chapter": row, "form": form, "assigning": assigning, "collided": collided}
    code = 409 if collided else max(status(form), status(assigning))
    return render(request, "gatherings/chapter_edit.html", context, status=code)


@or_see("gatherings:edit_chapter", "pk", "chapter_pk")
def assign(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Says who leads a chapter, or opens it again."""
    gathering = run(request, pk)
    row = _chapter(gathering, chapter_pk)
    form = AssignForm(request.POST, prefix="lead")
    if form.is_valid():
        wanted = form.cleaned_data["facilitator"]
        if row.facilitator == wanted:  # sent twice
            return redirect("gatherings:book", pk)
        try:
            row.assign(wanted, form.cleaned_data["seen"], request.member)
        except Stale:
            row.refresh_from_db()
            name = row.facilitator.short_name if row.facilitator else _("nobody")
            sent = request.POST.copy()
            sent["lead-seen"] = str(row.facilitator_id or "")
            form = AssignForm(sent, prefix="lead")
            form.is_valid()
            form.add_error("facilitator", _("By now %(name)s leads it. Send it again if you mean it.") % {"name": name})
        else:
            toast(request, _("It is saved."))
            return redirect("gatherings:book", pk)
    return _edit(request, gathering, row.pk, assigning=form)


def cut(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Makes two shorter chapters of one."""
    gathering = run(request, pk)
    if request.method == "POST":
        reading.settle(gathering)
    row = _chapter(gathering, chapter_pk)
    if row.is_read:
        toast(request, _("This chapter was read already."))
        return redirect("gatherings:book", pk)
    short = row.title[: LONGEST_TITLE - 4]
    initial = {"first": f"{short} (1)", "second": f"{short} (2)", "version": row.version}
    form = CutForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if reading.room(row.book) < 1:
            form.add_error("first", _("The book has as many chapters as it can."))
        else:
            try:
                row.cut(data["version"], data["first"], data["second"])
                toast(request, _("Two shorter ones. The second is open for somebody to lead."))
            except Stale:
                toast(request, _("It was changed or cut meanwhile. This is how it is now."))
            return redirect("gatherings:book", pk)
    context = {"form": form, "chapter": row, "gathering": gathering}
    return render(request, "gatherings/chapter_cut.html", context, status=status(form))


@require_POST
def move(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """One place earlier or later."""
    run(request, pk)
    _gathering, row = _open(pk, chapter_pk)
    seen = request.POST.get("seen", "")
    if not _is_number(seen) or not row.move(int(seen), up=request.POST.get("to") == "up"):
        toast(request, _("It stays where it is: what was read keeps its place."))
    return redirect(reverse("gatherings:book", args=[pk]) + f"#chapter-{row.pk}")


@require_POST
def remove(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """Takes a chapter out that was not read and about which nobody wrote."""
    gathering = run(request, pk)
    reading.settle(gathering)
    row = Chapter.objects.filter(book__gathering=gathering, pk=chapter_pk).first()
    if row is None:
        toast(request, _("It is gone already."))
    elif row.take_out():
        toast(request, _("The chapter is taken out."))
    else:
        toast(request, _("It stays: it was read, or somebody wrote about it."))
    return redirect("gatherings:book", pk)


@require_POST
def again(request: MemberRequest, pk: int, chapter_pk: int) -> HttpResponse:
    """The meeting did not get to it: it waits for the next one."""
    run(request, pk)
    _gathering, row = _open(pk, chapter_pk)
    row.not_read_after_all()
    toast(request, _("It waits for the next meeting."))
    return redirect("gatherings:book", pk)
