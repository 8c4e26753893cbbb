"""The inbox's link in the rail, and the section of the settings."""

from django.utils.translation import gettext_lazy as _

from apps.web import panels
from apps.web.navigation import Link, register

register(Link("reminders:inbox", _("Inbox"), "bell", 12, section="inbox", key="n"))
panels.register("settings.sections", "reminders/panel_section.html", lambda _request, here: {"here": here}, order=10)
