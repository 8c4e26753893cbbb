"""An address that somebody set up beside their e-mail: a Slack-compatible webhook, or a signed one."""

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Change, Member, Organisation
from apps.reminders.models.gate import Gate
from apps.reminders.sealed import SealedField
from apps.web.outbound_address import AddressRefused, CheckedUrl, check_url

OLD_SECRET_COUNTS = timedelta(hours=24)  # R69
FORGOTTEN_AFTER = timedelta(hours=24)  # once removed; until then it can be taken back


class OffBecause(models.TextChoices):
    OWNER = "owner", _("Switched off by hand")
    GONE = "gone", _("The other side says that it is gone for good")
    FAILING = "failing", _("It failed again and again")
    REMOVED = "removed", _("Removed")


class DestinationQuerySet(models.QuerySet["Destination"]):
    def on(self) -> "DestinationQuerySet":
        return self.filter(off_at=None)

    def of_organisation(self) -> "DestinationQuerySet":
        """Its channels: what is written there everybody may read."""
        return self.filter(member=None)

    def standing(self) -> "DestinationQuerySet":
        """Those that were not removed."""
        return self.exclude(off_because=OffBecause.REMOVED)

    def removed(self) -> "DestinationQuerySet":
        return self.filter(off_because=OffBecause.REMOVED)

    def of(self, member: Member) -> "DestinationQuerySet":
        """Those that `member` may change: their own; a lead or admin, also those of the organisation."""
        return self.standing()._looked_after_by(member)

    def to_take_back(self, member: Member) -> "DestinationQuerySet":
        """Those of them that were removed a moment ago."""
        return self.removed()._looked_after_by(member)

    def _looked_after_by(self, member: Member) -> "DestinationQuerySet":
        mine = models.Q(member=member)
        if member.is_lead or member.is_admin:
            mine |= models.Q(member=None)
        return self.filter(mine)

    def with_address(self, url: str) -> "Destination | None":
        """The one of them that has this address, however it is spelt. Sealed as they are, each has to be opened."""
        return next((row for row in self if row.url and _read(row.url) == _read(url)), None)

    def forget_removed(self) -> int:
        """Forgets address and secret of what was removed a day ago, and gives how many. The row stays with its name, by
        which is told what went there, or was to go there.
        """
        long_ago = self.removed().filter(off_at__lte=timezone.now() - FORGOTTEN_AFTER)
        return long_ago.exclude(url="", secret="").update(url="", secret="", old_secret="")


def _read(url: str) -> CheckedUrl | str:
    try:
        return check_url(url)
    except AddressRefused:
        return url


class AlreadyThere(Exception):
    """Its owner has this address: `row` is the one."""

    def __init__(self, row: "Destination"):
        super().__init__(str(row.pk))
        self.row = row


class Destination(models.Model):
    """Where messages go besides a person's e-mail; without a member it is a channel of the whole organisation.

    Its address and secret are sealed at rest and never shown again: whoever has them can write in our name.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="destinations"
    )
    channel = models.CharField(_("channel"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    url = SealedField(_("address"))
    host = models.CharField(max_length=253)  # what is shown of the address
    secret = SealedField(blank=True)
    old_secret = SealedField(blank=True)
    rotated_at = models.DateTimeField(null=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    without = models.JSONField(default=list)  # kinds that are not written there, of those that are announced
    created_at = models.DateTimeField(auto_now_add=True)
    # Switched off by its owner, or by us when it is gone for good (R9).
    off_at = models.DateTimeField(null=True)
    off_because = models.CharField(max_length=20, choices=OffBecause, blank=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")

    def __str__(self) -> str:
        return self.name

    @property
    def to(self) -> str:
        """As a delivery calls it."""
        return f"destination:{self.pk}"

    @classmethod
    def make(cls, owner: Member | None, by: Member, *, channel: str, name: str, url: str, host: str,
             language: str) -> "Destination":  # fmt: skip
        """A new address of `owner`, or of the organisation; with a secret. Raises AlreadyThere."""
        row = cls(member=owner, channel=channel, name=name, url=url, host=host, language=language)
        row.new_secret()
        with transaction.atomic():
            row._be_the_only_one()
            row.save()
            row._tell(by, name=["", name], channel=["", channel], host=["", host], url=None)
        return row

    def change(self, by: Member, **values) -> None:
        """Another name, language, or choice of what is written there."""
        before = {field: getattr(self, field) for field in values}
        for field, value in values.items():
            setattr(self, field, value)
        with transaction.atomic():
            self.save(update_fields=list(values))
            Change.record(self, before, by)

    def renew_secret(self, by: Member) -> None:
        self.new_secret()
        with transaction.atomic():
            self.save(update_fields=["secret", "old_secret", "rotated_at"])
            self._tell(by, secret=None)

    def switch(self, by: Member, *, on: bool) -> None:
        """Switches it on or off; one that is on again starts without the failures it had."""
        with transaction.atomic():
            was, self.off_at = self.off_at, None if on else timezone.now()
            self.off_because = "" if on else OffBecause.OWNER
            self.save(update_fields=["off_at", "off_because"])
            if on:
                Gate.objects.filter(key=self.to).delete()
            Change.record(self, {"off_at": was}, by)

    def remove(self, by: Member) -> str:
        """Nothing goes there any more, and only what went there is still told by its name. After a day address and
        secret are forgotten. Gives what `take_back` needs to leave it as it was.
        """
        was = self.off_because or "on"
        with transaction.atomic():
            self.off_at, self.off_because = timezone.now(), OffBecause.REMOVED
            self.save(update_fields=["off_at", "off_because"])
            self._tell(by, name=[self.name, ""], host=[self.host, ""], url=None)
        return was

    def take_back(self, by: Member, was: str) -> bool:
        """Undoes the removal, unless the address is forgotten by now. Raises AlreadyThere."""
        is_off = was in OffBecause.values and was != OffBecause.REMOVED
        with transaction.atomic():
            self._be_the_only_one()
            kept = Destination.objects.removed().filter(pk=self.pk).exclude(url="")
            if not kept.update(off_at=timezone.now() if is_off else None, off_because=was if is_off else ""):
                return False
            self.refresh_from_db()
            self._tell(by, name=["", self.name], host=["", self.host], url=None)
        return True

    def _be_the_only_one(self) -> None:
        """Two of the same would tell everything twice. Their owner is locked, so that none comes in between."""
        if self.member_id is None:
            Organisation.objects.select_for_update().first()
        else:
            Member.objects.select_for_update().get(pk=self.member_id)
        others = Destination.objects.standing().filter(member=self.member_id).exclude(pk=self.pk)
        if twin := others.with_address(self.url):
            raise AlreadyThere(twin)

    def _tell(self, by: Member, **values: list | None) -> None:
        Change.objects.create(kind=self._meta.label_lower, row_id=self.pk, by=by, values=values)

    def new_secret(self) -> str:
        """A fresh signing secret, kept and given once; the one before counts for another day (R69). Not saved yet."""
        self.old_secret, self.rotated_at = self.secret, timezone.now() if self.secret else None
        self.secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        return self.secret

    def secrets(self) -> list[str]:
        """Those that sign today, the newest first."""
        both = self.rotated_at and timezone.now() - self.rotated_at < OLD_SECRET_COUNTS
        return [self.secret, self.old_secret] if both else [self.secret]
