"""Forms about topics and interests."""

from datetime import date
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.people.models import Keen, Place, Rung, Topic, Want, journey, ladder
from apps.people.models.journey import ON_THE_WAY
from apps.people.models.signal import LONGEST
from apps.people.models.topic import SAME_NAME
from apps.toil.models import Item
from apps.web.forms import CorrectionForm, Form, NameField, TextField, offer
from apps.web.text import OLDEST


class InterestForm(Form):
    """An interest, said by the person or proposed by somebody else."""

    topic = NameField(
        label=_("Topic"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
        help_text=_("Choose one that others have named, or name a new one."),
    )
    wants = forms.MultipleChoiceField(choices=Want, widget=forms.CheckboxSelectMultiple)
    keen = forms.TypedChoiceField(label=_("How keen"), choices=Keen, coerce=int, widget=forms.RadioSelect)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, wants_label: str, topic: Topic | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wants"].label = wants_label
        self.fields["wants"].error_messages["required"] = _("Choose at least one.")
        if topic is not None:  # it is said of this one
            del self.fields["topic"]


class OnADayForm(Form):
    """Something that has happened on a day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        if day < OLDEST:
            raise forms.ValidationError(_("This day is too long ago."))
        return day


class SignalForm(OnADayForm):
    """A note about somebody, or about oneself."""

    person = forms.ModelChoiceField(label=_("About whom"), queryset=Member.objects.none())
    words = TextField(
        label=_("What they said or did"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As you would say it to them: they read it at once, with your name."),
    )
    place = NameField(label=_("Where"), max_length=120, required=False, help_text=_("Lunch, a channel, the hallway."))
    topic = NameField(
        label=_("Topic"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("person", "words", "day")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "person", Member.objects.active().by_name())


class LadderForm(OnADayForm):
    """A step on the ladder of an item or a topic, one's own or somebody else's."""

    person = forms.ModelChoiceField(label=_("Whose step"), queryset=Member.objects.none())
    item = forms.ModelChoiceField(label=_("Toil item"), queryset=Item.objects.none(), required=False)
    topic = NameField(
        label=_("Or a topic"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    rung = forms.TypedChoiceField(label=_("How far"), choices=Rung, coerce=int, widget=forms.RadioSelect)
    words = NameField(
        label=_("What it rests on"),
        max_length=ladder.LONGEST,
        required=False,
        help_text=_("“Drove three releases, the last one without help.”"),
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("person", "item", "topic", "rung", "day")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "person", Member.objects.active().by_name())
        offer(self, "item", Item.objects.current().order_by("name"))

    def clean(self):
        data = super().clean() or {}
        if (
            "item" not in self.errors
            and "topic" not in self.errors
            and bool(data.get("item")) == bool(data.get("topic"))
        ):
            self.add_error("item", _("Choose a toil item or name a topic, one of the two."))
        return data


class JourneyForm(OnADayForm):
    """Where somebody's way has led."""

    place = forms.TypedChoiceField(label=_("Where"), coerce=int, widget=forms.RadioSelect)
    words = NameField(label=_("What led to it"), max_length=journey.LONGEST, required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("place", "day")

    def __init__(self, *args, is_me: bool, **kwargs):
        super().__init__(*args, **kwargs)
        # Resting is one's own word.
        cast(forms.ChoiceField, self.fields["place"]).choices = Place.choices if is_me else ON_THE_WAY


class AnswerForm(Form):
    """A note about me in my own words, and what I say to it."""

    words = TextField(
        label=_("What is kept"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Put it as you would say it."),
    )
    answer = TextField(
        label=_("Your answer"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class TopicForm(CorrectionForm):
    class Meta:
        model = Topic
        fields = Topic.FIELDS
        field_classes = dict.fromkeys(Topic.FIELDS, NameField)

    def clean(self):
        data = super().clean() or {}
        others = Topic.objects.standing().exclude(pk=self.instance.pk)
        for name in ("name", "name_ja"):
            if data.get(name) and others.called(data[name]).exists():
                self.add_error(name, SAME_NAME)
        return data


class MergeForm(Form):
    target = forms.ModelChoiceField(
        label=_("It is the same topic as"),
        queryset=Topic.objects.none(),
        help_text=_("Who is interested in it moves there. You can take them apart again."),
    )

    def __init__(self, *args, source: Topic, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "target", Topic.objects.standing().exclude(pk=source.pk))
