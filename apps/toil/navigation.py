"""The toil room's links in the rail, and its panels on Home."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.stakeholders import counted
from apps.stakeholders.models import Stakeholder, merge
from apps.toil import cost_of_stakeholder, figures, rollup, sql, today
from apps.toil.models import Entry, Item, State, Timer
from apps.web import panels
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels

register(
    Link("web:home", _("Home"), "home", 10, section="", key="h"),
    Link("toil:log", _("Toil"), "toil", 20, section="toil", key="t"),
    Link("toil:week", _("Week sheet"), "week", 60, group="more", section="toil-week", key="w"),
    Link("toil:items", _("Toil items"), "spade", 61, group="more", section="toil-items", key="i"),
    Link("toil:import", _("Import"), "up-from", 70, group="more", section="toil-import"),
    Link("toil:what", _("What is toil?"), "help", 80, group="more", section="toil-what", help=True),
)


SHOWN_NEWS = 4  # changes of state on Home


def _share(request: MemberRequest) -> dict:
    member = request.member
    return {"curve": figures.share_curve(member, member.today())}


def _week(request: MemberRequest) -> dict:
    member = request.member
    rows = figures.week_by_category(member.today(), member.week_start)
    return {"rows": rows, "minutes": sum(row.minutes for row in rows)}


def _news(request: MemberRequest) -> dict:
    """What became of what one logged: the latest changes of state of items one has logged against."""
    return {"changes": sql.news(request.member.pk, State.OBSERVED, SHOWN_NEWS)}


def _cost(request: MemberRequest, stakeholder: Stakeholder) -> dict:
    cost = cost_of_stakeholder.Cost.of(stakeholder, request.member.today(), request.GET.get("month", ""))
    return {"stakeholder": stakeholder, "cost": cost}


counted.register(cost_of_stakeholder)
merge.register({"entries": Entry, "items": Item, "timers": Timer}, rollup.rebuild_stakeholders)
panels.register("stakeholder.main", "toil/panel_stakeholder.html", _cost, order=10)
panels.register("rail.foot", "toil/rail_timer.html", lambda request: {"timer": today.running(request)}, order=10)
panels.register("home.main", "toil/panel_log.html", today.panel, order=10)
panels.register("home.aside", "toil/panel_share.html", _share, order=15)
panels.register("home.aside", "toil/panel_week.html", _week, order=10)
panels.register("home.aside", "toil/panel_news.html", _news, order=20)

register_labels(
    line=_("Log toil"),
    minutes=_("How long"),
    note=_("Note"),
    name=_("Name"),
    name_ja=_("Name in Japanese"),
    short_name=_("Short name"),
    short_name_ja=_("Short name in Japanese"),
    new_item=_("New item"),
    description=_("What it is"),
    reason=_("Why"),
    title=_("Title"),
    url=_("Address"),
    tag=_("Tag"),
    tag_ja=_("Tag in Japanese"),
    dig_estimate_minutes=_("Estimate for digging it out"),
    upkeep_minutes=_("Upkeep a month afterwards"),
)
