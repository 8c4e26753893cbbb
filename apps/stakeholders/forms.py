"""Forms about stakeholders."""

from apps.stakeholders.models import Stakeholder
from apps.web.forms import ModelForm, NameField


class StakeholderForm(ModelForm):
    class Meta:
        model = Stakeholder
        fields = ["name", "name_ja", "tag", "tag_ja", "side"]
        field_classes = dict.fromkeys(("name", "name_ja", "tag", "tag_ja"), NameField)

    def clean_tag(self) -> str:
        return self.cleaned_data["tag"].lower()
