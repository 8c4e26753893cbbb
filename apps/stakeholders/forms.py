"""Forms about stakeholders and what is observed of them."""

from datetime import timedelta

from django import forms
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.stakeholders.counted import Counted
from apps.stakeholders.models import Answer, Confidence, FocusDecision, How, Kind, Observation, Stakeholder, Wish
from apps.stakeholders.models.stakeholder import MOST_POSITION
from apps.stakeholders.models.voice import VoiceBase
from apps.stakeholders.our_sre import LONGEST_PHRASE
from apps.web.forms import CorrectionForm, Form, ModelForm, NameField, TextField, offer
from apps.web.markdown import plain

MOST_DAYS_AHEAD = 731
LONGEST_ID = 18  # digits


class StakeholderForm(CorrectionForm):
    class Meta:
        model = Stakeholder
        fields = Stakeholder.FIELDS
        field_classes = dict.fromkeys(("name", "name_ja", "tag", "tag_ja"), NameField) | dict.fromkeys(
            ("service", "reliability"), TextField
        )
        help_texts = {"reliability": _("In their words, as far as you have heard them.")}

    position = forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=MOST_POSITION,
        required=False,
        help_text=_("A small number stands above. Left empty, it goes below the others."),
    )
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_position(self) -> int:
        said = self.cleaned_data["position"]
        return min(Stakeholder.objects.count(), MOST_POSITION) if said is None else said

    def clean_tag(self) -> str:
        tag = self.cleaned_data["tag"].lower()
        taken = Stakeholder.objects.filter(tag__iexact=tag).exclude(pk=self.instance.pk).first()
        if taken:
            raise forms.ValidationError(
                _("This tag is taken by “%(name)s”."), code="taken", params={"name": taken.label}
            )
        return tag


class _ByTag(forms.ModelChoiceField):
    """Groups of the same name are told apart by their tags."""

    def label_from_instance(self, obj: Stakeholder) -> str:
        return f"{obj.label} {obj.tag_label}"


class MergeForm(Form):
    target = _ByTag(
        label=_("It is the same group as"),
        queryset=Stakeholder.objects.none(),
        help_text=_(
            "Its evidence and its toil move there, and its tag leads there. The dot goes to the newest place that "
            "either has. You can take them apart again."
        ),
    )

    def __init__(self, *args, source: Stakeholder, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "target", Stakeholder.objects.current().exclude(pk=source.pk))


class ObservationForm(CorrectionForm):
    """A piece of evidence; with both places filled in, it also moves the stakeholder on the chart."""

    how = forms.ChoiceField(label=_("How we know"), choices=How, widget=forms.RadioSelect)
    confidence = forms.ChoiceField(label=_("How sure"), choices=Confidence, widget=forms.RadioSelect)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # of a counted figure, as its writer read it

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

    def __init__(self, *args, by, figure: Counted | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.figure = figure

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
        self._compare_with_log(data)
        placed = [name for name in ("frequency", "pain") if data.get(name) is not None]
        if len(placed) == 1:
            missing = "pain" if placed == ["frequency"] else "frequency"
            if missing not in self.errors:
                self.add_error(missing, _("A place on the chart needs both: how often and how much."))
        return data

    def _compare_with_log(self, data: dict) -> None:
        """The figure that is kept must be the one that was read: where the log has changed since, it asks."""
        now = self.figure.seen if self.figure else ""
        if data.get("seen") and data["seen"] != now:
            self.data = dict(self.data.items()) | {"seen": now}
            says = self.figure.text if self.figure else _("nothing was logged on these days")
            text = _(
                "The log has changed since you read it. It now says: %(text)s Correct your words if need be, and save."
            )
            self.add_error("text", forms.ValidationError(text, code="moved", params={"text": says}))

    def values(self) -> dict:
        """What `Observation.note` and `correct` take."""
        return {name: self.cleaned_data[name] for name in Observation.FIELDS}


class _Choices(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        for pk in value or ():
            if len(str(pk)) > LONGEST_ID:  # no database would take the question
                raise forms.ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": pk}
                )
        return super().clean(value)


class _Shown(forms.models.ModelChoiceIterator):
    def __init__(self, field):
        super().__init__(field)
        self.queryset = field.queryset if field.shown is None else field.shown


class _Pieces(_Choices):
    """Pieces of evidence, each named by its group and its first words: all can be chosen, some of them are shown."""

    iterator = _Shown
    shown = None

    def label_from_instance(self, row: Observation) -> str:
        text = Truncator(plain(row.text)).chars(140)
        said = {"group": row.stakeholder.label, "text": text, "day": date_format(row.day)}
        return gettext("%(group)s: %(text)s (%(day)s)") % said


class FocusForm(ModelForm):
    """A focus decision. `after` is the number of the decision that it takes the place of."""

    stakeholders = _Choices(
        label=_("Whom it helps first"),
        queryset=Stakeholder.objects.none(),
        error_messages={"invalid_choice": _("A group that was ticked is archived or merged by now. Choose anew.")},
    )
    observations = _Pieces(
        label=_("Evidence"),
        queryset=Observation.objects.none(),
        required=False,
        help_text=_("What it rests on. It is kept as it reads today, with today’s figures."),
    )
    find = forms.CharField(
        label=_("More evidence"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("The newest of each group stand above. Search for older ones; what is ticked stays ticked."),
    )
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = FocusDecision
        fields = ("learned", "title", "stakeholders", "why", "observations", "later", "review_on")
        field_classes = {"title": NameField} | dict.fromkeys(("why", "later", "learned"), TextField)
        widgets = {"review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "title": _("One sentence, such as “First, lower the operational load inside”."),
            "later": _("Whom it does not help yet, and what would bring them to the front."),
        }

    def __init__(self, *args, by, before: FocusDecision | None, shown, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        current = Stakeholder.objects.current()
        offer(self, "stakeholders", current)
        self.fields["observations"].shown = shown  # type: ignore[attr-defined]
        offer(self, "observations", Observation.objects.select_related("stakeholder"))
        if before is None:
            del self.fields["learned"]
        else:
            self.fields["learned"].required = True

    def clean_review_on(self):
        return _to_come(self.cleaned_data["review_on"], self.by)

    def values(self) -> dict:
        """What `FocusDecision.decide` takes."""
        named = (*FocusDecision.FIELDS, "stakeholders", "observations")
        return {name: self.cleaned_data[name] for name in named if name in self.cleaned_data}


class VoiceForm(Form):
    """One's own answer to a decision."""

    agrees = forms.TypedChoiceField(
        label=_("Do you agree?"),
        choices=[("yes", _("I agree")), ("no", _("I see it differently"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = TextField(label=_("In your words"), max_length=1_000, required=False)

    def __init__(self, *args, said: VoiceBase | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.said = said

    def clean(self):
        data = super().clean() or self.cleaned_data
        said = self.said
        if said and said.agrees and said.words and data.get("agrees") is False and data.get("words") == said.words:
            self.add_error("words", _("With these words you agreed. Say what you see differently."))
        if data.get("agrees") is False and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Say what you see differently: it is kept with the decision."))
        return data


class ReviewForm(Form):
    """The lead looked again at the decision, and it still holds."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    words = TextField(label=_("What you saw"), max_length=1_000)
    review_on = forms.DateField(
        label=_("Look again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_review_on(self):
        return _to_come(self.cleaned_data["review_on"], self.by)


def _to_come(day, member):
    if day <= member.today():
        raise forms.ValidationError(_("Choose a day to come."), code="past")
    if day > member.today() + timedelta(days=MOST_DAYS_AHEAD):
        raise forms.ValidationError(_("Choose a day within two years."), code="far")
    return day


class AnswerForm(Form):
    """“To me, SRE is …”, and what becomes of these words."""

    text = TextField(label=_("In your words"), max_length=1_000, help_text=_("At most 1,000 characters."))
    may_compare = forms.BooleanField(
        label=_("Others may see how my answers change over time"),
        required=False,
        help_text=_("Without it, once a round is over its answers stand without your name, except for you."),
    )
    wish = forms.ChoiceField(label=_("When I leave, or take my answers back"), choices=Wish, widget=forms.RadioSelect)


class MarkForm(Form):
    """Words of an answer, marked as shared or as a difference: one of its parts, or only some words of it."""

    part = forms.CharField(required=False)
    words = NameField(label=_("Or only these words of it"), max_length=LONGEST_PHRASE, required=False)
    kind = forms.ChoiceField(choices=Kind)

    def __init__(self, *args, answer: Answer, **kwargs):
        super().__init__(*args, **kwargs)
        self.answer = answer

    def clean(self):
        data = super().clean() or self.cleaned_data
        text = data.get("words") or data.get("part", "").strip()
        if "words" in self.errors:
            return data
        if not text:
            self.add_error("words", _("Choose a part of the answer, or copy some words of it here."))
        elif text not in self.answer.text:
            self.add_error("words", _("These words are not in the answer. Copy them as they stand there."))
        elif len(text) > LONGEST_PHRASE:
            self.add_error("words", _("This is too long: mark at most 300 characters."))
        data["text"] = text
        return data


class StatementForm(Form):
    """A version of the shared statement. `after` is the number of the version it follows."""

    text = TextField(
        label=_("To us, SRE is …"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown, if you like. At most 2,000 characters."),
    )  # fmt: skip
    reason = TextField(label=_("What changed, and why"), max_length=1_000)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, is_first: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["reason"]


class WithdrawForm(Form):
    """What becomes of one's words now."""

    wish = forms.ChoiceField(label=_("What becomes of your answers"), choices=Wish, widget=forms.RadioSelect)
