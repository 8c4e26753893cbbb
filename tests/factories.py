"""Small makers of rows: each gives something valid, and takes what the test is about."""

import itertools
from datetime import date, time, timedelta

from apps.accounts.models import Member, Organisation, Role
from apps.gatherings import schedule
from apps.gatherings.models import Gathering
from apps.people.models import Topic
from apps.roadmap.document import FIELDS, LaneKind, new_id
from apps.roadmap.models import Draft, Map, Revision
from apps.roadmap.publish import Reason, publish
from apps.stakeholders.models import Answer, FocusDecision, How, Observation, Round, Stakeholder, Wish
from apps.stakeholders.weighing import Weighing
from apps.toil.models import Category, Entry, Item

_numbers = itertools.count(1)
PASSWORD = "quiet paper lantern field"


def organisation(**fields) -> Organisation:
    return Organisation.get() or Organisation.objects.create(**({"name": "Komorebi Care"} | fields))


def member(**fields) -> Member:
    organisation()
    n = next(_numbers)
    email = fields.pop("email", f"member{n}@example.com")
    name = fields.pop("display_name", f"Member {n}")
    return Member.objects.make(email, name, password=fields.pop("password", PASSWORD), **fields)


def lead(**fields) -> Member:
    defaults = {
        "email": "aoi@example.com",
        "display_name": "Aoi Mizuno",
        "given_name": "Aoi",
        "family_name": "Mizuno",
    }
    return member(**(defaults | {"role": Role.LEAD} | fields))


def manager(**fields) -> Member:
    return member(**({"role": Role.MANAGER, "display_name": "Tomoko Hayashi", "email": "tomoko@example.com"} | fields))


def known(**fields) -> Member:
    """Somebody who has not joined yet."""
    return member(password=None, **fields)


def category(**fields) -> Category:
    return Category.objects.create(**({"name": f"Releases {next(_numbers)}", "tint": 1} | fields))


def stakeholder(**fields) -> Stakeholder:
    n = next(_numbers)
    return Stakeholder.objects.create(**({"name": f"Group {n}", "tag": f"group{n}"} | fields))


def item(**fields) -> Item:
    return Item.objects.create(**({"name": f"Item {next(_numbers)}"} | fields))


def entry(member: Member, **fields) -> Entry:
    values = {"item": None, "minutes": 25, "day": member.today()} | fields
    values["item"] = values["item"] or item()
    return Entry.log(member=member, **values)


def observation(by: Member, **fields) -> Observation:
    group = fields.pop("stakeholder", None) or stakeholder()
    return Observation.note(
        group, by, **({"text": "They ask every day.", "day": by.today(), "how": How.OBSERVED} | fields)
    )


def decision(lead: Member, group: Stakeholder | None = None, **fields) -> FocusDecision:
    values = {
        "title": "First, lower the load inside",
        "why": "Every day.",
        "review_on": lead.today() + timedelta(days=90),
        "weighed": Weighing.on(lead.today()).write(),
        "stakeholders": [group or stakeholder()],
        "observations": [],
    } | fields
    return FocusDecision.decide(lead, FocusDecision.objects.count(), **values)


def sre_answer(asked: Round, member: Member, text="Learning why things break. Together.", **fields) -> Answer:
    return Answer.say(asked, member, **({"text": text, "may_compare": False, "wish": Wish.KEEP} | fields))


REASON = Reason(
    name="From hiring to growing",
    learned="Two months of interviews, and no offer was accepted.",
    why="The budget closes in the middle of the month.",
)


def plan(title="Half of releases driven by developers", lane=LaneKind.GOALS, when=None, **fields) -> dict:
    """One item for `Draft.change`, in the autumn of a map that starts in April 2026."""
    days = when or ("2026-10-05", "2026-12-20")
    part = FIELDS["item"] | {"title": title, "lane": str(lane), "when": [str(day) for day in days]} | fields
    return {f"item:{new_id()}": part}


def future_map(lead: Member, *changes: dict, start=date(2026, 4, 1)) -> Map:
    """A published map, with these parts on it."""
    row = Map.objects.create(start=start)
    draft = Draft.open_for(row, lead)
    for change in changes:
        draft.change(change)
    publish(draft)
    row.refresh_from_db()
    return row


def next_revision(row: Map, by: Member, *changes: dict, **how) -> Revision:
    """What `by` publishes next; a pivot gets a reason."""
    row.refresh_from_db()
    draft = Draft.open_for(row, by)
    for change in changes:
        draft.change(change)
    return publish(draft, how.pop("reason", REASON), **how)


def topic(**fields) -> Topic:
    return Topic.objects.create(**({"name": f"Topic {next(_numbers)}"} | fields))


def gathering(organiser: Member, **fields) -> Gathering:
    """A single mob of an hour a week from now, or what `fields` say, with its meetings."""
    values = {
        "kind": "mob", "title": f"Mob {next(_numbers)}", "organiser": organiser, "zone": "Asia/Tokyo",
        "first_day": organiser.today() + timedelta(days=7), "clock": time(15), "minutes": 60,
    }  # fmt: skip
    row = Gathering(**(values | fields))
    schedule.begin(row, organiser.today())
    return row
