"""An invitation by link: who holds the link may join as the member it was made for.

Only the token's SHA-256 is stored; the link is shown once. A letter gets a second token, signed for the row and kept
nowhere, so that it can be written as often as it must be sent. A new invitation for the same member ends both.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.web.text import whole_number

VALID_FOR = timedelta(days=14)
SEPARATOR = "."  # in no token but the signed ones

# What the room above that writes letters does about an invitation, in the transaction that makes it.
_hearers: list[Callable[["Invitation"], None]] = []


def hears_of_invitations(hear: Callable[["Invitation"], None]) -> Callable[["Invitation"], None]:
    """Registers what is called with each new invitation."""
    _hearers.append(hear)
    return hear


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def by_token(self, token: str) -> "Invitation | None":
        """The open invitation with this token, shown or mailed, or None."""
        rows = self.open().select_related("member", "invited_by")
        pk, separator, _signature = token.partition(SEPARATOR)
        if not separator:
            return rows.filter(digest=_digest(token)).first()
        row = rows.filter(pk=number).first() if (number := whole_number(pk)) else None
        return row if row is not None and row.has_signed(token) else None


class Invitation(models.Model):
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def mailed_token(self) -> str:
        """The token for a letter: only this installation's key makes it, and it opens this invitation alone."""
        return self._signer.sign(str(self.pk))

    def has_signed(self, token: str) -> bool:
        try:
            return self._signer.unsign(token) == str(self.pk)
        except BadSignature:
            return False

    @property
    def _signer(self) -> Signer:
        return Signer(sep=SEPARATOR, salt=f"accounts.invitation.{self.digest}")

    @classmethod
    def make(cls, member, by) -> tuple["Invitation", str]:
        """A fresh invitation and its token; earlier open ones of the member end."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            cls.objects.open().filter(member=member).update(withdrawn_at=timezone.now())
            row = cls.objects.create(
                member=member, invited_by=by, digest=_digest(token), expires_at=timezone.now() + VALID_FOR
            )
            for hear in _hearers:
                hear(row)
        return row, token

    def accept(self, password: str, *, display_name: str, language: str, time_zone: str):
        """The member joins, with name, password, language and zone. Raises ValueError if the link was used by now."""
        with transaction.atomic():
            if not type(self).objects.open().filter(pk=self.pk).update(accepted_at=timezone.now()):
                raise ValueError("used")
            member = self.member
            member.display_name, member.language, member.time_zone = display_name, language, time_zone
            member.joined_at = member.joined_at or timezone.now()
            member.set_password(password)
            member.save()
        return member
