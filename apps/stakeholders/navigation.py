"""The stakeholders' link in the rail."""

from django.utils.translation import gettext_lazy as _

from apps.web.navigation import Link, register

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
)
