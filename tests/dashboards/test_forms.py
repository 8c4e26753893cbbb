"""The choice of months is what Django's own says, only faster."""

from datetime import date

import pytest
from django import forms
from django.test.html import parse_html

from apps.dashboards.forms import PeriodForm
from apps.dashboards.period import Period


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"since": "2026-03", "until": "2026-05"},
        {"since": "2026-03", "until": "2026-02"},
        {"since": '"><script>', "until": ""},
    ],
)
def test_the_months_are_those_of_a_plain_select(data):
    form = PeriodForm(data, date(2026, 11, 28), Period(date(2026, 4, 1), date(2027, 3, 1)))
    form.is_valid()
    for name in ("since", "until"):
        ours = str(form[name])
        widget = form.fields[name].widget
        plain = forms.Select(attrs=widget.attrs, choices=widget.choices)
        plain.is_required = widget.is_required
        assert ours.count("<option") == 60
        assert parse_html(ours) == parse_html(form[name].as_widget(plain))
