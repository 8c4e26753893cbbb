"""The book of a reading circle: set up, corrected, put away; and the votes for the next one."""

import uuid
from datetime import UTC, datetime

from django.db import IntegrityError
from django.db.models import Count, Exists, Min, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.gatherings import reading
from apps.gatherings.models import Book, BookIdea, BookVote, Gathering, IdeaTaken, Kind, Meeting
from apps.gatherings.models.reading import MOST_CHAPTERS, read_to_its_end
from apps.gatherings.reading_forms import AddChaptersForm, BookForm, IdeaForm, NewBookForm
from apps.web.forms import status
from apps.web.http import or_see
from apps.web.models.submission import already, once
from apps.web.toasts import toast

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
MOST_IDEAS = 100  # open ones of a circle


def found(pk: int) -> Gathering:
    """A reading circle; any other kind has no book."""
    return get_object_or_404(Gathering.objects.select_related("organiser"), pk=pk, kind=Kind.READING)


def run(request: MemberRequest, pk: int) -> Gathering:
    """One that the reader runs."""
    row = found(pk)
    return row if row.may_run(request.member) else get_object_or_404(Gathering.objects.none())


def takes_part(request: MemberRequest, gathering: Gathering) -> bool:
    """Whether the reader takes part, now if not before; says so where they can't."""
    if reading.take_part(gathering, request.member):
        return True
    toast(request, _("This circle is by invitation. Ask its organiser to invite you; reading along is open to all."))
    return False


def current(gathering: Gathering) -> Book | None:
    return gathering.books.filter(finished_at=None).first()


def book(request: MemberRequest, pk: int) -> HttpResponse:
    """Sets up a book with its chapters, or shows those of the current one to change."""
    gathering = run(request, pk)
    if request.method == "POST":
        reading.settle(gathering)
    row = current(gathering)
    return _set_up(request, gathering) if row is None else _book(request, gathering, row)


def _set_up(request: MemberRequest, gathering: Gathering) -> HttpResponse:
    me = request.member
    if already(me, "book", request.POST.get("submission_id")):
        return redirect("gatherings:gathering", gathering.pk)
    was_held = Meeting.objects.over(timezone.now()).filter(gathering=gathering).exists()
    initial = {"per_meeting": 1, "submission_id": uuid.uuid4()}
    sent = request.POST if request.method == "POST" else None
    form = NewBookForm(sent, was_held=was_held and not gathering.books.exists(), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fields = {name: data[name] for name in Book.FIELDS}
        if data.get("from_start"):
            fields["settled_until"] = BEFORE_ALL

        def deed() -> int:
            made = Book.begin(gathering, **fields)
            made.add(data["chapters"])
            return made.pk

        try:
            once(me, "book", data["submission_id"], deed)
        except IntegrityError:  # somebody else who runs it began one in this very moment
            form.add_error("title", _("Another book was set up meanwhile. Open this page anew to see it."))
        else:
            reading.settle(gathering)
            toast(request, _("The book is set up. Its chapters are laid on the meetings to come."))
            return redirect("gatherings:gathering", gathering.pk)
    context = {"gathering": gathering, "form": form, "last": gathering.books.last(), "most": MOST_CHAPTERS}
    return render(request, "gatherings/book_new.html", context, status=status(form))


def _book(request: MemberRequest, gathering: Gathering, row: Book, add: AddChaptersForm | None = None) -> HttpResponse:
    form = BookForm(request.POST if request.method == "POST" and add is None else None, instance=row)
    collided: list[tuple[str, str]] = []
    if form.is_bound and form.is_valid():
        form, collided = correct_or_ask(form, row, request)
        if not collided:
            toast(request, _("The book is saved."))
            return redirect("gatherings:book", gathering.pk)
    circle = reading.circle(gathering, request.member)
    add = add or AddChaptersForm(initial={"submission_id": uuid.uuid4()})
    context = {
        "gathering": gathering,
        "book": Book.objects.get(pk=row.pk),
        "circle": circle,
        "form": form,
        "collided": collided,
        "add": add,
        "room": reading.room(row),
    }
    code = 409 if collided else max(status(form), status(add))
    return render(request, "gatherings/book.html", context, status=code)


@or_see("gatherings:book", "pk")
def add_chapters(request: MemberRequest, pk: int) -> HttpResponse:
    """Puts more chapters behind those there are."""
    gathering = run(request, pk)
    row = current(gathering)
    if row is None or already(request.member, "chapters", request.POST.get("submission_id")):
        return redirect("gatherings:book", pk)
    form = AddChaptersForm(request.POST, room=reading.room(row))
    if not form.is_valid():
        return _book(request, gathering, row, form)
    chapters = form.cleaned_data["chapters"]
    reading.settle(gathering)
    once(request.member, "chapters", form.cleaned_data["submission_id"], lambda: row.add(chapters))
    toast(request, _("The chapters are added."))
    return redirect("gatherings:book", pk)


@require_POST
def finish(request: MemberRequest, pk: int) -> HttpResponse:
    """Puts the current book away, read or not."""
    gathering = run(request, pk)
    reading.settle(gathering)
    if (row := current(gathering)) is not None:
        row.finish()
        toast(request, _("“%(title)s” is put away. It can be taken up again.") % {"title": row.title})
    return redirect("gatherings:books", pk)


@require_POST
def resume(request: MemberRequest, pk: int) -> HttpResponse:
    """Takes the last book up again."""
    gathering = run(request, pk)
    row = gathering.books.last()
    try:
        if row is not None:
            row.resume()
            toast(request, _("“%(title)s” goes on.") % {"title": row.title})
    except IntegrityError:
        toast(request, _("Another book is being read now."))
    return redirect("gatherings:books", pk)


def books(request: MemberRequest, pk: int) -> HttpResponse:
    """Ideas for the next book with their votes, a new idea, and what was read."""
    gathering, me = found(pk), request.member
    if already(me, "idea", request.POST.get("submission_id")):
        return redirect("gatherings:books", pk)
    form = IdeaForm(request.POST if request.method == "POST" else None, initial={"submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        if gathering.book_ideas.filter(book=None).count() >= MOST_IDEAS:
            form.add_error("title", _("There are a hundred ideas already. Vote for one of them, or take one out."))
        elif takes_part(request, gathering):
            data = form.cleaned_data
            fields = {name: data[name] for name in ("title", "author", "why")}

            def deed() -> int:
                idea = BookIdea.objects.create(gathering=gathering, by=me, **fields)
                idea.vote(me, True)
                return idea.pk

            once(me, "idea", data["submission_id"], deed)
            toast(request, _("Your idea is there, with your vote."))
            return redirect("gatherings:books", pk)
    return render(request, "gatherings/books.html", _votes(request, gathering) | {"form": form}, status=status(form))


def _votes(request: MemberRequest, gathering: Gathering) -> dict:
    mine = BookVote.objects.filter(idea=OuterRef("pk"), member=request.member)
    ideas = gathering.book_ideas.filter(book=None).select_related("by")
    counted = gathering.books.annotate(chapter_count=Count("chapters"), first=Min("chapters__number"))
    rows = list(counted.order_by("-number"))
    now = next((row for row in rows if not row.is_finished), None)
    return {
        "gathering": gathering,
        "ideas": ideas.annotate(count=Count("votes"), mine=Exists(mine)).order_by("-count", "at", "id"),
        "now": now,
        "may_choose": now is None or read_to_its_end(now),
        "read": [row for row in rows if row.is_finished],
        "last": rows[0] if rows and now is None else None,
        "may_run": gathering.may_run(request.member),
        "may_write": reading.may_write(gathering, request.member),
    }


def _idea(gathering: Gathering, idea_pk: int) -> BookIdea:
    return get_object_or_404(gathering.book_ideas, pk=idea_pk)


@require_POST
def vote(request: MemberRequest, pk: int, idea_pk: int) -> HttpResponse:
    """Votes for an idea, or not any more; what is wished is sent, so that twice is the same."""
    gathering = found(pk)
    row = _idea(gathering, idea_pk)
    wished = request.POST.get("wished") == "1"
    if row.book_id is not None:
        toast(request, _("This one was chosen already."))
    elif takes_part(request, gathering):
        row.vote(request.member, wished)
        said = _("Your vote counts: %(title)s.") if wished else _("Your vote is taken back: %(title)s.")
        toast(request, said % {"title": row.title})
    return redirect("gatherings:books", pk)


@require_POST
def choose(request: MemberRequest, pk: int, idea_pk: int) -> HttpResponse:
    """Makes an idea the next book."""
    gathering = run(request, pk)
    row = _idea(gathering, idea_pk)
    reading.settle(gathering)
    try:
        row.choose()
    except IdeaTaken:
        toast(request, _("Another book is being read, or this one was chosen already. Nothing is changed."))
        return redirect("gatherings:books", pk)
    toast(request, _("“%(title)s” is the next book. Now write down its chapters.") % {"title": row.title})
    return redirect("gatherings:book", pk)


@require_POST
def remove_idea(request: MemberRequest, pk: int, idea_pk: int) -> HttpResponse:
    """Takes an idea out: one's own, or any for those who run it."""
    gathering = found(pk)
    row = gathering.book_ideas.filter(pk=idea_pk, book=None).first()
    if row is None:
        toast(request, _("It is gone already."))
    elif row.by_id != request.member.pk and not gathering.may_run(request.member):
        raise Http404
    else:
        row.delete()
        toast(request, _("The idea is taken out."))
    return redirect("gatherings:books", pk)
