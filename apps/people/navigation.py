"""The people's link in the rail."""

from django.utils.translation import gettext_lazy as _

from apps.web.navigation import Link, register

register(Link("people:people", _("People"), "people", 60, group="direction", section="people", key="p"))
