"""Forms about stakeholders and what is observed of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.stakeholders.models import Confidence, How, Observation, Stakeholder
from apps.web.forms import ModelForm, NameField, TextField


class StakeholderForm(ModelForm):
    class Meta:
        model = Stakeholder
        fields = ["name", "name_ja", "tag", "tag_ja", "side", "service", "reliability"]
        field_classes = dict.fromkeys(("name", "name_ja", "tag", "tag_ja"), NameField) | dict.fromkeys(
            ("service", "reliability"), TextField
        )
        help_texts = {"reliability": _("In their words, as far as you have heard them.")}

    def clean_tag(self) -> str:
        return self.cleaned_data["tag"].lower()


class ObservationForm(ModelForm):
    """A piece of evidence; with both places filled in, it also moves the stakeholder on the chart."""

    how = forms.ChoiceField(label=_("How we know"), choices=How, widget=forms.RadioSelect)
    confidence = forms.ChoiceField(label=_("How sure"), choices=Confidence, widget=forms.RadioSelect)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Observation
        fields = Observation.FIELDS
        field_classes = {"text": TextField, "source": NameField, "quoted": NameField}
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "text": _("Markdown, if you like. At most 4,000 characters."),
            "is_own": _("Tick it when others may know better: silence is not the same as being happy."),
            "source": _("Support inbox, October retro, a meeting."),
            "quoted": _("Only with their consent. Leave it empty, and nobody is named."),
            "frequency": _("With both, the group moves to this place on the chart."),
        }
        error_messages = {
            "text": {"max_length": _("This is too long: at most 4,000 characters. Put the rest where the link leads.")}
        }

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > self.by.today():
            raise forms.ValidationError(_("This day is still to come."), code="future")
        return day

    def clean(self):
        data = super().clean() or self.cleaned_data
        if data.get("quoted") and not data.get("has_consent"):
            self.add_error("has_consent", _("Quote somebody only with their consent, or leave the name out."))
        if not data.get("quoted"):
            data["has_consent"] = False
        placed = [name for name in ("frequency", "pain") if data.get(name) is not None]
        if len(placed) == 1:
            missing = "pain" if placed == ["frequency"] else "frequency"
            if missing not in self.errors:
                self.add_error(missing, _("A place on the chart needs both: how often and how much."))
        return data

    def values(self) -> dict:
        """What `Observation.note` and `correct` take."""
        return {name: self.cleaned_data[name] for name in Observation.FIELDS}
