"""Which months the dashboard shows, where neither the quarter nor the year is meant; and what a snapshot is for."""

from datetime import date
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.dashboards.models.snapshot import LONGEST as LONGEST_COMMENT
from apps.dashboards.period import LONGEST, Period
from apps.toil import months
from apps.web.forms import Form, dress

_CHOSEN = mark_safe(" selected")


class MonthSelect(forms.Select):
    """The same as its parent, at a small part of the time: that one renders two templates for each of sixty months,
    which was a fifth of every page of the dashboard.
    """

    def render(self, name, value, attrs=None, renderer=None):
        options = _options(tuple(self.choices), tuple(self.format_value(value)))
        return format_html(
            '<select name="{}"{}>{}</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options
        )


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...], chosen: tuple[str, ...]) -> SafeString:
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((key, _CHOSEN if key in chosen else "", label) for key, label in choices),
    )


@lru_cache(maxsize=8)
def _choices(today: date, _language: str | None) -> tuple[tuple[str, str], ...]:
    """The months that may have anything to say, the newest first."""
    return tuple(
        (f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in reversed(months.last(LONGEST, today))
    )


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


class SnapshotForm(Form):
    comment = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What it is for, and what you read in it."),
    )
    is_shared = forms.BooleanField(label=_("Everybody who is signed in may read it"), required=False, initial=True)


class DayForm(Form):
    """A day at which the field is looked at: one of those that are spoken of."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data, first: date, until: date):
        super().__init__(data, initial={"day": until})
        self.first, self.until = first, until
        self.fields["day"].widget.attrs |= {"min": first.isoformat(), "max": until.isoformat()}

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not self.first <= day <= self.until:
            raise ValidationError(
                _("Choose a day from %(first)s to %(last)s."),
                code="outside",
                params={"first": date_format(self.first), "last": date_format(self.until)},
            )
        return day


class PeriodForm(forms.Form):
    """Both months are chosen from those that may have anything to say."""

    since = forms.TypedChoiceField(label=_("From"), coerce=_month, widget=MonthSelect)
    until = forms.TypedChoiceField(label=_("To"), coerce=_month, widget=MonthSelect)

    def __init__(self, data, today: date, shown: Period):
        initial = {"since": f"{shown.first:%Y-%m}", "until": f"{min(shown.last, months.first(today)):%Y-%m}"}
        super().__init__(data, initial=initial)
        for field in self.fields.values():
            field.choices = _choices(today, get_language())  # type: ignore[attr-defined]
        dress(self)

    def clean_until(self) -> date:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until < since:
            raise ValidationError(_("This is before the first month. Choose the same or a later one."))
        return until

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["since"], self.cleaned_data["until"])
