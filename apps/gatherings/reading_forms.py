"""Forms of the reading circle: the book and its chapters, what people bring, notes, and ideas for the next book."""

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings.models import Book, Brought, Chapter, ChapterNote
from apps.gatherings.models.reading import (
    LONGEST_IMPRESSION,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WHY,
    MOST_AT_ONCE,
    MOST_CHAPTERS,
    MOST_PAGES,
)
from apps.gatherings.reading import Bad, read_chapters
from apps.web.forms import CorrectionForm, Form, NameField, TextField, offer

NAMED_LINES = 10  # bad lines named one by one
WRONG = {
    "empty": _("Line %(line)s has no title: “%(text)s”."),
    "long": _("Line %(line)s is longer than %(most)s characters: “%(text)s…”."),
    "pages": _("In line %(line)s, what follows the | is no number of pages: “%(text)s”."),
}


class ChaptersField(TextField):
    """Chapters, one a line. `cleaned_data` holds (title, pages) of each."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Chapters, one a line"),
            max_length=100_000,
            widget=forms.Textarea(attrs={"rows": 10}),
            help_text=_("“Embracing risk | 24” says that it has 24 pages. Long chapters may be two lines."),
            **kwargs,
        )

    def to_python(self, value):
        # Lines are cleaned one by one, so that each keeps the number by which a bad one is named.
        return value if isinstance(value, str) else ""

    def clean(self, value):
        text = super().clean(value)
        good, bad = read_chapters(text)
        if bad:
            raise forms.ValidationError([_said(one) for one in bad[:NAMED_LINES]] + _more(len(bad) - NAMED_LINES))
        return good


def _said(bad: Bad) -> str:
    return str(WRONG[bad.code]) % {"line": bad.line, "text": bad.text, "most": LONGEST_TITLE}


def _more(count: int) -> list[str]:
    said = ngettext("%(n)s more line can’t be read.", "%(n)s more lines can’t be read.", count) % {"n": count}
    return [said] if count > 0 else []


def too_many(count: int, room: int) -> str:
    said = {"n": count, "most": MOST_CHAPTERS, "room": max(0, room)}
    return gettext("These are %(n)s chapters; a book has at most %(most)s, so there is room for %(room)s.") % said


class AddChaptersForm(Form):
    """More chapters, behind those there are."""

    chapters = ChaptersField(required=True)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, room: int = MOST_CHAPTERS, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    def clean_chapters(self):
        chapters = self.cleaned_data["chapters"]
        if len(chapters) > self.room:
            raise forms.ValidationError(too_many(len(chapters), self.room))
        return chapters


class NewBookForm(AddChaptersForm):
    """A book and its chapters."""

    title = NameField(label=_("Title"), max_length=LONGEST_TITLE)
    author = NameField(label=_("Author"), max_length=LONGEST_TITLE, required=False)
    link = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")
    per_meeting = forms.IntegerField(label=_("Chapters a meeting"), min_value=1, max_value=MOST_AT_ONCE)
    chapters = ChaptersField(required=False)
    from_start = forms.BooleanField(label=_("The meetings held so far have read this book"), required=False)

    field_order = ("title", "author", "link", "chapters", "per_meeting", "from_start")

    def __init__(self, *args, was_held: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not was_held:
            del self.fields["from_start"]


class BookForm(CorrectionForm):
    class Meta:
        model = Book
        fields = Book.FIELDS
        field_classes = {"title": NameField, "author": NameField}


class ChapterForm(CorrectionForm):
    class Meta:
        model = Chapter
        fields = Chapter.FIELDS
        field_classes = {"title": NameField}
        widgets = {"pages": forms.NumberInput(attrs={"min": 1, "max": MOST_PAGES})}


class AssignForm(Form):
    """Who leads a chapter; nobody, and it is open."""

    facilitator = forms.ModelChoiceField(label=_("Who leads it"), queryset=Member.objects.none(), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "facilitator", Member.objects.active().by_name())


class CutForm(Form):
    """One chapter as two shorter ones."""

    first = NameField(label=_("The first half"), max_length=LONGEST_TITLE)
    second = NameField(label=_("The second half"), max_length=LONGEST_TITLE)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ImpressionForm(Form):
    """A thought or a question about a chapter."""

    kind = forms.ChoiceField(label=_("Which of the two"), choices=Brought, widget=forms.RadioSelect)
    text = TextField(label=_("In your words"), max_length=LONGEST_IMPRESSION, widget=forms.Textarea(attrs={"rows": 3}))
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)


class NoteForm(CorrectionForm):
    class Meta:
        model = ChapterNote
        fields = ChapterNote.FIELDS
        field_classes = {"text": TextField}
        labels = {"text": _("What was talked about")}
        help_texts = {"text": _("For who could not come. Markdown works: lists, links, code.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].max_length = LONGEST_NOTE  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["rows"] = 12


class IdeaForm(Form):
    """A book for the next time."""

    title = NameField(label=_("Title"), max_length=LONGEST_TITLE)
    author = NameField(label=_("Author"), max_length=LONGEST_TITLE, required=False)
    why = NameField(label=_("Why this one"), max_length=LONGEST_WHY, required=False)
    submission_id = forms.CharField(widget=forms.HiddenInput, required=False)


class HelperForm(Form):
    """Somebody who runs the gathering together with its organiser."""

    member = forms.ModelChoiceField(label=_("Whom"), queryset=Member.objects.none())

    def __init__(self, *args, gathering, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "member", could_help(gathering))


def could_help(gathering):
    """Those who take part and do not run it yet."""
    joined = Member.objects.active().filter(takes_part__gathering=gathering, takes_part__joined_at__isnull=False)
    return joined.exclude(pk=gathering.organiser_id).exclude(helped_gatherings=gathering).by_name()
