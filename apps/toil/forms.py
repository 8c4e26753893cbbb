"""Forms of the toil room. Minutes are typed as people say them (`1h30`, 25分) and read by `durations.read`."""

from datetime import date
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil import durations
from apps.toil.folding import fold
from apps.toil.import_file import columns_of
from apps.toil.imports import FORMATS
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.mapped import MAPPED, Role
from apps.toil.imports.reading import Table
from apps.toil.models import Area, Category, Entry, ImportRun, Item, State
from apps.toil.models.state import NEEDS_REASON
from apps.toil.permissions import may_log_for_others
from apps.web.bilingual import in_reader_language
from apps.web.forms import Form, ModelForm, NameField, TextField, dress, offer
from apps.web.text import OLDEST

NOTE_LONGEST = 2_000


class DurationField(forms.CharField):
    """Minutes, typed as a person would. Cleans to an int; errors say what can be typed.

    `longest` is the most minutes it takes: a day for an entry, more for an estimate.
    """

    def __init__(self, *, longest: int = durations.LONGEST, placeholder: str = "25m", **kwargs):
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.longest = longest
        self.widget.attrs.update({"autocomplete": "off", "placeholder": placeholder})

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return durations.read(text, bare=True, longest=self.longest)
        except durations.DurationError as error:
            raise ValidationError(str(error), code=error.code) from None

    def prepare_value(self, value):
        return durations.show(value) if isinstance(value, int) else value


class NoteField(TextField):
    """Free text of a few lines."""

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", NOTE_LONGEST)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)


TOO_EARLY = _("This day has not come yet. Log it when it is done.")
TOO_EARLY_FOR_A_STATE = _("This day has not come yet. Change the state when it has.")


def check_day(day: date, today: date, too_early: str | Promise = TOO_EARLY) -> None:
    """Raises ValidationError for a day that can't be in a log."""
    if day > today:
        raise ValidationError(str(too_early), code="future")
    if day < OLDEST:
        raise ValidationError(_("This day is too far back. Is the year right?"), code="old")


def day_field(**kwargs) -> forms.DateField:
    kwargs.setdefault("label", _("Day"))
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class EntryForm(Form):
    """The full form: everything an entry holds."""

    item = forms.ModelChoiceField(label=_("Toil item"), queryset=Item.objects.none())
    minutes = DurationField(label=_("How long"), help_text=_("25m, 1h30, 1:30, or from–to: 8-9.15"))
    day = day_field()
    clock = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    stakeholder = forms.ModelChoiceField(label=_("For whom"), queryset=Stakeholder.objects.none(), required=False)
    member = forms.ModelChoiceField(
        label=_("Who did it"),
        queryset=Member.objects.none(),
        help_text=_("Logged for somebody else, the entry says that you logged it."),
    )
    note = NoteField(label=_("Note"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, by: Member, keep: Entry | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        offer(self, "item", Item.objects.current().order_by("name"))
        stakeholders = Stakeholder.objects.current()
        if keep and keep.stakeholder_id:  # an archived one stays choosable on the entry that has it
            stakeholders = stakeholders | Stakeholder.objects.filter(pk=keep.stakeholder_id)
        offer(self, "stakeholder", stakeholders)
        if may_log_for_others(by):
            people = Member.objects.active()
            if keep:
                people = people | Member.objects.filter(pk=keep.member_id)
            offer(self, "member", people.by_name())
        else:
            del self.fields["member"]

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        check_day(day, self.by.today())
        return day


class StopTimerForm(Form):
    item = forms.ModelChoiceField(label=_("Toil item"), queryset=Item.objects.none(), required=False)
    new_item = NameField(label=_("Or a new item"), max_length=120, required=False)
    minutes = DurationField(label=_("How long"))
    stakeholder = forms.ModelChoiceField(label=_("For whom"), queryset=Stakeholder.objects.none(), required=False)
    note = NoteField(label=_("Note"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "item", Item.objects.current().order_by("name"))
        offer(self, "stakeholder", Stakeholder.objects.current())

    def clean(self):
        data = super().clean() or self.cleaned_data
        if "item" in data and not data["item"] and not data.get("new_item"):
            self.add_error("item", _("What was it? Choose an item, or name a new one below."))
        return data


MARKS = ("manual", "repetitive", "automatable", "tactical", "no_enduring_value", "grows")
MARK_MEANINGS = {
    "manual": _("Somebody does it by hand, or starts by hand the script that does it."),
    "repetitive": _("It comes again and again. The first and second time are not toil yet."),
    "automatable": _("A machine could do it as well. If it needs human judgement, it may not be toil."),
    "tactical": _("It interrupts: it answers something, instead of following a plan."),
    "no_enduring_value": _("Afterwards the service is as it was before."),
    "grows": _("More users, more facilities or more releases mean more of it."),
}


class ItemForm(ModelForm):
    name = NameField(label=_("Name"), max_length=120)
    name_ja = NameField(label=_("Name in Japanese"), max_length=120, required=False)
    short_name = NameField(
        label=_("Short name"), max_length=40, required=False, help_text=_("For chips and the quick log.")
    )
    short_name_ja = NameField(label=_("Short name in Japanese"), max_length=40, required=False)
    description = NoteField(
        label=_("What it is"),
        max_length=4_000,
        help_text=_("One or two sentences for somebody who has never done it."),
    )
    area = forms.ChoiceField(label=_("Area"), choices=[("", "—"), *Area.choices], required=False)
    dig_estimate_minutes = DurationField(
        label=_("Estimate for digging it out"),
        required=False,
        longest=600_000,
        help_text=_("All the work until nobody has to do it: 40h, 90m."),
    )
    upkeep_minutes = DurationField(
        label=_("Upkeep a month afterwards"),
        required=False,
        longest=44_640,
        help_text=_("What the replacement costs each month. Leave empty for none."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Item
        fields = [
            "name",
            "name_ja",
            "short_name",
            "short_name_ja",
            "description",
            "category",
            "stakeholder",
            "area",
            *MARKS,
            "owner",
            "dig_estimate_minutes",
            "upkeep_minutes",
        ]
        help_texts = MARK_MEANINGS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        keep = self.instance
        offer(self, "category", Category.objects.current() | Category.objects.filter(pk=keep.category_id))
        offer(self, "stakeholder", Stakeholder.objects.current() | Stakeholder.objects.filter(pk=keep.stakeholder_id))
        offer(self, "owner", Member.objects.active().by_name())

    def clean(self):
        data = super().clean() or self.cleaned_data
        taken = self._names_of_others()
        for name in ("name", "name_ja", "short_name", "short_name_ja"):
            if other := taken.get(fold(data.get(name) or "")):
                text = _("The item “%(name)s” answers to this name. The quick log could not tell them apart.")
                self.add_error(name, ValidationError(text, code="taken", params={"name": other}))
        return data

    def _names_of_others(self) -> dict[str, str]:
        others = Item.objects.current().exclude(pk=self.instance.pk)
        rows = others.values_list("name", "name_ja", "short_name", "short_name_ja")
        return {fold(each): in_reader_language(row[0], row[1]) for row in rows for each in row if each}

    @property
    def marks(self) -> list:
        return [self[name] for name in MARKS]


class StateForm(Form):
    state = forms.ChoiceField(label=_("State"), choices=State.choices, widget=forms.RadioSelect)
    on = day_field(label=_("Since"))
    reason = NoteField(label=_("Why"), max_length=1_000, help_text=_("Needed for “gone” and “accepted as it is”."))

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_on(self) -> date:
        check_day(self.cleaned_data["on"], self.by.today(), TOO_EARLY_FOR_A_STATE)
        return self.cleaned_data["on"]

    def clean(self):
        data = super().clean() or self.cleaned_data
        missing = not data.get("reason") and "reason" not in self.errors
        if data.get("state") in list(NEEDS_REASON) and missing:
            self.add_error("reason", _("Say what made it so: whoever looks again later will want to know."))
        return data


class MergeForm(Form):
    target = forms.ModelChoiceField(
        label=_("It is the same as"),
        queryset=Item.objects.none(),
        help_text=_("Its entries, digging hours and links move there. Nothing is lost, and you can undo it."),
    )

    def __init__(self, *args, source: Item, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source
        offer(self, "target", Item.objects.current().exclude(pk=source.pk).order_by("name"))

    def clean_target(self) -> Item:
        target = self.cleaned_data["target"]
        if target.state == State.GONE and self.source.state != State.GONE:
            # Its entries would count against the hours that the other has saved.
            raise forms.ValidationError(
                _("“%(name)s” is gone, and this one is not. Change its state first, or merge it into this one."),
                params={"name": target.label},
            )
        return target


class DigWorkForm(Form):
    minutes = DurationField(label=_("How long"), placeholder="4h")
    day = day_field()
    note = NameField(label=_("What was done"), max_length=500, required=False)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_day(self) -> date:
        check_day(self.cleaned_data["day"], self.by.today())
        return self.cleaned_data["day"]


class LinkForm(Form):
    title = NameField(label=_("Title"), max_length=120)
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if not url.startswith(("http://", "https://")):
            raise ValidationError(_("Use an address that starts with https://"), code="scheme")
        return url


class CategoryForm(ModelForm):
    name = NameField(label=_("Name"), max_length=120)
    name_ja = NameField(label=_("Name in Japanese"), max_length=120, required=False)
    tint = forms.TypedChoiceField(
        label=_("Colour"),
        coerce=int,
        choices=[
            (1, _("Pine")),
            (2, _("Rust")),
            (3, _("Sky")),
            (4, _("Straw")),
            (5, _("Plum")),
            (6, _("Slate")),
            (0, _("Grey")),
        ],
    )

    class Meta:
        model = Category
        fields = ["name", "name_ja", "tint", "position"]
        labels = {"position": _("Place in the list")}


class UploadForm(Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("At most 5 MB and 20,000 rows. Nothing is written before you have seen what would happen."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        allow_empty_file=True,
    )


class ImportChoicesForm(Form):
    """How to read the file: its format, for an unknown one its columns, and what the file itself can't say."""

    format = forms.ChoiceField(label=_("Where it comes from"))
    order = forms.ChoiceField(
        label=_("Order of dates"),
        required=False,
        choices=[("", _("As the file tells")), *((o.value, o.label) for o in Order if o != Order.AMBIGUOUS)],
    )
    unit = forms.ChoiceField(
        label=_("Bare numbers count"),
        required=False,
        choices=[("", _("As the file tells")), *((u.value, u.label) for u in Unit if u != Unit.UNCLEAR)],
    )

    def __init__(self, *args, run: ImportRun, table: Table, **kwargs):
        chosen = run.choices
        columns = columns_of(run, table)
        kwargs["initial"] = {
            "format": run.format,
            "order": chosen.get("order", ""),
            "unit": chosen.get("unit", ""),
            **{f"column_{role}": str(place) for role, place in columns.items()},
        }
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["format"]).choices = [(f.code, f.label) for f in FORMATS.values()]
        self.is_mapped = run.format == MAPPED.code
        if self.is_mapped:
            offered = [("", "—"), *((str(n), name or str(n + 1)) for n, name in enumerate(table.header))]
            for role in Role:
                # The time spent may follow from start and end; if it doesn't, the page says that it is missing.
                needed = role.value in MAPPED.required and role != Role.DURATION
                self.fields[f"column_{role.value}"] = forms.ChoiceField(
                    label=role.label, choices=offered, required=needed
                )
            dress(self)

    def choices(self) -> dict:
        """What to keep of it with the run."""
        data = self.cleaned_data
        columns = {role.value: int(data[f"column_{role.value}"]) for role in Role if data.get(f"column_{role.value}")}
        return {"order": data["order"], "unit": data["unit"], "columns": columns}
