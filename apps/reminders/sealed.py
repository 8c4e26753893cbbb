"""Texts that are unreadable in the database and its backups: addresses and secrets that let others write in our name.

Encrypted with keys derived from SECRET_KEY and its fallbacks, apart from those that sign (R78).
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


def _fernet() -> MultiFernet:
    def key(secret: str) -> bytes:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"miraizu sealed fields").derive(secret.encode())
        return base64.urlsafe_b64encode(derived)

    return MultiFernet([Fernet(key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


class SealedField(models.TextField):
    """A text that is encrypted in its column. One that no key opens any more reads as empty: give it anew."""

    def get_prep_value(self, value):
        return _fernet().encrypt(value.encode()).decode() if value else ""

    def from_db_value(self, value, _expression, _connection):
        try:
            return _fernet().decrypt(value.encode()).decode() if value else ""
        except InvalidToken:
            return ""
