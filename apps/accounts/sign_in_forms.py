"""django-allauth's forms in the house's words and look: its own placeholders, links and lists of rules left out."""

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import PASSWORD_HINT, PasswordBoundField
from apps.web.forms import dress

_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}
_HINTS = {"password1": PASSWORD_HINT}


class _InHouse:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = _LABELS.get(name, field.label)
            field.help_text = _HINTS.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            if name in _HINTS:
                field.bound_field_class = PasswordBoundField
        self.label_suffix = ""
        dress(self)  # type: ignore[arg-type]


class SignInForm(_InHouse, allauth.LoginForm):
    pass


class ChangePasswordForm(_InHouse, allauth.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        typed = self.cleaned_data["oldpassword"]
        if not self.user.check_password(typed):
            raise forms.ValidationError(_("This is not your current password."), code="wrong")
        return typed


class ResetPasswordForm(_InHouse, allauth.ResetPasswordForm):
    def clean_email(self) -> str:
        email = super().clean_email()
        # Who is only known so far joins by invitation, not by choosing a password.
        self.users = [user for user in self.users if user.has_joined]  # type: ignore[has-type]
        return email


class ChooseNewPasswordForm(_InHouse, allauth.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(_InHouse, allauth.ReauthenticateForm):
    pass
