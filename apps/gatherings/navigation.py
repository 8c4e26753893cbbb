"""The gatherings' link in the rail and on the phone's bar, and what other pages show of them."""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.gatherings import coming, fade_out, mob, reading, suggest, talks, waiting
from apps.gatherings.after_forms import NotesForm
from apps.gatherings.models import Attendance, Dismissal, Gathering, Kind, Meeting, MeetingNotes, Role, Rsvp, Says
from apps.gatherings.models.attendance import ASKED_AFTER, CLOSES_AFTER, OPENS_BEFORE
from apps.people import deeds
from apps.people.ladder import standings
from apps.people.matrix import Matrix
from apps.people.models import Subject, Topic
from apps.toil import figures
from apps.toil.models import Item
from apps.web import panels
from apps.web.models.merge import family
from apps.web.navigation import Link, register

register(Link("gatherings:gatherings", _("Gatherings"), "cal", 50, section="gatherings", key="g", phone=True))


MOST_LISTED = 8  # gatherings on the page of a topic


def _coming(request: MemberRequest) -> dict | None:
    """The reader's next meetings, on Home; nothing where there is none."""
    found = coming.mine(request.member, timezone.now())
    return {"lines": found} if found else None


def _waiting(request: MemberRequest) -> dict | None:
    """On Home, what waits for the reader; nothing where nothing does."""
    found = waiting.for_reader(request.member)
    return {"waiting": found, "today": request.member.today()} if found.count else None


def _topic_idea(request: MemberRequest, matrix: Matrix) -> dict | None:
    """Beside the topics, the first circle or talk that they ask for."""
    idea = suggest.first_circle(request.member, matrix.tallies, matrix.everybody)
    return {"idea": idea, "more": True} if idea else None


def _idea(request: MemberRequest, kind: str) -> dict | None:
    """Over the list of gatherings, the first suggestion of all."""
    idea = suggest.first(request.member)
    return {"idea": idea, "more": True} if idea else None


def _item_idea(request: MemberRequest, item: Item) -> dict | None:
    """On an item's page, whom its lead may ask for the next step."""
    reader = request.member
    if not reader.is_lead:
        return None
    away = Dismissal.of(reader)
    found = [idea for idea in suggest.next_steps(reader, [item.pk]) if idea.key not in away]
    return {"idea": found[0], "more": False} if found else None


def _talks(request: MemberRequest, gathering: Gathering) -> dict | None:
    """The talks of a learning event."""
    if gathering.kind != Kind.EVENT:
        return None
    following = gathering.meetings.ahead(timezone.now()).first()
    return {
        "gathering": gathering,
        "programme": talks.programme(gathering, following, request.member),
        "may_run": gathering.may_run(request.member),
        "following": following,
    }


def _meeting_talks(request: MemberRequest, meeting: Meeting) -> dict | None:
    """The talks of one meeting of it."""
    gathering = meeting.gathering
    if gathering.kind != Kind.EVENT:
        return None
    return {
        "gathering": gathering,
        "programme": talks.programme(gathering, meeting, request.member),
        "may_run": gathering.may_run(request.member),
        "following": None if meeting.is_cancelled or meeting.is_over() else meeting,
    }


def _mob(request: MemberRequest, meeting: Meeting) -> dict | None:
    """Roles and turns of a mob."""
    if meeting.gathering.kind != Kind.MOB or meeting.is_cancelled:
        return None
    now = timezone.now()
    roles = mob.seats(meeting)
    plan = mob.rota(meeting, roles)
    me = request.member
    mine = next((player for seat in roles for player in seat.players if player.person.pk == me.pk), None)
    return {
        "meeting": meeting,
        "roles": roles,
        "role_choices": Role.choices,
        "has_players": any(seat.players for seat in roles),
        "mine": mine,
        "plan": plan,
        "turn": mob.now_on(plan, now),
        "is_over": meeting.is_over(now),
        "may_run": meeting.gathering.may_run(me),
        "may_time": mine is not None or meeting.gathering.may_run(me),
    }


def _before(request: MemberRequest, meeting: Meeting) -> dict | None:
    """The toil that a mob is about, and what has to be so before it begins."""
    gathering = meeting.gathering
    if gathering.kind != Kind.MOB or meeting.is_cancelled:
        return None
    item = meeting.item
    cost = figures.monthly_costs(request.member.today()).get(item.pk) if item else None
    return {
        "meeting": meeting,
        "item": item,
        "cost": cost,
        "alone": sum(one.can_help for one in standings(Subject(item=item), request.member)) if item else 0,
        "lines": list(meeting.checklist.all()),
        "is_over": meeting.is_over(),
    }


def _afterwards(request: MemberRequest, meeting: Meeting) -> dict | None:
    """Who was there, notes, follow-ups and steps, from the beginning on; notes written before it too."""
    if meeting.is_cancelled:
        return None
    me, now = request.member, timezone.now()
    notes = MeetingNotes.objects.select_related("by").filter(meeting=meeting).first()
    opens = meeting.starts_at - OPENS_BEFORE
    if now < opens and notes is None:
        return None
    there = Attendance.of(meeting)
    asks = meeting.item is not None and meeting.has_begun(now) and (notes is None or notes.is_empty)
    mine = next((one for one in there if one.member_id == me.pk), None)
    may_write = coming.may_write(meeting, me)
    # Who is there says so; afterwards only who was to come, or is on the list, is still asked.
    expected = mine is not None or any(one.comes for one in Rsvp.of(meeting) if one.person and one.person.pk == me.pk)
    closes = meeting.ends_at + (CLOSES_AFTER if expected else ASKED_AFTER)
    return {
        "meeting": meeting,
        "there": [one for one in there if one.removed_at is None],
        "mine": mine,
        "may_check_in": opens <= now <= closes,
        "is_over": meeting.is_over(now),
        "may_write": may_write,
        "has_begun": meeting.has_begun(now),
        "notes": notes,
        "form": NotesForm.of(meeting, notes) if asks and may_write else None,
        "follow_ups": list(meeting.follow_ups.select_related("owner")) if now >= opens else [],
        "climbs": mob.climbs(meeting, me) if meeting.item and there else [],
        "may_run": meeting.gathering.may_run(me),
        "is_mob": meeting.gathering.kind == Kind.MOB,
        "chapters": [one.chapter for one in _of_meeting(request, meeting)],
        "today": me.today(),
    }


def _of_item(request: MemberRequest, item: Item) -> dict:
    """Gatherings about a toil item: the next two, and the last two."""
    now = timezone.now()
    rows = Meeting.objects.told().about(family(Item, item.pk))
    ahead, over = list(rows.ahead(now)[:2]), list(rows.over(now)[:2])
    lines = coming.lines([*ahead, *over], request.member, there=coming.who_drove(over))
    return {"item": item, "ahead": lines[: len(ahead)], "over": lines[len(ahead) :]}


def _of_topic(request: MemberRequest, topic: Topic) -> dict:
    """Gatherings about a topic, or about one that is part of it by now; those that go on first."""
    rows = Gathering.objects.filter(topic__in=topic.family()).order_by(F("closed_at").desc(nulls_first=True), "title")
    return {"topic": topic, "series": coming.series(rows[:MOST_LISTED], timezone.now())}


def _plan_mob(_request: MemberRequest, item: Item) -> dict:
    return {"item": item}


panels.register("meeting.main", "gatherings/panel_mob.html", _mob, order=5)
panels.register("meeting.main", "gatherings/panel_after.html", _afterwards, order=20)
panels.register("meeting.aside", "gatherings/panel_before.html", _before, order=5)
panels.register("topic.main", "gatherings/panel_of_topic.html", _of_topic, order=5)
panels.register("toil.item.gatherings", "gatherings/panel_of_item.html", _of_item, order=10)
panels.register("toil.item.head", "gatherings/panel_plan_mob.html", _plan_mob, order=10)
panels.register(
    "gathering.fading", "gatherings/fading_poll.html", lambda _request, gathering: {"gathering": gathering}, order=10
)
panels.register("gathering.main", "gatherings/panel_talks.html", _talks, order=10)
panels.register("meeting.main", "gatherings/panel_talks.html", _meeting_talks, order=10)
deeds.register(deeds.Deed(_("Invite"), "gatherings:invite_person"))
panels.register("home.aside", "gatherings/panel_coming.html", _coming, order=6)
panels.register("home.aside", "gatherings/panel_waiting.html", _waiting, order=7)
panels.register("people.aside", "gatherings/panel_idea.html", _topic_idea, order=10)
panels.register("gatherings.main", "gatherings/panel_idea.html", _idea, order=10)
panels.register("toil.item", "gatherings/panel_idea.html", _item_idea, order=1)


def _chapters(request: MemberRequest, gathering) -> dict | None:
    """The book's chapters, who leads them and when; the notes of the last one."""
    circle = reading.circle_of_page(gathering, request.member)
    if circle is None:
        return None
    noted, note = reading.last_note(circle.lines) or (None, None)
    may_write = reading.may_write(gathering, request.member)
    return {
        "circle": circle,
        "lines": tuple(circle.lines if "all" in request.GET else circle.near),
        "first": circle.next[0].chapter.pk if circle.next else None,
        "noted": noted,
        "note": note,
        "may_write": may_write,
        "may_take": may_write and circle.can_be_led,
    }


def _next_chapters(request: MemberRequest, gathering) -> dict | None:
    """What is read at the next meeting, beside its answers."""
    circle = reading.circle_of_page(gathering, request.member)
    if circle is None or not circle.next:
        return None
    may_write = reading.may_write(gathering, request.member)
    return {"lines": circle.next, "says": Says.choices, "may_write": may_write}


def _questions(request: MemberRequest, gathering) -> dict | None:
    """Questions brought to the next chapters."""
    circle = reading.circle_of_page(gathering, request.member)
    if circle is None or not circle.next:
        return None
    return {"questions": reading.questions([one.chapter for one in circle.next]), "chapter": circle.next[0].chapter}


def _of_meeting(request: MemberRequest, meeting) -> list[reading.Line]:
    if meeting.gathering.kind != Kind.READING or meeting.is_cancelled:
        return []
    known = request.__dict__.setdefault("reading_meetings", {})
    if meeting.pk not in known:
        known[meeting.pk] = reading.of_meeting(meeting, request.member)
    return known[meeting.pk]


def _meeting_chapters(request: MemberRequest, meeting) -> dict | None:
    gathering = meeting.gathering
    lines = _of_meeting(request, meeting)
    # What happens once has no other page to write its book down.
    sets_up = gathering.kind == Kind.READING and not gathering.is_recurring and gathering.may_run(request.member)
    if not lines and (not sets_up or meeting.is_cancelled or meeting.is_over()):
        return None
    may_write = reading.may_write(gathering, request.member)
    return {
        "lines": lines,
        "sets_up": sets_up,
        "says": Says.choices,
        "may_write": may_write,
        "may_take": may_write and not meeting.gathering.is_closed,
        "gathering_id": meeting.gathering_id,
        "me": request.member.pk,
    }


def _meeting_questions(request: MemberRequest, meeting) -> dict | None:
    lines = _of_meeting(request, meeting)
    if not lines:
        return None
    return {"questions": reading.questions([one.chapter for one in lines]), "chapter": lines[0].chapter}


def _attendance(request: MemberRequest, gathering) -> dict | None:
    """How many came each time, and a word where a series fades out; of every series, whatever its kind."""
    if not gathering.is_recurring:
        return None
    circle = reading.circle_of_page(gathering, request.member)
    held = circle.held if circle is not None else fade_out.held_counts(gathering)
    can_help = not gathering.is_closed and not gathering.is_resting(request.member.today())
    return {
        "held": tuple(held[-fade_out.SHOWN :]),
        "first": held[0] if held else None,
        "chart": fade_out.chart(held),
        "fading": fade_out.fading([one.came for one in held]) if can_help else None,
        "cut": circle.to_cut if circle is not None else None,
    }


panels.register("gathering.main", "gatherings/panel_chapters.html", _chapters, order=10)
panels.register("gathering.next", "gatherings/panel_next.html", _next_chapters, order=10)
panels.register("gathering.aside", "gatherings/panel_questions.html", _questions, order=10)
panels.register("gathering.aside", "gatherings/panel_attendance.html", _attendance, order=40)
panels.register("meeting.main", "gatherings/panel_meeting.html", _meeting_chapters, order=10)
panels.register("meeting.aside", "gatherings/panel_questions.html", _meeting_questions, order=10)
