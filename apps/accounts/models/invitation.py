"""An invitation by link: who holds the link may join as the member it was made for.

Only the token's SHA-256 is stored; the link is shown once. A new invitation for the same member ends the old one.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

VALID_FOR = timedelta(days=14)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def by_token(self, token: str) -> "Invitation | None":
        """The open invitation with this token, or None."""
        return self.open().select_related("member", "invited_by").filter(digest=_digest(token)).first()


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

    @classmethod
    def make(cls, member, by) -> tuple["Invitation", str]:
        """A fresh invitation and its token; earlier open ones of the member end."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            cls.objects.open().filter(member=member).update(withdrawn_at=timezone.now())
            row = cls.objects.create(
                member=member, invited_by=by, digest=_digest(token), expires_at=timezone.now() + VALID_FOR
            )
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
