"""The stakeholders' links in the rail, and the focus on Home."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.http import MemberRequest
from apps.stakeholders.models.focus import standing
from apps.web import panels
from apps.web.navigation import Link, register
from apps.web.views.errors import register_labels

register(
    Link(
        "stakeholders:list",
        _("Stakeholders"),
        "stake",
        40,
        group="direction",
        section="stakeholders",
        key="k",
    ),
    Link("our_sre:overview", _("Our SRE"), "sre", 50, group="direction", section="our-sre", key="o"),
)


def _focus(request: MemberRequest) -> dict | None:
    """The decision that stands; nothing where none does."""
    decision = standing()
    if decision is None:
        return None
    return {"decision": decision, "is_due": decision.is_due(request.member.today())}


panels.register("home.aside", "stakeholders/panel_focus.html", _focus, order=5)

register_labels(
    why=_("Why"),
    later=_("What we leave for later, and why"),
    learned=_("What we learned since the last decision"),
    words=_("In your words"),
)
