"""The reading circle: its books, their chapters and who leads them, and what people bring, note and vote for.

A chapter that was read keeps its meeting. Those not read yet are laid on the meetings to come (`reading.py`), so that
skipping a week moves the chapters along by itself.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Corrected, Stale, named
from apps.gatherings.models.gathering import Gathering
from apps.gatherings.models.meeting import Meeting

MOST_CHAPTERS = 200
MOST_AT_ONCE = 10  # chapters of one meeting
MOST_PAGES = 5_000
LONGEST_TITLE = 200
LONGEST_IMPRESSION = 2_000
LONGEST_NOTE = 20_000
LONGEST_WHY = 400
ASIDE = 100_000  # where numbers wait while others change places: a number is never there twice


class Book(Corrected):
    """What a circle reads; the one that is not finished is read now."""

    FIELDS: ClassVar[tuple[str, ...]] = ("title", "author", "link", "per_meeting")

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="books")
    number = models.PositiveIntegerField()  # in its gathering, from 1
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    author = models.CharField(_("author"), max_length=LONGEST_TITLE, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    per_meeting = models.PositiveSmallIntegerField(
        _("chapters a meeting"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE)]
    )
    # Meetings that ended up to this moment have their chapters written down, or came before the book.
    settled_until = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["gathering", "number"], name="book_number_once"),
            models.UniqueConstraint(fields=["gathering"], condition=Q(finished_at=None), name="book_current_once"),
            models.CheckConstraint(
                condition=Q(per_meeting__gte=1, per_meeting__lte=MOST_AT_ONCE), name="book_chapters_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def begin(cls, gathering: Gathering, **fields) -> "Book":
        """The gathering's next book, read from now on. Raises IntegrityError while another one is being read."""
        with transaction.atomic():
            last = cls.objects.filter(gathering=gathering).aggregate(last=Max("number"))["last"] or 0
            return cls.objects.create(gathering=gathering, number=last + 1, **fields)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def add(self, lines: "Iterable[tuple[str, int | None]]") -> int:
        """Puts chapters, as (title, pages), behind those there are; returns how many."""
        with transaction.atomic():
            Book.objects.select_for_update().get(pk=self.pk)
            last = self.chapters.aggregate(last=Max("number"))["last"] or 0
            rows = [
                Chapter(book=self, number=number, title=title, pages=pages)
                for number, (title, pages) in enumerate(lines, last + 1)
            ]
            Chapter.objects.bulk_create(rows)
        return len(rows)

    def finish(self) -> None:
        """Read, or put away; twice is the same."""
        Book.objects.filter(pk=self.pk, finished_at=None).update(finished_at=timezone.now())

    def resume(self) -> None:
        """Goes on where it was put away; meetings since then read none of it. Raises IntegrityError beside another."""
        with transaction.atomic():
            rows = Book.objects.filter(pk=self.pk).exclude(finished_at=None)
            rows.update(finished_at=None, settled_until=timezone.now())


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def unread(self) -> Self:
        """Those no held meeting has read, in their order."""
        return self.filter(meeting=None).order_by("number")


@lru_cache(maxsize=4_096)  # a list of forty asks for forty
def chapter_address(gathering: int, chapter: int, book: int) -> str:
    return reverse("gatherings:chapter", args=[gathering, chapter]) + f"?book={book}"


class Chapter(Corrected):
    FIELDS: ClassVar[tuple[str, ...]] = ("title", "pages")

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    number = models.PositiveIntegerField()  # in its book; gaps stay where one was taken out
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    pages = models.PositiveSmallIntegerField(
        _("pages"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_PAGES)]
    )
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="led_chapters"
    )
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.RESTRICT, related_name="chapters")

    objects = ChapterQuerySet.as_manager()

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="chapter_number_once"),
            models.CheckConstraint(
                condition=Q(pages=None) | Q(pages__gte=1, pages__lte=MOST_PAGES), name="chapter_has_pages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_read(self) -> bool:
        return self.meeting_id is not None

    @property
    def address(self) -> str:
        """Its page; with the book's number, so that it stays right when the next book is read."""
        return chapter_address(self.book.gathering_id, self.number, self.book.number)

    def take(self, member) -> bool:
        """Leads it from now on; False where somebody else was faster, or it was read. Twice is the same."""
        open_or_mine = Q(facilitator=None) | Q(facilitator=member)
        taken = Chapter.objects.filter(open_or_mine, pk=self.pk, meeting=None).update(facilitator=member)
        if taken:
            self.askings.filter(declined_at=None).delete()
        self.refresh_from_db(fields=["facilitator", "meeting"])
        return bool(taken)

    def give_back(self, member) -> bool:
        """Open again, and not proposed to the one who gave it back; False where it is not theirs any more."""
        with transaction.atomic():
            rows = Chapter.objects.filter(pk=self.pk, facilitator=member, meeting=None)
            if not rows.update(facilitator=None):
                return False
            Asking.decline(self, member)
        return True

    def assign(self, member, seen: int | None, by) -> None:
        """Says who leads it, or nobody, for those who run the circle. `seen` is the id of who led it when they chose.

        Raises Stale where somebody else took it meanwhile.
        """
        from apps.gatherings import notices  # it speaks of chapters

        with transaction.atomic():
            if not Chapter.objects.filter(pk=self.pk, facilitator=seen).update(facilitator=member):
                raise Stale
            self.askings.filter(declined_at=None).delete()
            notices.asked_to_lead(self.pk, member.pk if member is not None else None, by)

    def not_read_after_all(self) -> None:
        """The meeting did not get to it: it waits for the next."""
        Chapter.objects.filter(pk=self.pk).update(meeting=None)

    def move(self, seen: int, *, up: bool) -> bool:
        """Changes places with its neighbour, unless it or the neighbour was read. `seen` is the number it had when the
        button was shown, so that a second click does not move it on.
        """
        with transaction.atomic():
            Book.objects.select_for_update().get(pk=self.book_id)
            mine = Chapter.objects.get(pk=self.pk)
            others = Chapter.objects.filter(book=self.book_id)
            if up:
                other = others.filter(number__lt=mine.number).order_by("-number").first()
            else:
                other = others.filter(number__gt=mine.number).order_by("number").first()
            if mine.number != seen or mine.is_read or other is None or other.is_read:
                return False
            place = Chapter.objects.filter
            place(pk=mine.pk).update(number=ASIDE)
            place(pk=other.pk).update(number=mine.number)
            place(pk=mine.pk).update(number=other.number)
        self.number = other.number
        return True

    def cut(self, version: int, first: str, second: str) -> "Chapter":
        """Makes two of it, half the pages each; the second is open for somebody to lead, what was written stays with
        the first. Raises Stale if it is not at `version` any more, or was read.
        """
        with transaction.atomic():
            Book.objects.select_for_update().get(pk=self.book_id)
            rows = Chapter.objects.filter(pk=self.pk, version=version, meeting=None)
            if not rows.update(version=version + 1, title=first):
                raise Stale
            self.refresh_from_db()
            later = Chapter.objects.filter(book=self.book_id)
            later.filter(number__gt=self.number).update(number=F("number") + ASIDE)
            later.filter(number__gt=ASIDE).update(number=F("number") - ASIDE + 1)
            pages = self.pages
            half = pages // 2 if pages and pages > 1 else None
            if pages and half:
                Chapter.objects.filter(pk=self.pk).update(pages=pages - half)
            return Chapter.objects.create(book_id=self.book_id, number=self.number + 1, title=second, pages=half)

    def take_out(self) -> bool:
        """Removes it, unless it was read or somebody wrote something about it: nobody's words are lost."""
        untouched = Chapter.objects.filter(pk=self.pk, meeting=None, impressions=None, note=None)
        ids = list(untouched.values_list("pk", flat=True))
        Chapter.objects.filter(pk__in=ids, meeting=None).delete()
        return bool(ids)


class Asking(models.Model):
    """Somebody was asked to lead a chapter, or said that they would rather not."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="askings")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("question to lead a chapter")
        verbose_name_plural = _("questions to lead a chapter")
        constraints = [models.UniqueConstraint(fields=["chapter", "member"], name="asking_once")]

    def __str__(self) -> str:
        return f"{self.chapter_id} {self.member_id}"

    @classmethod
    def ask(cls, chapter: Chapter, member, by) -> None:
        """Asks; twice is the same, and who was asked before and said no is asked again."""
        from apps.gatherings import notices  # it speaks of chapters

        with transaction.atomic():
            is_asked = cls.objects.filter(chapter=chapter, member=member, declined_at=None).exists()
            cls.objects.update_or_create(
                chapter=chapter, member=member, defaults={"by": by, "at": timezone.now(), "declined_at": None}
            )
            if not is_asked:
                notices.asked_to_lead(chapter.pk, member.pk, by)

    @classmethod
    def decline(cls, chapter: Chapter, member) -> None:
        """Not this chapter; no reason is asked for."""
        cls.objects.update_or_create(chapter=chapter, member=member, defaults={"declined_at": timezone.now()})


class Says(models.TextChoices):
    """How far somebody has read; each is as welcome as the others."""

    READ = "read", _("Have read it")
    PARTLY = "partly", _("Partly")
    NOT = "not", _("Not read")


class HavingRead(models.Model):
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    says = models.CharField(max_length=6, choices=Says)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("having read")
        verbose_name_plural = _("having read")
        constraints = [
            models.UniqueConstraint(fields=["chapter", "member"], name="having_read_once"),
            models.CheckConstraint(condition=Q(says__in=Says.values), name="having_read_known"),
        ]

    def __str__(self) -> str:
        return f"{self.chapter_id} {self.member_id} {self.says}"

    @classmethod
    def say(cls, chapter: Chapter, member, says: str) -> None:
        """Says how far one has read, or says it anew."""
        defaults = {"says": says, "at": timezone.now()}
        cls.objects.update_or_create(chapter=chapter, member=member, defaults=defaults)


class Brought(models.TextChoices):
    IMPRESSION = "impression", _("Impression")
    QUESTION = "question", _("Question")


class ImpressionQuerySet(models.QuerySet["Impression"]):
    def told(self) -> Self:
        """With the names of who wrote them, as they came."""
        return (
            self.select_related("member")
            .only(*(field.attname for field in Impression._meta.concrete_fields), *named("member"))
            .order_by("at", "id")
        )


class Impression(models.Model):
    """What somebody brings to a chapter, mostly before it is talked about: a thought or a question."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="impressions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="impressions")
    kind = models.CharField(_("kind"), max_length=10, choices=Brought, default=Brought.IMPRESSION)
    text = models.TextField(_("text"), max_length=LONGEST_IMPRESSION)
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)

    objects = ImpressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        constraints = [models.CheckConstraint(condition=Q(kind__in=Brought.values), name="impression_kind_known")]
        indexes = [models.Index(fields=["chapter", "kind", "at"], name="impression_of_chapter")]

    def __str__(self) -> str:
        return f"{self.chapter_id} {self.member_id}"

    def put(self, kind: str, text: str) -> None:
        """Says it in other words."""
        Impression.objects.filter(pk=self.pk).update(kind=kind, text=text, changed_at=timezone.now())


class ChapterNote(Corrected):
    """What was said about a chapter, to catch up with for who missed it; one text that everybody may write on."""

    FIELDS: ClassVar[tuple[str, ...]] = ("text",)

    chapter = models.OneToOneField(Chapter, on_delete=models.CASCADE, related_name="note")
    text = models.TextField(_("notes"), max_length=LONGEST_NOTE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("notes of a chapter")
        verbose_name_plural = _("notes of chapters")

    def __str__(self) -> str:
        return f"{self.chapter_id}"

    def correct(self, version: int, by, **fields) -> None:
        super().correct(version, by, **fields)
        ChapterNote.objects.filter(pk=self.pk).update(by=by, at=timezone.now())


class IdeaTaken(ValueError):
    """The idea was chosen already, or another book is being read."""


class BookIdea(models.Model):
    """A book that somebody would like to read next."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="book_ideas")
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    author = models.CharField(_("author"), max_length=LONGEST_TITLE, blank=True)
    why = models.CharField(_("why"), max_length=LONGEST_WHY, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    book = models.OneToOneField(Book, null=True, on_delete=models.SET_NULL, related_name="idea")  # once it was chosen
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("idea for a book")
        verbose_name_plural = _("ideas for books")
        indexes = [models.Index(fields=["gathering", "at"], name="book_idea_of_gathering")]

    def __str__(self) -> str:
        return self.title

    def vote(self, member, wished: bool) -> None:
        """Votes for it, or not any more; the same wish twice is the same."""
        if wished:
            BookVote.objects.get_or_create(idea=self, member=member)
        else:
            BookVote.objects.filter(idea=self, member=member).delete()

    def choose(self) -> Book:
        """Makes it the book that is read now; one that is read to its end is finished by that.

        Raises IdeaTaken where it was chosen already or another book still has chapters to come.
        """
        with transaction.atomic():
            Gathering.objects.select_for_update().get(pk=self.gathering_id)
            row = BookIdea.objects.select_related("gathering").get(pk=self.pk)
            current = row.gathering.books.filter(finished_at=None).first()
            if row.book_id is not None or (current is not None and not read_to_its_end(current)):
                raise IdeaTaken
            if current is not None:
                current.finish()
            row.book = Book.begin(row.gathering, title=row.title, author=row.author)
            row.save(update_fields=["book"])
        return row.book


def read_to_its_end(book: Book) -> bool:
    """Whether it has chapters and all were read; one whose chapters are not written down yet has only begun."""
    return book.chapters.exists() and not book.chapters.unread().exists()


class BookVote(models.Model):
    idea = models.ForeignKey(BookIdea, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("vote for a book")
        verbose_name_plural = _("votes for books")
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="book_vote_once")]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.member_id}"
