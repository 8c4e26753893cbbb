"""What one gets by which channel and when, addresses of one's own, and holding what goes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.reminders.channels import CHANNELS
from apps.reminders.holding import Drop
from apps.reminders.kinds import Kind, all_kinds, announced_kinds
from apps.reminders.models import Choice, Destination, Hold, Manner, Preference
from apps.reminders.preferences import default
from apps.web.forms import Form, ModelForm, NameField
from apps.web.outbound_address import AddressRefused, check_url

AHEAD = [
    ("", _("Not at all")),
    ("5", _("5 minutes before")),
    ("15", _("15 minutes before")),
    ("30", _("30 minutes before")),
    ("60", _("1 hour before")),
    ("180", _("3 hours before")),
    ("1440", _("1 day before")),
    ("2880", _("2 days before")),
    ("10080", _("1 week before")),
]


class DaysField(forms.TypedMultipleChoiceField):
    """Days of the week, kept as bits: bit n is `date.weekday()` n."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(choices=list(WEEKDAYS.items()), coerce=int, **kwargs)

    def prepare_value(self, value):
        return [day for day in WEEKDAYS if value >> day & 1] if isinstance(value, int) else value

    def clean(self, value):
        return sum(1 << day for day in super().clean(value))


def _ahead(label) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=AHEAD, coerce=int, empty_value=None, required=False)


class MannerForm(ModelForm):
    working_days = DaysField(
        label=_("Days on which messages may come"),
        error_messages={
            "required": _(
                "Choose a day at least. Single messages are switched off above, under “What comes by which way”."
            )
        },
    )
    digest_day = forms.TypedChoiceField(label=_("Day of the weekly digest"), choices=list(WEEKDAYS.items()), coerce=int)
    day_before = _ahead(_("First reminder of a gathering"))
    shortly_before = _ahead(_("Second reminder of a gathering"))

    class Meta:
        model = Manner
        fields = [
            "day_before", "shortly_before", "quiet_from", "quiet_until", "working_days", "digest_at", "digest_day",
            "most_a_day",
        ]  # fmt: skip
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_until", "digest_at")
        }


@dataclass(frozen=True, slots=True)
class Cell:
    name: str  # of the field
    channel: str
    label: str | Promise  # of the channel
    usual: str
    kept: str
    value: str
    is_without_words: bool  # what somebody wrote is left out there

    @property
    def is_typed(self) -> bool:
        """Chosen in a form that could not be saved."""
        return self.value != self.kept


@dataclass(frozen=True, slots=True)
class Row:
    kind: Kind
    cells: list[Cell]

    @property
    def is_changed(self) -> bool:
        return any(cell.value != cell.usual for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that stand together, folded on a phone: so what is chosen is also told in words."""

    label: str
    rows: list[Row]

    @property
    def is_open(self) -> bool:
        return any(cell.is_typed for row in self.rows for cell in row.cells)

    @property
    def comes_by(self) -> list[tuple[str | Promise, int]]:
        """For each channel, how many of the kinds come by it."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return [(cells[0].label, sum(cell.value != Choice.OFF for cell in cells)) for cells in columns]

    @property
    def changed(self) -> list[str | Promise]:
        """The kinds for which something else than the usual is chosen."""
        return [row.kind.label for row in self.rows if row.is_changed]


def choices_of(member: Member, typed: Mapping | None = None) -> list[Group]:
    """The table of kinds and channels, by group; `typed` keeps what was chosen in a form that could not be saved."""
    kept = {(row.kind, row.channel): row.choice for row in Preference.objects.filter(member=member)}
    channels = channels_of(member)
    rows = []
    for of in all_kinds():
        if not of.choosable or (of.roles and member.role not in of.roles):
            continue
        cells = []
        for channel in channels:
            name = f"choice-{of.name}-{channel}"
            usual = default(of, channel, member.role)
            value = kept.get((of.name, channel), usual)
            now = typed.get(name, value) if typed else value
            is_without = of.keeps_words and not CHANNELS[channel].personal
            cells.append(Cell(name, channel, CHANNELS[channel].label, usual, value, now, is_without))
        rows.append(Row(of, cells))
    return [Group(str(group), list(some)) for group, some in groupby(rows, key=lambda row: row.kind.group)]


def channels_of(member: Member) -> list[str]:
    """Those everybody has, and those the member set up."""
    mine = set(Destination.objects.standing().filter(member=member).values_list("channel", flat=True))
    return [name for name, channel in CHANNELS.items() if channel.personal or name in mine]


def keep_choices(member: Member, typed: Mapping) -> None:
    """Keeps what differs from the usual; what is no choice of ours is left as it was."""
    with transaction.atomic():
        for group in choices_of(member):
            for row in group.rows:
                for cell in row.cells:
                    value = typed.get(cell.name)
                    if value not in Choice.values or value == cell.value:
                        continue
                    Preference.objects.update_or_create(
                        member=member, kind=row.kind.name, channel=cell.channel, defaults={"choice": value}
                    )


def forget_choices(member: Member) -> None:
    """Everything as it is for somebody who never chose."""
    with transaction.atomic():
        Manner.objects.filter(pk=member.pk).delete()
        Preference.objects.filter(member=member).delete()


class AddressForm(Form):
    """A new address of `owner`, or of the organisation; `host` is what may be shown of it later."""

    name = NameField(label=_("Name"), max_length=60, help_text=_("So that you know it again, like “Phone” or “#sre”."))
    channel = forms.ChoiceField(
        label=_("What stands behind it"),
        choices=[(name, channel.label) for name, channel in CHANNELS.items() if not channel.personal],
        widget=forms.RadioSelect,
        initial="slack",
    )
    url = forms.CharField(
        label=_("Address"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It is stored encrypted, and never shown again: whoever has it can write there."),
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, owner: Member | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_url(self) -> str:
        try:
            self.host = check_url(self.cleaned_data["url"]).host
        except AddressRefused as refused:
            raise forms.ValidationError(str(refused.text), code=refused.code) from None
        if twin := Destination.objects.standing().filter(member=self.owner).with_address(self.cleaned_data["url"]):
            raise already_at(twin)
        return self.cleaned_data["url"]


def already_at(twin: Destination) -> forms.ValidationError:
    says = _("“%(name)s” has this address already: everything would come twice.")
    return forms.ValidationError(says, code="twice", params={"name": twin.name})


class ChannelForm(AddressForm):
    """A new channel of the whole organisation."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("In which messages are written there.")
    )


class NameForm(ModelForm):
    """Another name for an address of one's own."""

    class Meta:
        model = Destination
        fields = ["name"]


class ChannelChangeForm(NameForm):
    """What is written in a channel of the organisation, and how."""

    announced = forms.MultipleChoiceField(
        label=_("What is written there"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Only what concerns everybody: nothing of gatherings by invitation, and nothing about a person."),
    )  # fmt: skip

    class Meta(NameForm.Meta):
        fields = ["name", "language"]
        help_texts = {"language": _("In which messages are written there.")}

    def __init__(self, *args, instance: Destination, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        kinds = announced_kinds()
        field = cast(forms.MultipleChoiceField, self.fields["announced"])
        field.choices = [(each.name, each.label) for each in kinds]
        self.initial["announced"] = [each.name for each in kinds if each.name not in instance.without]

    def clean(self):
        data = super().clean() or {}
        chosen = data.pop("announced", [])
        # Of a kind that this version does not know, the choice stays.
        known = [each.name for each in announced_kinds()]
        data["without"] = sorted({*self.instance.without} - {*known} | {*known} - {*chosen})
        return data


class HoldForm(ModelForm):
    class Meta:
        model = Hold
        fields = ["why"]
        labels = {"why": _("Why")}
        help_texts = {"why": _("Leads and admins read it on the page of deliveries.")}


class ReleaseForm(Form):
    drop = forms.ChoiceField(
        label=_("What is to happen with them"),
        choices=Drop.choices,
        widget=forms.RadioSelect,
        initial=Drop.STALE,
    )
