"""What a form says about a value it can't take: the house's words, in the reader's language."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import MaxValueValidator
from django.utils import translation

from apps.web.forms import Form
from apps.web.forms import ModelForm as HouseModelForm


class Everything(Form):
    text = forms.CharField(max_length=5, min_length=3, required=False)
    number = forms.IntegerField(min_value=1, max_value=9, required=False)
    share = forms.FloatField(required=False)
    checked = forms.IntegerField(validators=[MaxValueValidator(9)], required=False)
    day = forms.DateField(required=False)
    clock = forms.TimeField(required=False)
    email = forms.EmailField(required=False)
    link = forms.URLField(required=False)
    choice = forms.ChoiceField(choices=[("a", "A")], required=False)
    choices = forms.MultipleChoiceField(choices=[("a", "A")], required=False)
    file = forms.FileField(max_length=20, required=False)
    own = forms.IntegerField(error_messages={"invalid": "Minutes, please."}, required=False)
    needed = forms.CharField(error_messages={"required": "Name it."})


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "x" * 10, "This is too long: at most 5 characters, and it has 10."),
        ("text", "x", "This is too short: at least 3 characters, and it has 1."),
        ("text", "a\0bc", "This holds a character that can’t be stored. Type it anew."),
        ("number", "many", "This is no whole number."),
        ("number", "10", "This is too much: at most 9."),
        ("number", "0", "This is too little: at least 1."),
        ("share", "half", "This is no number."),
        ("checked", "10", "This is too much: at most 9."),
        ("day", "tomorrow", "This is no date. Write it like 2026-11-25."),
        ("clock", "noon", "This is no time. Write it like 14:30."),
        ("email", "aoi", "This is no e-mail address. Write it like name@example.com."),
        ("link", "http://", "This is no web address. Write it like https://example.com/page."),
        ("choice", "z", "This choice is not offered here."),
        ("choices", ["z"], "This choice is not offered here."),
        ("own", "many", "Minutes, please."),
        ("needed", "", "Name it."),
    ],
)
def test_a_value_that_can_not_be_taken_is_told_in_our_words(field, value, sentence):
    assert Everything({"needed": "x", field: value}).errors == {field: [sentence]}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("a.csv", b"", "This file is empty."), ("a" * 30, b"x", "The name of this file is too long.")],
)
def test_so_is_a_file(name, content, sentence):
    form = Everything({"needed": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert form.errors == {"file": [sentence]}


def test_in_japanese_too():
    with translation.override("ja"):
        assert Everything({"needed": "x", "day": "明日"}).errors == {
            "day": ["日付として読み取れません。2026-11-25のように入力してください。"]
        }


def test_a_model_form_says_it_in_the_same_words(member):
    class MemberForm(HouseModelForm):
        class Meta:
            model = type(member)
            fields = ["display_name", "role", "weekly_capacity_minutes"]

    form = MemberForm({"display_name": "x" * 81, "role": "queen", "weekly_capacity_minutes": "99999"}, instance=member)
    assert form.errors == {
        "display_name": ["This is too long: at most 80 characters, and it has 81."],
        "role": ["This choice is not offered here."],
        "weekly_capacity_minutes": ["This is too much: at most 10080."],
    }
