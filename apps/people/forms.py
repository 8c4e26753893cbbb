"""Forms about topics and interests."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.people.models import Keen, Topic, Want
from apps.people.models.signal import LONGEST
from apps.people.models.topic import SAME_NAME
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
    keen = forms.TypedChoiceField(label=_("How much"), choices=Keen, coerce=int, widget=forms.RadioSelect)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, wants_label: str, topic: Topic | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wants"].label = wants_label
        self.fields["wants"].error_messages["required"] = _("Choose at least one.")
        if topic is not None:  # it is said of this one
            del self.fields["topic"]


class SignalForm(Form):
    """A note about somebody, or about oneself."""

    person = forms.ModelChoiceField(label=_("About whom"), queryset=Member.objects.none())
    words = TextField(
        label=_("What they said or did"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As you would say it to them: they read it at once, with your name."),
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = NameField(label=_("Where"), max_length=120, required=False, help_text=_("Lunch, a channel, the hallway."))
    topic = NameField(
        label=_("Topic"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        offer(self, "person", Member.objects.active().by_name())

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        if day < OLDEST:
            raise forms.ValidationError(_("This day is too long ago."))
        return day


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
