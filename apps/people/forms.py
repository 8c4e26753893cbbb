"""Forms about topics and interests."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.people.models import Keen, Topic, Want
from apps.people.models.topic import SAME_NAME
from apps.web.forms import CorrectionForm, Form, NameField, offer


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
