"""Forms of the map: check-ins, how sure somebody is, the parts of a draft, and publishing."""

import json
from contextlib import suppress
from datetime import date

from django import forms
from django.db.models import Case, Count, Q, QuerySet, When
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings.models import Gathering
from apps.people.models import Interest, Topic
from apps.roadmap import links
from apps.roadmap.document import LENGTHS, How, Item, Lane, LaneKind, Part, Sure, canonical
from apps.roadmap.evidence import name_of_observation, pieces
from apps.roadmap.models import CheckIn, Draft, Kind, Map
from apps.roadmap.publish import OVERLAPS, Reason, is_long_enough
from apps.roadmap.words import span
from apps.roadmap.year import Span
from apps.stakeholders.models import Observation, Stakeholder
from apps.toil import figures, months
from apps.toil.models import Item as ToilItem
from apps.web.forms import Form, ModelForm, NameField, TextField, dress, offer
from apps.web.text import OLDEST

EVIDENCE_OFFERED = 30


class _ObservationField(forms.ModelChoiceField):
    """Observations by whom they are about and what they say."""

    def label_from_instance(self, obj):
        return name_of_observation(obj)


class CheckInForm(ModelForm):
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = CheckIn
        fields = ["status", "words", "day", "observation", "url"]
        field_classes = {"words": TextField, "observation": _ObservationField}
        widgets = {
            "status": forms.RadioSelect,
            "words": forms.Textarea(attrs={"rows": 2}),
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "words": _("What you saw. Up to 44 characters stand on the map itself."),
            "observation": _("What was noted about a group and speaks for it."),
        }

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["status"]
        field.choices = [choice for choice in field.choices if choice[0]]  # type: ignore[attr-defined]
        newest = Observation.objects.newest_first().values_list("pk", flat=True)[:EVIDENCE_OFFERED]
        offer(self, "observation", Observation.objects.filter(pk__in=list(newest)).select_related("stakeholder"))

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        if day < OLDEST:
            raise forms.ValidationError(_("This day is too long ago."))
        return day


class SureForm(Form):
    """Anyone may say how sure they are of an item, with a reason."""

    sure = forms.ChoiceField(label=_("How sure are you?"), choices=Sure, widget=forms.RadioSelect)
    why = TextField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("What you saw.")
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)


class PartForm(Form):
    """One part of a draft. It remembers what the part said when the form was shown, so that a second tab or a drag in
    the meantime loses nothing: only what was touched here is changed, and what both touched is asked.
    """

    base = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    PART: tuple[str, ...] = ()  # fields of the part that the form's fields of the same name say

    def __init__(self, *args, part: Part, initial=None, **kwargs):
        super().__init__(*args, initial=self.shown(part) | {"base": canonical(part)} | (initial or {}), **kwargs)
        self.part = part

    def shown(self, part: Part) -> dict:
        """The part as the form's fields show it."""
        return {name: part[name] for name in self.PART}

    def said(self) -> Part:
        """What the form says of the part."""
        return {name: self.cleaned_data[name] for name in self.PART}

    def changes(self) -> tuple[Part, list[tuple[str, str]]]:
        """The fields that this form changes, and those that were changed elsewhere meanwhile: label and what it says
        there.
        """
        base = self.part
        with suppress(ValueError, RecursionError):
            kept = json.loads(self.cleaned_data["base"])
            if isinstance(kept, dict) and set(kept) == set(self.part):
                base = kept
        mine = {name: value for name, value in self.said().items() if value != base[name]}
        collided = [name for name in mine if self.part[name] != base[name] and self.part[name] != mine[name]]
        return mine, [(self.label_of(name), self.told(name)) for name in collided]

    def told(self, name: str) -> str:
        """What the part says of it now, as a reader knows it; empty for what takes more than a line to say."""
        value = self.part[name]
        if name == "when":
            return span(*map(date.fromisoformat, value))
        if isinstance(value, bool | list) or value is None:
            return ""
        return str(dict(getattr(self.fields.get(name), "choices", ())).get(value, value))

    def label_of(self, name: str) -> str:
        field = self.fields.get(name)
        return str(field.label) if field else name


CLAMP, NEXT_MAP = "clamp", "next"
OFFERED = 80  # toil items, gatherings and topics to tick


class _GatheringsField(forms.ModelMultipleChoiceField):
    """Gatherings with their kind, and those that happen once with their day, too."""

    def label_from_instance(self, obj):
        about = [obj.title, obj.get_kind_display()]
        return " · ".join(about if obj.is_recurring else [*about, date_format(obj.first_day, "SHORT_DATE_FORMAT")])


class ItemForm(PartForm):
    PART = ("title", "lane", "sure", "signal", "notes")

    title = NameField(label=_("What it is"), max_length=LENGTHS["title"])
    lane = forms.ChoiceField(label=_("Lane"))
    start = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    outside = forms.ChoiceField(
        label=_("A part of it lies outside this map"),
        choices=[
            (CLAMP, _("Draw it to the edge of this map")),
            (NEXT_MAP, _("Keep what lies behind for the next map")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    sure = forms.ChoiceField(label=_("How sure are we?"), choices=Sure, widget=forms.RadioSelect)
    signal = TextField(
        label=_("We will know because"),
        max_length=LENGTHS["signal"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What anyone could see when it is reached."),
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Member.objects.none(), required=False)
    toil = forms.ModelMultipleChoiceField(
        label=links.LABELS["toil"],
        queryset=ToilItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = forms.ModelMultipleChoiceField(
        label=links.LABELS["groups"],
        queryset=Stakeholder.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    gatherings = _GatheringsField(
        label=links.LABELS["gatherings"],
        queryset=Gathering.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.ModelMultipleChoiceField(
        label=links.LABELS["topics"],
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Its page will say how many are interested, and nobody’s name."),
    )
    notes = TextField(
        label=_("Notes"), max_length=LENGTHS["notes"], required=False, help_text=_("Markdown is understood.")
    )

    def __init__(self, *args, year: Span, lanes: list[Lane], by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year
        self.rest: tuple[date, date] | None = None  # what is kept for the next map
        self.lies_here = True  # whether any of it is in this one
        chosen = [(lane.id, lane.label) for lane in lanes if lane.kind != LaneKind.SHAPE]
        self.fields["lane"].choices = chosen  # type: ignore[attr-defined]
        owner = self.part["owner"]
        offer(self, "owner", Member.objects.filter(Q(is_active=True) | Q(pk=owner or 0)).by_name())
        offer(self, "toil", _toil_to_offer(self.part["toil"], by.today()))
        groups = Stakeholder.objects.filter(Q(merged_into=None, archived_at=None) | Q(pk__in=self.part["groups"]))
        offer(self, "groups", groups.order_by("position", "name"))
        offer(self, "gatherings", _gatherings_to_offer(self.part["gatherings"]))
        offer(self, "topics", _topics_to_offer(self.part["topics"], by))
        for name in ("start", "end"):
            self.fields[name].widget.attrs |= {"min": str(year.start), "max": str(year.end)}
        if not self.is_bound:
            del self.fields["outside"]  # asked once something lies outside

    def shown(self, part: Part) -> dict:
        days = part["when"] or [None, None]
        chosen = {name: part[name] for name in ("owner", *links.MODELS)}
        return super().shown(part) | chosen | {"start": days[0], "end": days[1]}

    def clean(self):
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if not start or not end:
            self.fields.pop("outside", None)
            return data
        if end < start:
            self.fields.pop("outside", None)
            self.add_error("end", _("It ends before it starts."))
        elif start in self.year and end in self.year:
            self.fields.pop("outside", None)
        else:
            self._clean_outside(data, start, end)
        return data

    def _clean_outside(self, data: dict, start: date, end: date) -> None:
        """What lies outside the map's year is cut off or kept for the next map, as the writer says."""
        answer, inside = data.get("outside"), self.year.touches(start, end)
        works = [CLAMP] if inside else []
        works += [NEXT_MAP] if end > self.year.end else []
        field = self.fields["outside"]
        field.choices = [choice for choice in field.choices if choice[0] in works]  # type: ignore[attr-defined]
        name = "end" if end > self.year.end else "start"
        next_year = Span(months.step(self.year.start, 12))
        edges = {"first": date_format(self.year.start), "last": date_format(self.year.end)}
        if start < self.year.start and not inside:
            del self.fields["outside"]
            self.add_error(name, _("This lies before the map, which goes from %(first)s to %(last)s.") % edges)
        elif answer == NEXT_MAP and end > next_year.end:
            self.add_error("end", _("This lies even behind the next map. Choose an earlier day."))
        elif answer == NEXT_MAP and end > self.year.end:
            self.rest = next_year.clamp(start), end
        elif answer != CLAMP or not inside:
            field.required = True
            says = _("This map goes from %(first)s to %(last)s. Say below what to do with what lies outside.")
            self.add_error(name, says % edges)
        data["start"], data["end"] = self.year.clamp(start), self.year.clamp(end)
        self.lies_here = inside

    def said(self) -> Part:
        data = self.cleaned_data
        return super().said() | {
            "when": [data["start"].isoformat(), data["end"].isoformat()],
            "owner": data["owner"].pk if data["owner"] else None,
            **{name: self._links(name) for name in links.MODELS},
        }

    def _links(self, name: str) -> list[int]:
        """Ids of what is ticked; in the order of before, if they are the same."""
        ticked, before = sorted(row.pk for row in self.cleaned_data[name]), self.part[name]
        return before if ticked == sorted(before) else ticked

    def label_of(self, name: str) -> str:
        return str(_("First and last day")) if name == "when" else super().label_of(name)


def _toil_to_offer(chosen: list[int], today: date) -> QuerySet[ToilItem]:
    """Current items by name; of very many the costliest, and what is chosen already."""
    wanted = ToilItem.objects.coming_back()
    if wanted.count() > OFFERED:
        costs = figures.monthly_costs(today)
        costly = sorted(costs, key=lambda pk: -costs[pk].minutes)[:OFFERED]
        wanted = wanted.filter(pk__in=costly)
    return ToilItem.objects.filter(Q(pk__in=wanted.values("pk")) | Q(pk__in=chosen)).order_by("name")


def _gatherings_to_offer(chosen: list[int]) -> QuerySet[Gathering]:
    """Those that were not closed, by title, and what is chosen already; of very many the series and the newest."""
    once = Case(When(rule__isnull=True, then=1), default=0)
    wanted = Gathering.objects.open().order_by(once, "-id")[:OFFERED]
    return Gathering.objects.filter(Q(pk__in=wanted.values("pk")) | Q(pk__in=chosen)).order_by("title", "id")


def _topics_to_offer(chosen: list[int], by: Member) -> QuerySet[Topic]:
    """What stands and is known to all, by name, and what is chosen already; of very many the most wanted.

    A topic that only waits for somebody's yes is not there to be named before everybody, unless one wrote it oneself.
    """
    said = Interest.objects.confirmed().of_standing().values("topic")
    met = Gathering.objects.exclude(topic=None).values("topic")
    known = Topic.objects.standing().filter(Q(pk__in=said) | Q(pk__in=met) | Q(by=by))
    wanted = known.annotate(wanted=Count("interests")).order_by("-wanted", "name").values("pk")[:OFFERED]
    return Topic.objects.filter(Q(pk__in=wanted) | Q(pk__in=chosen)).order_by("name")


class QuarterForm(PartForm):
    PART = ("name", "sentence", "shape", "shape_sentence")

    name = NameField(label=_("Name of the quarter"), max_length=LENGTHS["name"], required=False)
    sentence = NameField(
        label=_("Its goal in one sentence"),
        max_length=LENGTHS["sentence"],
        required=False,
        help_text=_("It stands on everybody’s Home while the quarter lasts."),
    )
    shape = NameField(
        label=_("The team’s shape"), max_length=LENGTHS["shape"], required=False, help_text=_("“Two, and a guild”")
    )
    shape_sentence = NameField(
        label=_("The team in one sentence"), max_length=LENGTHS["shape_sentence"], required=False
    )


class SeatForm(Form):
    """One seat; a row without a person and without a role is no seat."""

    seat = forms.CharField(widget=forms.HiddenInput, required=False)
    member = forms.TypedChoiceField(label=_("Who"), coerce=int, empty_value=None, required=False)
    role = NameField(label=_("As what"), max_length=LENGTHS["role"], required=False)
    how = forms.ChoiceField(label=_("How"), choices=How)

    def __init__(self, *args, people: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", "—"), *people]  # type: ignore[attr-defined]

    def clean(self):
        data = super().clean() or {}
        if not data.get("member") and data.get("role") and data.get("how") in (How.CORE, How.GUEST):
            self.add_error("member", _("Say who it is, or hope for somebody."))
        return data

    @property
    def is_empty(self) -> bool:
        data = self.cleaned_data
        return data.get("DELETE") or not (data.get("member") or data.get("role"))


def people_to_seat(seated: set[int]) -> list[tuple[int, str]]:
    """Who can sit on a seat, and who does already, by name: asked for once for all rows. One query."""
    rows = Member.objects.filter(Q(is_active=True) | Q(pk__in=seated)).by_name()
    return list(rows.values_list("pk", "display_name"))


MOST_SEATS = 24
SeatFormSet = forms.formset_factory(
    SeatForm, extra=4, max_num=MOST_SEATS, validate_max=True, can_delete=True, can_delete_extra=False, can_order=True
)


class LaneForm(PartForm):
    PART = ("name", "note")

    name = NameField(label=_("Name of the lane"), max_length=LENGTHS["name"])
    note = NameField(label=_("In a few words"), max_length=LENGTHS["note"], required=False)
    ground = forms.ChoiceField(
        label=_("Where it lies"),
        choices=[("above", _("Above the ground: what we aim for")), ("below", _("Below: what makes the rest grow"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.part["kind"] != LaneKind.OWN:  # the standard lanes stay where they are, and may go by their own name
            del self.fields["ground"]
            self.fields["name"].required = False
            self.fields["name"].help_text = _("Empty for the usual name, in everybody’s language.")

    def shown(self, part: Part) -> dict:
        return super().shown(part) | {"ground": "above" if part["above"] else "below"}

    def said(self) -> Part:
        ground = self.cleaned_data.get("ground")
        return super().said() | ({"above": ground == "above"} if ground else {})


class DropLaneForm(Form):
    """Where the items of a lane go that is dropped."""

    DROP = "drop"

    to = forms.ChoiceField(label=_("What becomes of its items?"), widget=forms.RadioSelect)

    def __init__(self, *args, lanes: list[Lane], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(lane.id, _("Into “%(lane)s”") % {"lane": lane.label}) for lane in lanes]
        self.fields["to"].choices = [*choices, (self.DROP, _("They are dropped too"))]  # type: ignore[attr-defined]


class PastForm(Form):
    """One line of the backstory; an empty one is none."""

    past = forms.CharField(widget=forms.HiddenInput, required=False)
    when = NameField(label=_("When"), max_length=LENGTHS["when"], required=False)
    text = NameField(label=_("What happened"), max_length=LENGTHS["text"], required=False)

    def clean(self):
        data = super().clean() or {}
        if data.get("when") and not data.get("text") and not data.get("DELETE"):
            self.add_error("text", _("Say what happened then."))
        return data


PastFormSet = forms.formset_factory(
    PastForm, extra=3, max_num=30, validate_max=True, can_delete=True, can_delete_extra=False, can_order=True
)


class TitleForm(PartForm):
    PART = ("title",)

    title = NameField(label=_("Title of the map"), max_length=LENGTHS["title"], required=False)


class StartForm(Form):
    """A map begins in any month."""

    start = forms.ChoiceField(label=_("It starts in"))
    title = NameField(label=_("Title of the map"), max_length=LENGTHS["title"], required=False)

    def __init__(self, *args, today: date, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        around = [months.step(months.first(today), by) for by in range(-11, 13)]
        self.fields["start"].choices = [  # type: ignore[attr-defined]
            (f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in around
        ]

    def clean_start(self) -> date:
        start = date.fromisoformat(f"{self.cleaned_data['start']}-01")
        other = Map.objects.overlapping(start) or Map.objects.published().filter(start=start).first()
        if other:
            raise forms.ValidationError(OVERLAPS % {"label": other.label})
        if Draft.objects.open().filter(map__start=start, owner=self.by).exists():
            raise forms.ValidationError(_("You are drawing a map that starts in this month already."))
        return start


class NextMapForm(Form):
    """Of each unfinished item it is asked whether it still matters."""

    KEEP, LEAVE = "keep", "leave"

    def __init__(self, *args, items: list[Item], **kwargs):
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"item-{item.id}"] = forms.ChoiceField(
                label=item.title,
                choices=[(self.KEEP, _("It still matters")), (self.LEAVE, _("Leave it behind"))],
                widget=forms.RadioSelect,
            )
        dress(self)

    @property
    def kept(self) -> set[str]:
        return {name.partition("-")[2] for name, answer in self.cleaned_data.items() if answer == self.KEEP}


class PublishForm(Form):
    """What is said when a draft is published. A pivot needs a name, what was learned, and why now."""

    MISSING = {
        "name": _("Give it a name that people will remember."),
        "learned": _("Say what you saw, in at least 20 characters."),
        "why": _("Say why this cannot wait until the next quarter, in at least 20 characters."),
    }

    note = NameField(
        label=_("A word about it"),
        max_length=300,
        required=False,
        help_text=_("What made you change it. It stands in the history."),
    )
    is_pivot = forms.BooleanField(label=_("Call it a pivot: it deserves a reason"), required=False)
    name = NameField(label=_("Name this pivot"), max_length=120, required=False)
    learned = TextField(
        label=_("What did we learn?"),
        max_length=2_000,
        required=False,
        help_text=_("What you saw, not what you think of it. At least 20 characters."),
    )
    why = TextField(label=_("Why now?"), max_length=2_000, required=False, help_text=_("At least 20 characters, too."))
    sure = forms.ChoiceField(label=_("How sure are you?"), choices=Sure, widget=forms.RadioSelect, required=False)
    evidence = forms.MultipleChoiceField(
        label=_("What speaks for it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    first = forms.ModelMultipleChoiceField(
        label=_("Who hears about it first"),
        queryset=Member.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, kind: Kind, by: Member, offered: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.today = kind, by.today()
        self.fields["evidence"].choices = offered  # type: ignore[attr-defined]
        offer(self, "first", Member.objects.active().exclude(pk=by.pk).by_name())
        pivot = ("name", "learned", "why", "sure", "evidence", "first")
        gone: tuple[str, ...] = ()
        if kind == Kind.FIRST:
            self.fields["note"].help_text = ""
            gone = (*pivot, "is_pivot")
        elif kind == Kind.PIVOT:
            gone = ("is_pivot", "note")
        for name in gone:
            del self.fields[name]
        if kind == Kind.PIVOT:
            for name, says in self.MISSING.items():
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = says

    @property
    def pivots(self) -> bool:
        """Whether it is published as a pivot."""
        return self.kind == Kind.PIVOT or bool(self.cleaned_data.get("is_pivot"))

    def clean(self):
        data = super().clean() or {}
        if not self.pivots:
            return data
        for name, says in self.MISSING.items():
            said = data.get(name, "")
            if name not in self.errors and not (bool(said) if name == "name" else is_long_enough(said)):
                self.add_error(name, says)
        return data

    @property
    def reason(self) -> Reason:
        data = self.cleaned_data
        if not self.pivots:
            return Reason(note=data.get("note", ""))
        return Reason(
            name=data["name"],
            learned=data["learned"],
            why=data["why"],
            sure=data.get("sure", ""),
            evidence=tuple(pieces(data.get("evidence", []), self.today)),
            first=tuple(member.pk for member in data.get("first", ())),
        )


class MapFileForm(Form):
    file = forms.FileField(
        label=_("JSON file"),
        help_text=_("At most 1 MB. It becomes a draft of yours: nothing changes on the map until you publish it."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
