"""The dashboard's link in the rail."""

from django.utils.translation import gettext_lazy as _

from apps.web.navigation import Link, register

register(Link("dashboards:front", _("Dashboard"), "dash", 60, group="direction", section="dashboard", key="d"))
