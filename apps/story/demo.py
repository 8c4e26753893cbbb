"""In a demo (`make demo`), the sign-in page says how to sign in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.story.load import DOMAIN, PASSWORDS
from apps.web import panels

ROLES = {"kenta": _("Member"), "aoi": _("Lead and admin"), "tomoko": _("Manager")}


def accounts(_request: HttpRequest) -> dict | None:
    """Role, e-mail and password of the three people; None outside a demo."""
    if not settings.DEMO:
        return None
    return {"accounts": [(ROLES[key], f"{key}@{DOMAIN}", password) for key, password in PASSWORDS.items()]}


panels.register("sign_in.below", "story/demo_accounts.html", accounts, order=10)
