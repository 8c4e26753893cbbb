"""Forms of the map: check-ins, how sure somebody is, the parts of a draft, and publishing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.roadmap.document import Sure
from apps.roadmap.models import CheckIn
from apps.roadmap.publish import is_long_enough
from apps.stakeholders.models import Observation
from apps.web.forms import Form, ModelForm, TextField, offer
from apps.web.text import OLDEST

EVIDENCE_OFFERED = 30


class CheckInForm(ModelForm):
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = CheckIn
        fields = ["status", "words", "day", "observation", "url"]
        field_classes = {"words": TextField}
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


class PublishForm(Form):
    """What is said when a draft is published. A pivot needs a name, what was learned, and why now."""

    is_pivot = forms.BooleanField(
        label=_("Call it a pivot"), required=False, help_text=_("Even a small change may be one, if it has a reason.")
    )
    name = forms.CharField(label=_("Name this pivot"), max_length=120, required=False)
    learned = TextField(
        label=_("What did we learn?"),
        max_length=2_000,
        required=False,
        help_text=_("What you saw, not what you think of it."),
    )
    why = TextField(label=_("Why now?"), max_length=2_000, required=False)


def too_short(text: str) -> bool:
    return not is_long_enough(text)
