"""A person of the organisation: someone who signs in, or someone who is only known so far.

The role says what the work is (member, lead, manager); the admin flag says who looks after the installation.
What each may do stands in `config/permissions.py`.
"""

import unicodedata
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

RESERVED_ZONES = frozenset({"localtime", "posixrules", "Factory"})


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    LEAD = "lead", _("Lead (the first SRE)")
    MANAGER = "manager", _("Manager")


class NameOrder(models.TextChoices):
    GIVEN_FIRST = "given", _("Given name first")
    FAMILY_FIRST = "family", _("Family name first")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class WeekStart(models.IntegerChoices):
    """Values are `date.weekday()` numbers."""

    MONDAY = 0, _("Monday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def check_time_zone(name: str) -> None:
    """Raises ValidationError unless `name` is an IANA zone people can live in (R39)."""
    if name in RESERVED_ZONES or name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone we know."), code="zone", params={"name": name})


class Zoned:
    """Who lives by the clock of a place."""

    time_zone: str

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):  # a zone the system no longer knows
            return zoneinfo.ZoneInfo("UTC")


class MemberQuerySet(models.QuerySet["Member"]):
    def joined(self) -> "MemberQuerySet":
        return self.filter(joined_at__isnull=False, is_active=True)

    def caretakers(self) -> "MemberQuerySet":
        """Leads and admins: they look after the installation."""
        return self.joined().filter(models.Q(is_admin=True) | models.Q(role=Role.LEAD))

    def active(self) -> "MemberQuerySet":
        """Everybody who counts as part of the organisation today, joined or only known."""
        return self.filter(is_active=True)

    def as_persons(self) -> "list[Person]":
        """With no more than their names: a page that names everybody needs nothing else."""
        return [Person(*row) for row in self.values_list("pk", *NAMES)]

    def teams(self) -> list[str]:
        """What the teams are called that anybody here belongs to. One query."""
        rows = self.active().exclude(team="").order_by("team").values_list("team", flat=True)
        return list(rows.distinct())

    def by_name(self) -> "MemberQuerySet":
        return self.order_by("display_name", "id")


class MemberManager(BaseUserManager.from_queryset(MemberQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, email: str) -> "Member":
        return self.get(email__iexact=email)

    def make(self, email: str, display_name: str, *, password: str | None = None, **fields) -> "Member":
        """A member with the e-mail in its stored form; with a password the member has joined."""
        member = self.model(email=email.strip().lower(), display_name=display_name, **fields)
        if password:
            member.set_password(password)
            member.joined_at = member.joined_at or timezone.now()
        else:
            member.set_unusable_password()
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str, display_name: str = "", **fields) -> "Member":
        """For Django's `createsuperuser`: a lead with the admin flag."""
        return self.make(
            email,
            display_name or email.split("@")[0],
            password=password,
            role=Role.LEAD,
            is_admin=True,
            **fields,
        )


class Named:
    """What a person is called and how their chip shows them, from the names a row or a `Person` has."""

    display_name: str
    given_name: str
    family_name: str
    role: str

    @property
    def is_lead(self) -> bool:
        return self.role == Role.LEAD

    @property
    def short_name(self) -> str:
        """How a sentence calls the person: the given name in English, family name and さん in Japanese."""
        if get_language() == "ja":
            return f"{self.family_name or self.display_name}さん"
        return self.given_name or self.display_name

    @property
    def initials(self) -> str:
        """What the person's chip shows: two Latin initials, or one character of the given name."""
        name = self.given_name or self.display_name.split()[-1] if self.display_name.strip() else "?"
        if not unicodedata.name(name[0], "").startswith("LATIN"):
            return name[0]
        words = [self.given_name, self.family_name] if self.family_name else self.display_name.split()
        return "".join(word[0] for word in words[:2] if word).upper()


@dataclass(frozen=True, slots=True)
class Person(Named):
    """A member with no more than what pages name people by, in the order of `NAMES`; fifty of these cost less than one
    query.
    """

    pk: int
    display_name: str
    given_name: str
    family_name: str
    role: str


NAMES = tuple(Named.__annotations__)


def named(path: str) -> list[str]:
    """The columns of the member at `path` that pages name people by, for `only`: all others cost more than they say."""
    return [f"{path}__{name}" for name in NAMES]


def persons(ids: Collection[int]) -> dict[int, Person]:
    """Members by id, with no more than their names. One query, or none."""
    return {one.pk: one for one in Member.objects.filter(pk__in=ids).as_persons()} if ids else {}


class Member(Named, Zoned, AbstractBaseUser):
    email = models.EmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail is already here.")},
    )
    display_name = models.CharField(_("name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=40, blank=True)
    family_name = models.CharField(_("family name"), max_length=40, blank=True)
    name_order = models.CharField(_("order of names"), max_length=6, choices=NameOrder, default=NameOrder.GIVEN_FIRST)
    team = models.CharField(_("team"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    week_start = models.SmallIntegerField(_("week starts on"), choices=WeekStart, default=WeekStart.MONDAY)
    weekly_capacity_minutes = models.PositiveIntegerField(
        _("working minutes a week"),
        default=40 * 60,
        validators=[MinValueValidator(0), MaxValueValidator(7 * 24 * 60)],
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    role = models.CharField(_("role"), max_length=7, choices=Role, default=Role.MEMBER)
    is_admin = models.BooleanField(_("admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="member_email_once",
                violation_error_code="email",
                violation_error_message=_("Somebody with this e-mail is already here."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="member_role_known"),
            models.CheckConstraint(
                condition=models.Q(weekly_capacity_minutes__lte=7 * 24 * 60), name="member_capacity_in_week"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def has_joined(self) -> bool:
        return self.joined_at is not None

    # Django's admin site asks these; the admin flag is the only answer (issue: "for the admin flag only").
    @property
    def is_staff(self) -> bool:
        return self.is_admin

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_perms(self, _perms: object, _obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_active and self.is_admin

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.short_name

    def now(self) -> datetime:
        """The current moment on the person's own clock."""
        return timezone.now().astimezone(self.zone)

    def today(self) -> date:
        """The day it is where the person is."""
        return self.now().date()
