"""The links to inbox and deliveries, the sections of the settings, and what leads and admins see on every page."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.backend import ask_along
from apps.reminders import health
from apps.reminders.inbox import count_unread
from apps.reminders.views.inbox import unread_of
from apps.web import panels
from apps.web.http import Request
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels
from apps.web.views.health import expect


def _looks_after(member) -> bool:
    """Leads and admins look after deliveries."""
    return member.is_lead or member.is_admin


def _away(request: Request) -> dict | None:
    """What stands still, for those who can do something about it (R26)."""
    member = getattr(request, "member", None)
    if member is None or not _looks_after(member):
        return None
    news = health.news()
    still = health.standstill(news.senders_seen_at, news.scheduler_seen_at)
    return {"still": still} if still else None


def _held(request: Request) -> dict | None:
    """That nothing goes out by somebody's wish, which must not be forgotten (R95)."""
    member = getattr(request, "member", None)
    if member is None or not _looks_after(member):
        return None
    match = request.resolver_match
    if match and match.view_name in ("reminders:deliveries", "reminders:release"):  # they say more
        return None
    held_at = health.news().held_at
    return {"held_at": held_at, "may_release": member.is_admin} if held_at else None


def _troubles(request: Request) -> dict | None:
    if not _looks_after(request.member):
        return None
    count = health.troubles()
    return {"count": count} if count else None


def _inbox(request: Request) -> dict:
    return {"unread": unread_of(request.member)}


def _sections(request: Request, here: str) -> dict:
    return {"here": here, "looks_after": _looks_after(request.member)}


register(
    Link(
        "reminders:inbox", _("Inbox"), "bell", 12, section="inbox", key="n", count=unread_of,
        badge="reminders/unread.html",
    ),
    Link(
        "reminders:deliveries", _("Deliveries"), "mail", 75, group="more", section="deliveries", shown_to=_looks_after,
        count=lambda _member: health.troubles(),
    ),
)  # fmt: skip
ask_along("inbox_unread", count_unread)
panels.register("home.aside", "reminders/panel_inbox.html", _inbox, order=8)
panels.register("settings.sections", "reminders/panel_section.html", _sections, order=10)
panels.register("frame.top", "reminders/panel_away.html", _away, order=10)
panels.register("frame.top", "reminders/panel_held.html", _held, order=11)
panels.register("rail.foot", "reminders/panel_troubles.html", _troubles, order=20)
register_labels(url=_("Address"), why=_("Why"))
expect("senders")
