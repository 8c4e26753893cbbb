"""Forms about what comes before and after a meeting: notes, follow-ups, the checklist."""

import json
from collections.abc import Collection
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings.models import Meeting, MeetingNotes
from apps.gatherings.models.notes import LONGEST_ANSWER, LONGEST_LINE, LONGEST_NOTES
from apps.gatherings.models.rsvp import LONGEST_NAME
from apps.web.forms import CorrectionForm, Form, NameField, TextField, offer


class NotesForm(CorrectionForm):
    text = TextField(
        label=_("Notes"), max_length=LONGEST_NOTES, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    decisions = TextField(
        label=_("What we decided"), max_length=LONGEST_NOTES, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    surprised = TextField(
        label=_("What surprised us?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    needs_nobody = TextField(
        label=_("What would make this need nobody?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One line is enough."),
    )

    class Meta:
        model = MeetingNotes
        fields = MeetingNotes.FIELDS

    @classmethod
    def of(cls, meeting: Meeting, kept: MeetingNotes | None, sent: QueryDict | None = None) -> "NotesForm":
        """For the notes that are `kept`, or the first of `meeting`; the two questions are asked about toil alone."""
        first = {"version": 1, "base": json.dumps(dict.fromkeys(MeetingNotes.FIELDS, ""))}
        form = cls(sent, instance=kept or MeetingNotes(meeting=meeting), initial=None if kept else first)
        if meeting.item is None:
            del form.fields["surprised"], form.fields["needs_nobody"]
        return form


class FollowUpForm(Form):
    words = NameField(label=_("What"), max_length=LONGEST_LINE)
    owner = forms.ModelChoiceField(label=_("Who"), queryset=Member.objects.none(), required=False)
    due = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, first: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.first = first
        offer(self, "owner", Member.objects.active().by_name())

    def clean_due(self) -> date | None:
        day = self.cleaned_data["due"]
        if day is not None and day < self.first:
            raise forms.ValidationError(_("That is before the meeting."))
        return day


class SomebodyElseForm(Form):
    """Who was there beside those on the list: a member, or a guest by name."""

    add = forms.ModelChoiceField(label=_("Somebody else"), queryset=Member.objects.none(), required=False)
    guest = NameField(label=_("A guest, by name"), max_length=LONGEST_NAME, required=False)

    def __init__(self, *args, listed: Collection[int], **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "add", Member.objects.active().exclude(pk__in=listed).by_name())


class LineForm(Form):
    words = NameField(label=_("What has to be so"), max_length=LONGEST_LINE)
