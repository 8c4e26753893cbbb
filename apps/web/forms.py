"""The look of every form: label, hint, error beside the field, in the project's own templates."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from apps.web.text import clean

# Said in place of “This field is required”.
EMPTY = _("This is still empty.")
NOT_CHOSEN = _("Nothing is chosen yet.")
NO_FILE = _("No file is chosen yet.")


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


def dress(form: forms.BaseForm) -> None:
    """Gives fields the words of the house and widgets the classes of the design guide."""
    for field in form.fields.values():
        widget = field.widget
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = _says_it_is_missing(field)
        # A browser would cut off in silence what the server can explain.
        widget.attrs.pop("maxlength", None)
        if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
            field.empty_label = "—"
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: list = list(field.choices)  # type: ignore[arg-type]
            if choices and not choices[0][0]:
                field.choices = [(choices[0][0], "—"), *choices[1:]]
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            continue
        widget.attrs["class"] = (widget.attrs.get("class", "").replace("input", "") + " input").strip()
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("rows", 3)


def _says_it_is_missing(field: forms.Field):
    if isinstance(field, forms.FileField):
        return NO_FILE
    return NOT_CHOSEN if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else EMPTY


def status(form: forms.BaseForm) -> int:
    """422 for a form with errors, so that htmx swaps it in and everybody else knows; else 200."""
    return 422 if form.is_bound and form.errors else 200
