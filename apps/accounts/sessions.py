"""Sessions in the database. What fails there is told as what it is: a full disk is no session that somebody ended."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Django's own calls every failure to save one a session that is gone, and the page then says 400."""

    def save(self, must_create: bool = False) -> None:
        """Raises OperationalError besides what Django's own raises."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
