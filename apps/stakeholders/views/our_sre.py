"""Our SRE: answering before one sees the others, marking, the shared statement, and answers over time."""

import uuid
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Change, Member
from apps.stakeholders import focus, our_sre
from apps.stakeholders.forms import AnswerForm, MarkForm, StatementForm, VoiceForm, WithdrawForm
from apps.stakeholders.models import Answer, Overtaken, PartingWish, Phrase, Round, Statement, StatementVoice, Wish
from apps.web.forms import status
from apps.web.http import or_see
from apps.web.models.submission import already, once
from apps.web.toasts import toast

PAGE = 12
VERSIONS = 6
PEOPLE = 10
SHOWN = 24  # of those who agree, until everybody is asked for
DIFFERENCES = 12  # that most have marked


def overview(request: MemberRequest) -> HttpResponse:
    """The statement, one's own answer, and then those of the others."""
    return _overview(request)


def _overview(
    request: MemberRequest,
    *,
    answer_form: AnswerForm | None = None,
    voice_form: VoiceForm | None = None,
    mark_form: MarkForm | None = None,
    is_late: bool = False,
) -> HttpResponse:
    """The page; `is_late` says that somebody answered a statement whose place was taken meanwhile."""
    member = request.member
    seen = our_sre.Seen.by(member)
    asked, mine = seen.asked, seen.mine
    versions = list(Statement.objects.select_related("by", "round").newest_first()[: our_sre.SHOWN_VERSIONS])
    statement = versions[0] if versions else None
    if statement:
        statement.glance(focus.ON_CARD, member)
    context: dict[str, object] = {
        "round": asked,
        "mine": mine,
        "statement": statement,
        "agreement": our_sre.agreement(versions) if len(versions) > 1 else None,
        "answer_form": answer_form or AnswerForm(initial=_wishes(member, mine)),
        "is_late": is_late,
        "may_lead": member.is_lead,
        "is_fresh": bool(asked and asked.number > 1 and not mine and not asked.answers.exists()),
        "mark_form": mark_form,
    }
    if statement:
        said = statement.said_by(member)
        initial = {"agrees": "yes" if said.agrees else "no", "words": said.words} if said else {}
        context |= {
            "said": said,
            "different": seen.differences([statement]).get(statement.pk, [])[:DIFFERENCES],
            "voice_form": voice_form or VoiceForm(initial=initial),
        }
    if asked and not mine:
        context["answered"] = asked.answers.count()
    if asked and mine:
        context |= _answers(request, asked, is_open=True) | {
            "changes": Change.objects.of(mine),
        }
    bad = any(form is not None and form.errors for form in (answer_form, voice_form, mark_form))
    return render(request, "our_sre/overview.html", context, status=409 if is_late else 422 if bad else 200)


def _answers(request: MemberRequest, asked: Round, *, is_open: bool) -> dict[str, object]:
    """The answers of a round as `answers.html` shows them: a page of those with the words that are searched for."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    # Of a round that is over, no order may tell who wrote what.
    found = asked.answers.saying(q).with_phrases().order_by(*(("id",) if is_open else ("text", "id")))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return {
        "q": q,
        "query": urlencode({"q": q}) if q else "",
        "page": page,
        "answers": [our_sre.Shown.of(row, request.member, is_open=is_open) for row in page.object_list],
    }


def _wishes(member: Member, mine: Answer | None) -> dict:
    """What the form begins with: the answer there is, or the wishes of the last one."""
    last = mine or member.sre_answers.order_by("-round__number").first()
    wishes = {"may_compare": bool(last and last.may_compare), "wish": PartingWish.of(member) or Wish.KEEP}
    return wishes | {"text": mine.text if mine else ""}


def ask(request: MemberRequest) -> HttpResponse:
    """The lead asks everybody, for the first time or anew."""
    asked = Round.objects.current()
    if asked and asked.answers.exists() and "sure" not in request.POST:
        toast(request, _("Nothing was asked. Tick that you want to close the round that is open."))
        return redirect("our_sre:overview")
    try:
        after = int(request.POST.get("after", "0"))
        Round.follow(after, by=request.member, day=request.member.today())
    except ValueError:
        return redirect("our_sre:overview")
    except Overtaken:
        toast(request, _("Somebody has asked already. Nothing was changed."))
    else:
        toast(request, _("Everybody is asked. You see the others’ answers once you have sent yours."))
    return redirect("our_sre:overview")


def take_back(request: MemberRequest) -> HttpResponse:
    """The lead takes a round back that nobody has answered; the one before is open again."""
    if Round.take_back(request.POST.get("number", "")):
        toast(request, _("The round is taken back."))
    else:
        toast(request, _("Nothing was changed: somebody has answered already."))
    return redirect("our_sre:overview")


@or_see("our_sre:overview")
def answer(request: MemberRequest) -> HttpResponse:
    """One's own answer to the open round."""
    asked = Round.objects.current()
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _overview(request, answer_form=form)
    Answer.say(asked, request.member, **form.cleaned_data)
    toast(request, _("Your answer is kept. Here are the others."))
    return redirect("our_sre:overview")


@or_see("our_sre:overview")
def mark(request: MemberRequest, answer_pk: int) -> HttpResponse:
    """Marks words of an answer of the open round; only who has answered sees them, and may."""
    member = request.member
    row = get_object_or_404(Answer, pk=answer_pk, round=Round.objects.current())
    if not row.round.answers.filter(member=member).exists():
        raise Http404
    form = MarkForm(request.POST, answer=row)
    if not form.is_valid():
        return _overview(request, mark_form=form)
    Phrase.objects.update_or_create(
        answer=row, text=form.cleaned_data["text"], by=member, defaults={"kind": form.cleaned_data["kind"]}
    )
    return redirect(_address(row))


def unmark(request: MemberRequest, phrase_pk: int) -> HttpResponse:
    """Takes one's own mark back."""
    row = get_object_or_404(Phrase.objects.select_related("answer"), pk=phrase_pk, by=request.member)
    row.delete()
    toast(request, _("The mark is taken back."))
    return redirect(_address(row.answer))


def _address(row: Answer) -> str:
    """Where the answer stands, on whichever page."""
    before = Answer.objects.filter(round=row.round_id, pk__lt=row.pk).count()
    return reverse("our_sre:overview") + f"?page={before // PAGE + 1}#answer-{row.pk}"


def write(request: MemberRequest) -> HttpResponse:
    """The next version of the shared statement, beside what was marked."""
    member = request.member
    before = Statement.objects.current()
    if request.method == "POST" and already(member, "statement", request.POST.get("submission_id")):
        return redirect("our_sre:overview")
    seen = our_sre.Seen.by(member)
    source = seen.newest()
    marked = seen.marked(source)
    initial = {
        "text": before.text if before else our_sre.draft(marked),
        "after": before.number if before else 0,
        "submission_id": uuid.uuid4(),
    }

    def form_after(statement, data):
        return StatementForm(data, is_first=statement is None, initial=initial)

    # Who began when there was no version yet was not asked what had changed.
    form = form_after(None if request.POST.get("after") == "0" else before, request.POST or None)
    theirs = None
    if request.method == "POST" and form.is_valid():
        after, key = form.cleaned_data["after"], form.cleaned_data["submission_id"]
        fields = {name: form.cleaned_data[name] for name in ("text", "reason") if name in form.cleaned_data}
        try:
            once(member, "statement", key, lambda: Statement.write(member, after, round=source, **fields).pk)
        except Overtaken as overtaken:
            theirs = overtaken.newest
            data = request.POST.copy()
            data["after"] = str(theirs.number)
            form = form_after(theirs, data)
        else:
            toast(request, _("The statement stands. Each member can agree, or say what they still see differently."))
            return redirect("our_sre:overview")
    context = {"form": form, "before": before, "theirs": theirs, "marked": marked, "seen": seen}
    return render(request, "our_sre/statement_form.html", context, status=409 if theirs else status(form))


@or_see("our_sre:overview")
def voice(request: MemberRequest, statement_pk: int) -> HttpResponse:
    """Agrees by name, or says what one still sees differently."""
    statement = get_object_or_404(Statement, pk=statement_pk)
    said = StatementVoice.objects.filter(about=statement, member=request.member).first()
    form = VoiceForm(request.POST, said=said)
    if Statement.objects.current() != statement:
        return _overview(request, voice_form=form, is_late=True)
    if not form.is_valid():
        return _overview(request, voice_form=form)
    StatementVoice.say(statement, request.member, **form.cleaned_data)
    toast(request, _("Your answer is kept with the statement."))
    return redirect("our_sre:overview")


def versions(request: MemberRequest) -> HttpResponse:
    """All versions of the statement, newest first, with their reasons and who did not agree."""
    rows = Statement.objects.with_voices(None if "everybody" in request.GET else SHOWN).newest_first()
    page = Paginator(rows, VERSIONS).get_page(request.GET.get("page"))
    seen = our_sre.Seen.by(request.member)
    different = seen.differences(page.object_list)
    told = [(row, different.get(row.pk, [])) for row in page.object_list]
    changes = Change.objects.of(*(voice for row in page.object_list for voice in row.voices.all()))
    return render(request, "our_sre/versions.html", {"page": page, "told": told, "changes": changes})


def round_page(request: MemberRequest, number: int) -> HttpResponse:
    """The answers of a round that is over: with names only where their writers said yes."""
    row = get_object_or_404(Round, number=number)
    newest = Round.objects.current()
    if row == newest:
        return redirect("our_sre:overview")
    return render(request, "our_sre/round.html", {"round": row} | _answers(request, row, is_open=False))


def over_time(request: MemberRequest) -> HttpResponse:
    """One's own answers from round to round, and those of members who show theirs."""
    return _over_time(request)


def _over_time(request: MemberRequest, form: WithdrawForm | None = None) -> HttpResponse:
    member = request.member
    mine = list(member.sre_answers.select_related("round").order_by("round__number"))
    shown = Answer.objects.filter(may_compare=True).exclude(member=member)
    asked = Round.objects.current()
    if asked and asked not in [row.round for row in mine]:
        shown = shown.exclude(round=asked)  # nobody reads the others before answering
    showing = Member.objects.annotate(n=Count("sre_answers", filter=Q(sre_answers__in=shown))).filter(n__gt=1).by_name()
    page = Paginator(showing, PEOPLE).get_page(request.GET.get("page"))
    theirs: dict[int, list[Answer]] = {}
    rows = shown.filter(member__in=list(page.object_list))
    for row in rows.select_related("round").order_by("round__number"):
        theirs.setdefault(row.member_id or 0, []).append(row)
    context = {
        "mine": mine,
        "page": page,
        "others": [(person, theirs.get(person.pk, [])) for person in page.object_list],
        "rounds": Round.objects.newest_first().annotate(n=Count("answers"))[:PAGE],
        "form": form or WithdrawForm(initial={"wish": PartingWish.of(member) or Wish.KEEP}),
    }
    return render(request, "our_sre/over_time.html", context, status=422 if form else 200)


@or_see("our_sre:over_time")
def withdraw(request: MemberRequest) -> HttpResponse:
    """Takes one's words back, in all rounds, as one wishes."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _over_time(request, form)
    Answer.let_go(request.member, form.cleaned_data["wish"])
    toast(request, _("Your answers are taken back, as you wished."))
    return redirect("our_sre:over_time")
