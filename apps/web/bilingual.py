"""Names that a team keeps in both languages: each reader sees theirs, and what is missing falls back to the other."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_reader_language(english: str, japanese: str) -> str:
    """The text for the active language, or the other where it is empty."""
    return (japanese or english) if get_language() == "ja" else (english or japanese)


@dataclass(frozen=True, slots=True)
class InBoth:
    """A row with no more than its names."""

    pk: int
    name: str
    name_ja: str

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_ja)


class Bilingual(models.Model):
    """A row with a name, and that name in Japanese if the team writes one."""

    name = models.CharField(_("name"), max_length=120)
    name_ja = models.CharField(_("name in Japanese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_ja)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything the row answers to."""
        return tuple(filter(None, (self.name, self.name_ja)))
