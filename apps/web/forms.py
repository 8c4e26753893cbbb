"""The look of every form: label, hint, error beside the field, in the project's own templates."""

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "web/form.html"
    field_template_name = "web/field.html"


TEXT_LIKE = (forms.TextInput, forms.Textarea, forms.Select, forms.FileInput, forms.NumberInput)


class Form(forms.Form):
    """A form in the house's look. Subclasses name their fields explicitly (R57)."""

    required_css_class = "is-required"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)


class ModelForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Gives the widgets the classes of the design guide."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            continue
        if isinstance(widget, TEXT_LIKE):
            widget.attrs["class"] = (widget.attrs.get("class", "") + " input").strip()
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("rows", 3)


def status(form: forms.BaseForm) -> int:
    """422 for a form with errors, so that htmx swaps it in and everybody else knows; else 200."""
    return 422 if form.is_bound and form.errors else 200
