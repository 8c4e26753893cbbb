"""Forms about gatherings: planned, changed for one meeting or for what follows, and answered."""

from dataclasses import replace
from datetime import date, time
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings import holidays, moments, recurrence
from apps.gatherings.models import Gathering, Kind, Meeting
from apps.gatherings.models.gathering import LONGEST, MOST_SEATS
from apps.gatherings.models.poll import MOST_TIMES
from apps.gatherings.recurrence import Frequency, MonthEnd, MonthlyOn, Rule
from apps.gatherings.schedule import Scope, Slot
from apps.people.models import Topic
from apps.toil.models import Item
from apps.web.forms import Form, NameField, TextField, dress, offer

ONCE = "once"
MOST_BYTES = 2_000_000
REPEATS = [
    (ONCE, _("Does not repeat")),
    (Frequency.DAILY, _("Every day")),
    (Frequency.WEEKLY, _("Every week")),
    (Frequency.MONTHLY, _("Every month")),
    (Frequency.YEARLY, _("Every year")),
]
WEEKDAYS = [(n, name) for n, name in enumerate((_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")))]
BY_DAY, BY_WEEKDAY, BY_LAST = "day", "weekday", "last"
ENDS = [("never", _("Goes on")), ("count", _("After a number of times")), ("until", _("On a day"))]
RULE_FIELDS = ("repeats", "interval", "weekdays", "monthly", "month_end", "ends", "count", "until")
DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK_INPUT = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SlotForm(Form):
    """When and where, on the clock of a zone."""

    day = forms.DateField(label=_("Day"), widget=DAY_INPUT)
    clock = forms.TimeField(label=_("Begins"), widget=CLOCK_INPUT)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=LONGEST)
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=_("Everybody sees the time on their own clock."),
    )
    place = NameField(label=_("Where"), max_length=120, required=False)
    link = forms.URLField(label=_("Link to join online"), max_length=500, required=False, assume_scheme="https")
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text=_("Empty: as many as come. Who is online needs none."),
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or later."))
        if day > recurrence.last_allowed(self.today):
            raise forms.ValidationError(_("That is more than three years ahead."))
        return day

    def clean_zone(self) -> str:
        name = self.cleaned_data["zone"]
        try:
            moments.check_zone(name)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return name

    @property
    def slot(self) -> Slot:
        data = self.cleaned_data
        return Slot(data["clock"], data["minutes"], data["zone"], data["place"], data["link"], data["seats"])


class RuleForm(SlotForm):
    """When, where, and how it repeats."""

    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS)
    interval = forms.IntegerField(
        label=_("Every so many"),
        required=False,
        help_text=_("2 with “every week” is every second week."),
        widget=forms.NumberInput(attrs={"min": 1, "max": 99}),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: on the weekday of the first day."),
    )
    monthly = forms.ChoiceField(label=_("In the month"), required=False, widget=forms.RadioSelect)
    month_end = forms.ChoiceField(
        label=_("Where a month has no such day"),
        choices=MonthEnd.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    ends = forms.ChoiceField(label=_("Ends"), choices=ENDS, required=False, widget=forms.RadioSelect)
    count = forms.IntegerField(label=_("How many times"), required=False)
    until = forms.DateField(label=_("Last day"), required=False, widget=DAY_INPUT)
    skips_holidays = forms.BooleanField(label=_("Leave out holidays"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["monthly"]).choices = [
            (BY_DAY, _("On the same day of the month")),
            (BY_WEEKDAY, _("On the same weekday, as the second Tuesday")),
            (BY_LAST, _("On the last day")),
        ]

    def clean(self):
        data = super().clean() or {}
        day = data.get("day")
        data["rule"] = None
        if day is None or data.get("repeats") in (None, ONCE) or {"count", "until", "interval"} & self.errors.keys():
            return data
        rule = self._rule(data, day)
        if data.get("ends") == "count" and data.get("count") is None:
            self.add_error("count", _("Say how many times."))
        elif data.get("ends") == "until" and data.get("until") is None:
            self.add_error("until", _("Say until when."))
        else:
            for problem in recurrence.check(rule, day):
                self.add_error(problem.field if problem.field in self.fields else "repeats", str(problem.message))
        data["rule"] = rule
        return data

    @staticmethod
    def _rule(data: dict[str, Any], day: date) -> Rule:
        """The rule as it was chosen, with what is left open taken from the first day."""
        said: dict[str, Any] = {"interval": data["interval"] if data.get("interval") is not None else 1}
        if data["repeats"] == Frequency.WEEKLY:
            said["weekdays"] = tuple(data.get("weekdays") or (day.weekday(),))
        if data["repeats"] == Frequency.MONTHLY:
            said |= _monthly(data.get("monthly") or BY_DAY, day)
        if data["repeats"] in (Frequency.MONTHLY, Frequency.YEARLY):
            said["month_end"] = data.get("month_end") or None
        if data.get("ends") == "count":
            said["count"] = data.get("count")
        if data.get("ends") == "until":
            said["until"] = data.get("until")
        return Rule(data["repeats"], **said)


def _monthly(chosen: str, day: date) -> dict[str, Any]:
    if chosen == BY_LAST:
        return {"monthly": MonthlyOn.LAST_DAY}
    if chosen == BY_WEEKDAY:
        nth = (day.day - 1) // 7 + 1
        return {
            "monthly": MonthlyOn.WEEKDAY,
            "weekdays": (day.weekday(),),
            "nth": nth if nth < 5 else recurrence.LAST,
        }
    return {"monthly": MonthlyOn.DAY, "day": day.day}


def said_by(rule: Rule | None) -> dict[str, Any]:
    """What the form shows of a rule that is there."""
    if rule is None:
        return {"repeats": ONCE, "ends": "never", "interval": 1, "monthly": BY_DAY}
    monthly = {MonthlyOn.LAST_DAY: BY_LAST, MonthlyOn.WEEKDAY: BY_WEEKDAY}.get(rule.monthly or MonthlyOn.DAY, BY_DAY)
    return {
        "repeats": rule.frequency,
        "interval": rule.interval,
        "weekdays": list(rule.weekdays) if rule.frequency == Frequency.WEEKLY else [],
        "monthly": monthly,
        "month_end": rule.month_end or "",
        "ends": "count" if rule.count else "until" if rule.until else "never",
        "count": rule.count,
        "until": rule.until,
    }


class PlanForm(RuleForm):
    """A new gathering."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind, widget=forms.RadioSelect)
    title = NameField(label=_("Title"), max_length=120)
    about = TextField(
        label=_("What it is about"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    item = forms.ModelChoiceField(label=_("Toil item"), queryset=Item.objects.none(), required=False)
    topic = NameField(
        label=_("Topic"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    is_open = forms.BooleanField(label=_("Anybody may join"), required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("kind", "title", "about", "item", "topic")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "item", Item.objects.current().order_by("name"))


class MeetingForm(RuleForm):
    """One meeting changed, alone or with what follows."""

    scope = forms.ChoiceField(label=_("What changes"), choices=Scope, widget=forms.RadioSelect)
    title = NameField(label=_("What this one is about"), max_length=120, required=False)
    own_item = forms.ModelChoiceField(
        label=_("Toil item"),
        queryset=Item.objects.none(),
        required=False,
        help_text=_("Empty: what the gathering is about."),
    )
    facilitator = forms.ModelChoiceField(label=_("Facilitator"), queryset=Member.objects.none(), required=False)

    field_order = (
        "scope",
        "title",
        "own_item",
        "facilitator",
        "day",
        "clock",
        "minutes",
        "zone",
        "place",
        "link",
        "seats",
    )

    def __init__(self, *args, is_recurring: bool, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "facilitator", Member.objects.active().by_name())
        offer(self, "own_item", Item.objects.current().order_by("name"))
        if not is_recurring:
            for name in ("scope", *RULE_FIELDS):
                del self.fields[name]
        self.fields.pop("skips_holidays")

    def clean(self):
        if self.data.get("scope", Scope.THIS) == Scope.THIS:  # how it repeats is not asked of one meeting
            data = super(RuleForm, self).clean() or {}
            for name in RULE_FIELDS:
                self.errors.pop(name, None)
            return data
        return super().clean()

    @property
    def has_new_days(self) -> bool:
        """Whether the day or how it repeats was changed, so that meetings come on other days."""
        return not {"day", *RULE_FIELDS}.isdisjoint(self.changed_data)

    def rule_for(self, was: date) -> Rule | None:
        """The rule as it was chosen. A day that only moved takes its weekday along."""
        rule, day = self.cleaned_data["rule"], self.cleaned_data["day"]
        if rule is None or rule.frequency != Frequency.WEEKLY or "weekdays" in self.changed_data:
            return rule
        if day.weekday() in rule.weekdays:
            return rule
        moved = {day.weekday() if one == was.weekday() else one for one in rule.weekdays}
        return replace(rule, weekdays=tuple(sorted(moved if day.weekday() in moved else {*moved, day.weekday()})))


class AboutForm(forms.ModelForm):
    """What a gathering is about, apart from when and where."""

    class Meta:
        model = Gathering
        fields = ("title", "about", "item", "is_open", "skips_holidays")
        labels: ClassVar[dict] = {"skips_holidays": _("Leave out holidays")}


class CancelForm(Form):
    words = NameField(label=_("Why, in a few words"), max_length=200, required=False)
    scope = forms.ChoiceField(label=_("What is cancelled"), choices=Scope, widget=forms.RadioSelect)


class InviteForm(Form):
    """Whom to invite: people, everybody whom a topic interests, or everybody."""

    people = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Everybody whom a topic interests"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    everybody = forms.BooleanField(label=_("Everybody"), required=False)

    def __init__(self, *args, reader: Member, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "people", Member.objects.active().exclude(pk=reader.pk).by_name())
        offer(self, "topics", Topic.objects.with_interest(reader))

    def clean(self):
        data = super().clean() or {}
        if not any(data.get(name) for name in ("people", "topics", "everybody")):
            self.add_error("people", _("Choose at least one."))
        return data


class GuestForm(Form):
    guest = NameField(label=_("Your name"), max_length=80)
    answer = forms.ChoiceField(label=_("Are you coming?"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        from apps.gatherings.models import Answer

        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["answer"]).choices = Answer.choices


def slot_of(meeting: Meeting) -> dict[str, Any]:
    """What the form shows of a meeting."""
    names = ("day", "clock", "minutes", "zone", "place", "link", "seats", "title", "own_item", "facilitator")
    return {name: getattr(meeting, name) for name in names}


class TimesForm(Form):
    """Up to five times to choose from."""

    for_all = forms.BooleanField(label=_("For all meetings that are still to come"), required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        for n in range(1, MOST_TIMES + 1):
            self.fields[f"time{n}"] = forms.DateTimeField(
                label=_("Time %(n)s") % {"n": n},
                required=n == 1,
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )
        dress(self)

    def clean(self):
        data = super().clean() or {}
        seen = set()
        for n in range(1, MOST_TIMES + 1):
            at = data.get(f"time{n}")
            if at is None:
                continue
            local = at.replace(tzinfo=None)
            if local.date() < self.today or local.date() > recurrence.last_allowed(self.today):
                self.add_error(f"time{n}", _("Choose a day from today on, within three years."))
            if local in seen:
                self.add_error(f"time{n}", _("This time is there already."))
            seen.add(local)
        return data

    @property
    def times(self) -> list[tuple[date, time]]:
        """On the clock of the gathering, as they were typed."""
        found = [self.cleaned_data[f"time{n}"] for n in range(1, MOST_TIMES + 1)]
        return [(at.date(), at.time()) for at in found if at is not None]


class HolidaysForm(Form):
    """Holidays, as lines or as a calendar file."""

    lines = TextField(
        label=_("One day a line"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("2026-11-23 Labour Thanksgiving Day"),
    )
    file = forms.FileField(label=_("Or a calendar file (.ics)"), required=False)

    def clean(self):
        data = super().clean() or {}
        days: dict[date, str] = {}
        for name, read in (("lines", _read_lines), ("file", _read_file)):
            try:
                if data.get(name):
                    days |= read(data[name])
            except holidays.Unreadable as error:
                self.add_error(name, str(error))
        if not days and not self.errors:
            self.add_error("lines", _("Write at least one day, or choose a file."))
        data["days"] = days
        return data


def _read_lines(text: str) -> dict[date, str]:
    return holidays.read_lines(text)


def _read_file(upload) -> dict[date, str]:
    if upload.size > MOST_BYTES:
        raise holidays.Unreadable(_("This file is larger than a list of holidays can be."))
    return holidays.read_file(upload.read())


class TalkForm(Form):
    """A talk that somebody offers or asks for."""

    offer = forms.TypedChoiceField(
        label=_("Is it offered or asked for?"),
        choices=[(True, _("I give it")), (False, _("I would like to hear it"))],
        coerce=lambda value: value in (True, "True"),
        widget=forms.RadioSelect,
    )
    title = NameField(label=_("What it is about"), max_length=120)
    topic = NameField(
        label=_("Topic"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=240)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)
