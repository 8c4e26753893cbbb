"""What the lists of interests, steps and toil ask for next, each with its reasons (product.md, “People”, formulas).

Everybody sees what to gather for; whom to ask about a step, and who was forgotten, only the lead. Nothing here rests
on a note or a proposal that its person has not said yes to, nor on steps that are shown only roughly.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Member, Named, persons
from apps.gatherings import sql
from apps.gatherings.models import Kind, Participant, Rsvp
from apps.people import sql as people_sql
from apps.people.matrix import Tally, tallies
from apps.people.models import Interest, Keen, LadderStep, Roughly, Rung
from apps.toil import durations, figures
from apps.toil.models import Item
from apps.toil.models.state import DONE_WITH
from apps.toil.sql import MonthlyCost
from apps.web.bilingual import InBoth

FORGOTTEN_AFTER = timedelta(days=60)
SETTLED_AFTER = timedelta(days=14)  # a step is asked about when the last one is that old
MOST_CIRCLES, MOBS, ASKED, FORGOTTEN, NAMED = 10, 3, 5, 5, 4  # how many of each, and how many names one says


@dataclass(frozen=True, slots=True)
class Idea:
    """One suggestion: what, why, the way to do it, and what it was reckoned from."""

    key: str
    icon: str
    title: str
    why: str
    action: str
    address: str
    factors: list[tuple[str, str]] = field(default_factory=list)
    item: int | None = None


def ideas(reader: Member) -> list[Idea]:
    """All that `reader` may see and has not put away, what matters most first."""
    return list(_all(reader))


def first(reader: Member) -> Idea | None:
    """What matters most; no more is reckoned than that takes."""
    return next(_all(reader, 1), None)


def _all(reader: Member, most_circles: int = MOST_CIRCLES) -> Iterator[Idea]:
    settled = sql.settled(reader, timezone.now())
    kinds: list[Callable[[], Iterable[Idea]]] = [
        lambda: _circles(settled, most_circles, tallies()),
        lambda: mobs(reader, settled),
    ]
    if reader.is_lead:
        kinds += [lambda: next_steps(reader), lambda: forgotten(reader)]
    for kind in kinds:
        yield from (idea for idea in kind() if idea.key not in settled.away)


# ---- a circle or a talk for a topic ----------------------------------------------------------------


def first_circle(
    reader: Member,
    known: Mapping[int, Tally],
    named: Mapping[int, Named] | None = None,
    settled: sql.Settled | None = None,
) -> Idea | None:
    """The circle or talk that most are keen on, on a page that has read what is `known` of the topics already, and what
    people are called (`named`). Two queries; one where it knows what is `settled`.
    """
    return next(iter(_circles(settled or sql.settled(reader, timezone.now()), 1, known, named)), None)


def _circles(
    settled: sql.Settled,
    most: int,
    counted: Mapping[int, Tally],
    named: Mapping[int, Named] | None = None,
) -> list[Idea]:
    """Topics with at least three people keen and no gathering planned: with a teacher a talk, without a circle. At
    most `most`, and none that is put away. One query, and one for names that the page has not read.
    """
    enough = [pk for pk, tally in counted.items() if tally.keen >= settings.CIRCLE_PEOPLE]
    enough = [pk for pk in enough if pk not in settled.topics and f"topic-{pk}" not in settled.away]
    enough.sort(key=lambda pk: -counted[pk].keen)
    wanting: dict[int, list[int]] = {}
    teaching: dict[int, list[int]] = {}
    for topic, person, wants_more, wants_teach in people_sql.wanting(enough[:most], Rung.TEACHING) if enough else ():
        if wants_more:
            wanting.setdefault(topic, []).append(person)
        if wants_teach and person not in teaching.setdefault(topic, []):
            teaching[topic].append(person)
    if named is None:
        named = persons({one for pk in wanting for one in (*wanting[pk][:NAMED], *teaching.get(pk, ())[:NAMED])})
    found = []
    for pk in enough[:most]:
        people, teachers = wanting[pk], teaching.get(pk, [])
        who = _names(people, named)
        label = counted[pk].topic.label
        said = {"n": len(people), "topic": label}
        title = ngettext("%(n)s person wants %(topic)s", "%(n)s people want %(topic)s", len(people)) % said
        if teachers:
            why = _("%(who)s. %(teacher)s can teach it, so a talk fits best.") % {
                "who": who,
                "teacher": _names(teachers, named),
            }
            action, kind = _("Plan a talk"), Kind.EVENT
        else:
            why = _("%(who)s. Nobody teaches it yet, so a reading circle fits better than a talk.") % {"who": who}
            action, kind = _("Start a reading circle"), Kind.READING
        address = _plan([*people, *teachers], kind=kind, topic=label, title=label)
        found.append(
            Idea(f"topic-{pk}", "book", title, why, action, address, [(_("of them keen"), str(counted[pk].keen))])
        )
    return found


def _names(people: Sequence[int], named: Mapping[int, Named]) -> str:
    """Up to four names, and how many more there are."""
    names = _(", ").join(named[pk].short_name for pk in people[:NAMED])
    more = len(people) - NAMED
    return names + " " + _("and %(n)s more") % {"n": more} if more > 0 else names


def _plan(people: Iterable[int], **said: str) -> str:
    """The form for it, and whom to invite once it is planned."""
    return (
        reverse("gatherings:plan") + "?" + urlencode([*said.items(), *(("invite", pk) for pk in dict.fromkeys(people))])
    )


# ---- the next best mob -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors of “next best mob”: monthly minutes × share of the busiest person × (1 + people below solo)."""

    minutes: float
    share: float
    below_solo: Sequence[int]

    @property
    def product(self) -> float:
        return self.minutes * self.share * (1 + len(self.below_solo))


def mob_factors(today: date, planned: Collection[int]) -> dict[int, Factors]:
    """For each item that costs something, is not gone, and for which no mob is `planned` (product.md, “next best mob”).

    Interested is who has taken a step on its ladder and stands below solo. Three queries.
    """
    costs = figures.monthly_costs(today)
    ids = _to_mob(costs, planned)
    below: dict[int, list[int]] = {}
    steps = LadderStep.objects.current().filter(rung__gt=Rung.NONE, rung__lt=Rung.SOLO, item__in=ids)
    for item, person in steps.order_by("counts_from").values_list("item", "person"):
        below.setdefault(item, []).append(person)
    return _factors(ids, costs, below, today)


def _to_mob(costs: Mapping[int, MonthlyCost], planned: Collection[int]) -> list[int]:
    return [pk for pk, cost in costs.items() if cost.minutes and pk not in planned and cost.state not in DONE_WITH]


def _factors(
    ids: Collection[int], costs: Mapping[int, MonthlyCost], below: Mapping[int, Sequence[int]], today: date
) -> dict[int, Factors]:
    shares = figures.busiest_shares(ids, today)
    return {pk: Factors(costs[pk].minutes, shares[pk], below.get(pk, [])) for pk in ids if pk in shares}


def _best(factors: Mapping[int, Factors]) -> list[tuple[int, Factors]]:
    best = sorted(factors.items(), key=lambda pair: -pair[1].product)
    return [(pk, one) for pk, one in best if one.below_solo][:MOBS]


def mobs(reader: Member, settled: sql.Settled) -> list[Idea]:
    """The three items for which a mob would do most. Five queries."""
    best = _best(mob_factors(reader.today(), settled.mobs))
    items = Item.objects.in_bulk([pk for pk, _one in best])
    named = persons({person for _pk, one in best for person in one.below_solo})
    return [_mob(pk, one, items[pk].label, named) for pk, one in best]


def first_mob(
    today: date,
    items: Mapping[int, InBoth],
    costs: Mapping[int, MonthlyCost],
    below: Mapping[int, Sequence[int]],
    settled: sql.Settled,
) -> Idea | None:
    """The first of them that was not put away, on a page that has read the items that come back, what they cost, and
    who of them stands `below` solo. Two queries, or one where shares are kept.
    """
    ids = [pk for pk in _to_mob(costs, settled.mobs) if pk in items and below.get(pk)]
    best = (pair for pair in _best(_factors(ids, costs, below, today)) if f"mob-{pair[0]}" not in settled.away)
    pk, one = next(best, (0, None))
    return _mob(pk, one, items[pk].label, persons(one.below_solo[:NAMED])) if one else None


def _mob(pk: int, one: Factors, label: str, named: Mapping[int, Named]) -> Idea:
    share = round(100 * one.share)
    title = _("Mob on “%(item)s” with %(who)s") % {
        "item": label,
        "who": _names(one.below_solo, named),
    }
    why = _("It costs %(time)s a month, %(share)s%% of it on one desk, and they are on the way.") % {
        "time": durations.show(round(one.minutes)),
        "share": share,
    }
    factors = [
        (_("monthly cost"), durations.show(round(one.minutes))),
        (_("on the busiest desk"), f"{share} %"),
        (_("1 + people below solo"), str(1 + len(one.below_solo))),
    ]
    address = _plan(one.below_solo, kind=Kind.MOB, item=str(pk), title=label)
    return Idea(f"mob-{pk}", "mob", title, why, _("Plan a mob"), address, factors, pk)


# ---- whom to ask for the next step -----------------------------------------------------------------

STEPS = {Rung.NAVIGATING: Rung.DRIVING, Rung.DRIVING: Rung.SOLO, Rung.SOLO: Rung.TEACHING}


def next_steps(reader: Member, items: Iterable[int] | None = None) -> list[Idea]:
    """Who navigates, drives or does it alone for two weeks or more, on what costs most: they may be ready for more.

    Nobody is asked to teach where somebody teaches already. Of `items` only, if given.
    """
    costs = figures.monthly_costs(reader.today())
    wanted = set(costs) if items is None else set(items)
    settled = timezone.now() - SETTLED_AFTER
    steps = LadderStep.objects.current().filter(item__in=wanted, rung__in=STEPS, counts_from__lte=settled)
    rough = Roughly.people()
    waits = set(LadderStep.objects.waiting().filter(item__in=wanted).values_list("person", "item"))
    taught = set(
        LadderStep.objects.current().filter(item__in=wanted, rung=Rung.TEACHING).values_list("item", flat=True)
    )
    rows = [
        row
        for row in steps.select_related("person", "item")
        if row.person_id not in rough
        and row.person_id != reader.pk
        and (row.person_id, row.item_id) not in waits
        and not (row.rung == Rung.SOLO and row.item_id in taught)
    ]
    rows.sort(key=lambda row: (-row.rung, -(costs[row.item_id].minutes if row.item_id in costs else 0), row.pk))
    return [_step(row) for row in rows[:ASKED]]


def _step(row: LadderStep) -> Idea:
    to = STEPS[Rung(row.rung)]
    item = cast(Item, row.item)
    said = {"name": row.person.short_name, "item": item.label, "rung": to.label}
    title = {
        Rung.DRIVING: _("Ask %(name)s to drive “%(item)s”"),
        Rung.SOLO: _("Ask %(name)s to do “%(item)s” alone"),
        Rung.TEACHING: _("Ask %(name)s to teach “%(item)s”"),
    }[to] % said
    since = {"rung": row.get_rung_display(), "n": (timezone.localdate() - row.day).days}
    why = _("At “%(rung)s” for %(n)s days.") % since + (f" {row.words}" if row.words else "")
    query = urlencode({"item": item.pk, "person": row.person_id, "rung": int(to)})
    address = f"{reverse('people:step')}?{query}"
    action = _("Ask %(name)s") % said
    return Idea(f"step-{row.person_id}-{item.pk}-{int(to)}", "people", title, why, action, address, [], item.pk)


# ---- who was forgotten ------------------------------------------------------------------------------


def forgotten(reader: Member) -> Iterator[Idea]:
    """Who said they are keen and was invited to nothing, and came to nothing, for 60 days."""
    before = timezone.now() - FORGOTTEN_AFTER
    keen = Interest.objects.confirmed().of_standing().filter(keen__gte=Keen.KEEN, confirmed_at__lte=before)
    people = dict(keen.exclude(person=reader).order_by().values_list("person").annotate(Max("keen")))
    asked = Participant.objects.filter(Q(invited_at__gt=before) | Q(joined_at__gt=before), member__in=people)
    came = Rsvp.objects.filter(at__gt=before, member__in=people)
    busy = {*asked.values_list("member", flat=True), *came.values_list("member", flat=True)}
    left = sorted((pk for pk in people if pk not in busy), key=lambda pk: (-people[pk], pk))[:FORGOTTEN]
    named = persons(left)
    topics: dict[int, list[str]] = {}
    for row in keen.filter(person__in=left).select_related("topic").order_by("-keen"):
        topics.setdefault(row.person_id, []).append(row.topic.label)
    for pk in left:
        name = named[pk].short_name
        title = _("Invite %(name)s to something") % {"name": name}
        why = _("Keen on %(topics)s, and invited to nothing for 60 days.") % {"topics": _(", ").join(topics[pk][:3])}
        yield Idea(
            f"forgotten-{pk}", "mail", title, why, _("Invite"), reverse("gatherings:invite_person", args=[pk]), [], None
        )
