"""The look of every form: label, hint, error beside the field, in the project's own templates."""

import json
from contextlib import suppress
from typing import cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from apps.web.text import clean

# Said in place of “This field is required”.
EMPTY = _("This is still empty.")
NOT_CHOSEN = _("Nothing is chosen yet.")
NO_FILE = _("No file is chosen yet.")

# Said in place of Django's own words: what a validator finds in any field, by the code of its error …
FOUND = {
    "max_length": _("This is too long: at most %(limit_value)s characters, and it has %(show_value)s."),
    "min_length": _("This is too short: at least %(limit_value)s characters, and it has %(show_value)s."),
    "max_value": _("This is too much: at most %(limit_value)s."),
    "min_value": _("This is too little: at least %(limit_value)s."),
    "null_characters_not_allowed": _("This holds a character that can’t be stored. Type it anew."),
}
# … and what a kind of field can't read. The first kind that fits speaks.
NOT_OFFERED = _("This choice is not offered here.")
UNREADABLE: list[tuple[type[forms.Field] | tuple[type[forms.Field], ...], dict]] = [
    (
        (forms.ChoiceField, forms.ModelChoiceField),
        dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), NOT_OFFERED),
    ),
    ((forms.FloatField, forms.DecimalField), {"invalid": _("This is no number.")}),
    (forms.IntegerField, {"invalid": _("This is no whole number.")}),
    (forms.DateField, {"invalid": _("This is no date. Write it like 2026-11-25.")}),
    (forms.TimeField, {"invalid": _("This is no time. Write it like 14:30.")}),
    (forms.EmailField, {"invalid": _("This is no e-mail address. Write it like name@example.com.")}),
    (forms.URLField, {"invalid": _("This is no web address. Write it like https://example.com/page.")}),
    (
        forms.FileField,
        {
            "invalid": NO_FILE,
            "missing": NO_FILE,
            "empty": _("This file is empty."),
            "max_length": _("The name of this file is too long."),
        },
    ),
]


class Renderer(TemplatesSetting):
    form_template_name = "web/form.html"
    field_template_name = "web/field.html"


class NameField(forms.CharField):
    """One line; what can't be stored or seen is taken out."""

    def to_python(self, value):
        return clean(super().to_python(value) or "")


class TextField(forms.CharField):
    """Several lines, cleaned in the same way."""

    widget = forms.Textarea

    def to_python(self, value):
        return clean(super().to_python(value) or "", lines=True)


class Form(forms.Form):
    """A form in the house's look. Subclasses name their fields explicitly (R57)."""

    required_css_class = "is-required"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)


class ModelForm(forms.ModelForm):
    """The same for a model. A constraint whose violation_error_code is a field's name speaks beside that field."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)

    def _update_errors(self, errors) -> None:
        by_field = getattr(errors, "error_dict", {})
        for error in [e for e in by_field.get(NON_FIELD_ERRORS, []) if e.code in self.fields]:
            by_field[NON_FIELD_ERRORS].remove(error)
            by_field.setdefault(error.code, []).append(error)
        if by_field and not by_field.get(NON_FIELD_ERRORS, True):
            del by_field[NON_FIELD_ERRORS]
        super()._update_errors(errors)  # type: ignore[misc]


class CorrectionForm(ModelForm):
    """A row that several people may correct at once: what one did not touch stays as the other left it (R46)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # What the row said when the form was shown.
    base = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args, initial=None, **kwargs):
        row = kwargs.get("instance")
        if row is not None and row.pk:
            base = json.dumps(self._plain({name: getattr(row, name) for name in self.names}))
            initial = {"version": row.version, "base": base} | (initial or {})
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def names(self) -> list[str]:
        return list(self._meta.fields or ())

    def weave(self, theirs: models.Model) -> tuple[dict, list[tuple[str, str]]]:
        """What both together say of the row, by field, and where both changed the same: (label, what theirs says).

        There this form's value is taken.
        """
        base: dict = {}
        with suppress(TypeError, ValueError):
            base = dict(json.loads(self.cleaned_data["base"]))
        mine = {name: self.cleaned_data[name] for name in self.names}
        other = {name: getattr(theirs, name) for name in self.names}
        my_plain, their_plain = self._plain(mine), self._plain(other)
        both, collided = {}, []
        for name in self.names:
            is_mine, is_theirs = my_plain[name] != base.get(name), their_plain[name] != base.get(name)
            both[name] = mine[name] if is_mine else other[name]
            if is_mine and is_theirs and my_plain[name] != their_plain[name]:
                shown = getattr(theirs, f"get_{name}_display", lambda name=name: their_plain[name])()
                collided.append((str(self.fields[name].label), str(shown if shown is not None else "")))
        return both, collided

    @staticmethod
    def _plain(values: dict) -> dict:
        return {
            name: value if value is None or isinstance(value, bool) else str(value) for name, value in values.items()
        }


def offer(form: forms.BaseForm, name: str, rows) -> None:
    """Lets the field choose among `rows`."""
    cast(forms.ModelChoiceField, form.fields[name]).queryset = rows


def dress(form: forms.BaseForm) -> None:
    """Gives fields the words of the house and widgets the classes of the design guide."""
    for field in form.fields.values():
        widget = field.widget
        field.error_messages |= {code: says for code, says in _words(field).items() if not _has_own(field, code)}
        # A browser would cut off in silence what the server can explain.
        widget.attrs.pop("maxlength", None)
        if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
            field.empty_label = "—"
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: list = list(field.choices)  # type: ignore[arg-type]
            # Django's own dashes for nothing; words that somebody chose for it stay.
            if choices and choices[0][0] in ("", None) and str(choices[0][1]).startswith("---"):
                field.choices = [(choices[0][0], "—"), *choices[1:]]
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            continue
        widget.attrs["class"] = (widget.attrs.get("class", "").replace("input", "") + " input").strip()
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("rows", 3)


def _words(field: forms.Field) -> dict:
    """What a field says in the house's words, by the code of the error."""
    unreadable = next((says for kind, says in UNREADABLE if isinstance(field, kind)), {})
    return {"required": _says_it_is_missing(field)} | FOUND | unreadable


def _has_own(field: forms.Field, code: str) -> bool:
    """Whether somebody chose words for this field, or its class of ours did."""
    said = field.error_messages.get(code)
    standard = (vars(kind).get("default_error_messages", {}).get(code) for kind in _django_kinds(field))
    return said is not None and not any(said is one for one in standard)


def _django_kinds(field: forms.Field) -> list[type]:
    return [kind for kind in type(field).__mro__ if kind.__module__.startswith("django.")]


def _says_it_is_missing(field: forms.Field):
    if isinstance(field, forms.FileField):
        return NO_FILE
    return NOT_CHOSEN if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else EMPTY


def status(form: forms.BaseForm) -> int:
    """422 for a form with errors, so that htmx swaps it in and everybody else knows; else 200."""
    return 422 if form.is_bound and form.errors else 200
