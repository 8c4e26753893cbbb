"""Password rules beyond Django's own (R84): 12 to 128 characters, not one word repeated, not the product's words."""

import unicodedata

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
SHORTEST_REPEATED = 5
PRODUCT_WORDS = ("miraizu", "futuremap", "未来図")


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Use at least %(count)s characters.") % {"count": self.min_length}


class MaximumLengthValidator:
    def validate(self, password: str, user=None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(
                _("Use at most %(count)s characters."), code="password_too_long", params={"count": LONGEST}
            )

    def get_help_text(self) -> str:
        return _("At most %(count)s characters.") % {"count": LONGEST}


class RepeatedWordValidator(password_validation.CommonPasswordValidator):
    """Refuses one short or common word written again and again, with or without signs between."""

    def validate(self, password: str, user=None) -> None:
        folded = unicodedata.normalize("NFKC", password).casefold()
        unit = repeated_unit("".join(sign for sign in folded if sign.isalnum()) or folded)
        if unit and (len(unit) < SHORTEST_REPEATED or unit in self.passwords):
            raise ValidationError(
                _("This repeats one word. Choose several different words."), code="password_repeated_word"
            )

    def get_help_text(self) -> str:
        return _("Not one word repeated.")


def repeated_unit(text: str) -> str:
    """The shortest beginning that `text` is made of by repeating it, the last time perhaps cut off; else empty."""
    return next((text[:n] for n in range(1, len(text) // 2 + 1) if text[n:] == text[:-n]), "")


class ProductWordValidator:
    def validate(self, password: str, user=None) -> None:
        rest = password.casefold()
        for word in PRODUCT_WORDS:
            rest = rest.replace(word, "")
        if len(rest) < min(8, len(password)):
            raise ValidationError(
                _("This leans on the product's own name. Choose words of yours."),
                code="password_product_word",
            )

    def get_help_text(self) -> str:
        return _("Not built from the product's own name.")
