"""Forms about stakeholders."""

from apps.stakeholders.models import Stakeholder
from apps.web.forms import ModelForm
from apps.web.text import clean


class StakeholderForm(ModelForm):
    class Meta:
        model = Stakeholder
        fields = ["name", "name_ja", "tag", "tag_ja", "side"]

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"])

    def clean_name_ja(self) -> str:
        return clean(self.cleaned_data["name_ja"])

    def clean_tag(self) -> str:
        return self.cleaned_data["tag"].lower()
