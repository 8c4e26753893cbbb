"""Asks the permission table (`config/permissions.py`) who may open which address. Deny by default (R55).

The table is one file so that it can be read from top to bottom; this module only knows how to ask it. What a person
may do with one certain row (edit *this* entry) stands beside the row, in each room's `permissions.py`.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.models import Member, Role


class Answer(enum.Enum):
    ALLOW = enum.auto()
    SIGN_IN = enum.auto()
    REFUSE = enum.auto()
    HIDE = enum.auto()
    NOT_THIS_WAY = enum.auto()


class Who(enum.Enum):
    """Groups of askers that the table speaks of."""

    ANYONE = "anyone, signed in or not"
    MEMBERS = "everybody who is signed in"
    LEADS = "leads"
    LEADS_AND_MANAGERS = "leads and managers"
    ADMINS = "admins"
    LEADS_AND_ADMINS = "leads and admins"
    DJANGO_ADMIN = "admins; everybody else is told there is no such page"

    def includes(self, member: Member | None) -> bool:
        if self is Who.ANYONE:
            return True
        if member is None or not member.is_active:
            return False
        match self:
            case Who.MEMBERS:
                return True
            case Who.LEADS:
                return member.role == Role.LEAD
            case Who.LEADS_AND_MANAGERS:
                return member.role in {Role.LEAD, Role.MANAGER}
            case Who.LEADS_AND_ADMINS:
                return member.role == Role.LEAD or member.is_admin
            case _:
                return member.is_admin


@dataclass(frozen=True, slots=True)
class Page:
    """One address: its view's name, and for each method who may use it."""

    view: str
    methods: Mapping[str, Who]


@cache
def table() -> Mapping[str, Page]:
    pages: tuple[Page, ...] = import_string(f"{settings.ROOT_URLCONF.rsplit('.', 1)[0]}.permissions.PAGES")
    return {page.view: page for page in pages}


def decide(view: str, method: str, member: Member | None) -> Answer:
    """What the table says about `member` using `method` on the view of this name."""
    page = table().get(view) or table().get(view.split(":", 1)[0] + ":*")
    if page is None:
        return Answer.REFUSE
    who = page.methods.get({"HEAD": "GET", "OPTIONS": "GET"}.get(method, method))
    if who is None:
        return Answer.NOT_THIS_WAY
    if who.includes(member):
        return Answer.ALLOW
    if who is Who.DJANGO_ADMIN:
        return Answer.HIDE
    return Answer.SIGN_IN if member is None else Answer.REFUSE
