"""The map's link in the rail and on the phone's bar."""

from django.utils.translation import gettext_lazy as _

from apps.web.navigation import Link, register

register(Link("roadmap:map", _("Future map"), "map", 15, section="map", key="m", phone=True))
