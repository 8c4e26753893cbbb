"""Forms about people: joining, one's own settings, members and the organisation."""

import zoneinfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member, Organisation
from apps.accounts.models.member import RESERVED_ZONES
from apps.web.forms import Form, ModelForm, NameField

# The zones most installations live in come first; every other one follows.
COMMON_ZONES = (
    "Asia/Tokyo",
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
)


def zone_choices() -> list:
    rest = sorted(zoneinfo.available_timezones() - RESERVED_ZONES - set(COMMON_ZONES))
    return [(_("Often used"), [(z, z) for z in COMMON_ZONES]), (_("All"), [(z, z) for z in rest if "/" in z])]


def time_zone_field(**kwargs) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Time zone"), choices=zone_choices, **kwargs)


NAMES = dict.fromkeys(("display_name", "given_name", "family_name", "team"), NameField)
# Those there are already: accounts/teams.html.
TEAMS = forms.TextInput(attrs={"list": "teams", "autocomplete": "off"})


PASSWORD_HINT = _("At least 12 characters. A few words are easier to remember than signs.")


class PasswordBoundField(forms.BoundField):
    """Leaves the hint about the length out when the error beside it says the same."""

    @property
    def help_text(self):
        errors = self.form.errors.as_data().get(self.name, [])
        return "" if any(error.code == "password_too_short" for error in errors) else self._help_text

    @help_text.setter
    def help_text(self, text) -> None:
        self._help_text = text


def password_field(**kwargs) -> forms.CharField:
    field = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        max_length=200,
        **kwargs,
    )
    field.bound_field_class = PasswordBoundField
    return field


class JoinForm(Form):
    """A known person joins: name, language, zone and a password."""

    display_name = NameField(label=_("Your name"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = time_zone_field()
    password = password_field()

    def __init__(self, *args, member: Member | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"].widget.attrs["data-guess-zone"] = ""

    def clean(self):
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            person = self.member or Member(email=data.get("email", ""), display_name=data.get("display_name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class WelcomeForm(JoinForm):
    """The first visit: the organisation, its first member, and how to begin."""

    EMPTY, STORY = "empty", "story"

    organisation = NameField(label=_("Organisation"), max_length=80)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    start = forms.ChoiceField(
        label=_("How to begin"),
        choices=[(EMPTY, _("Start empty")), (STORY, _("Start with the example story"))],
        initial=EMPTY,
        widget=forms.RadioSelect,
        help_text=_("The story is fourteen months at a made-up company, with you as its first SRE."),
    )

    field_order = ["organisation", "display_name", "email", "password", "language", "time_zone", "start"]


class ProfileForm(ModelForm):
    time_zone = time_zone_field()

    class Meta:
        model = Member
        fields = [
            "display_name",
            "given_name",
            "family_name",
            "name_order",
            "team",
            "language",
            "time_zone",
            "week_start",
            "weekly_capacity_minutes",
            "theme",
            "shortcuts",
        ]
        field_classes = NAMES
        widgets = {"team": TEAMS}
        help_texts = {
            "given_name": _("Sentences call you by it in English."),
            "family_name": _("Japanese sentences call you by it, with さん."),
            "team": _("The dashboard counts who takes part by team; of fewer than three people it says nothing."),
            "weekly_capacity_minutes": _("2400 is 40 hours. Toil is shown beside it."),
            "shortcuts": _("L logs from anywhere, ? shows all. They never fire while you type."),
        }


class KnownMemberForm(ModelForm):
    """Somebody the lead knows of: no password until they join by invitation."""

    class Meta:
        model = Member
        fields = ["display_name", "given_name", "family_name", "name_order", "team", "email", "language"]
        field_classes = NAMES
        widgets = {"team": TEAMS}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class MemberForm(KnownMemberForm):
    """What an admin may change about a member. At least one active admin must remain."""

    class Meta(KnownMemberForm.Meta):
        fields = [*KnownMemberForm.Meta.fields, "role", "is_admin", "is_active", "weekly_capacity_minutes"]
        help_texts = {
            "is_admin": _("Looks after the installation: people, roles, the organisation."),
            "is_active": _("Without it, the person can't sign in from the next click on. What they logged stays."),
        }

    def clean(self):
        data = super().clean() or self.cleaned_data
        others = Member.objects.joined().filter(is_admin=True).exclude(pk=self.instance.pk)
        keeps = data.get("is_admin") and data.get("is_active")
        was = Member.objects.filter(pk=self.instance.pk, is_admin=True, is_active=True).exists()
        if was and not keeps and not others.exists():
            self.add_error("is_admin", _("Nobody else is admin. Make somebody else admin first."))
        return data


class OrganisationForm(ModelForm):
    time_zone = time_zone_field()

    class Meta:
        model = Organisation
        fields = ["name", "language", "time_zone"]
        field_classes = {"name": NameField}
        help_texts = {"language": _("What new members start with. Everybody chooses their own.")}
