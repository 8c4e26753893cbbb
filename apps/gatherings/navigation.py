"""The gatherings' link in the rail and on the phone's bar, and what other pages show of them."""

from django.utils.translation import gettext_lazy as _

from apps.web.navigation import Link, register

register(Link("gatherings:gatherings", _("Gatherings"), "cal", 50, section="gatherings", key="g", phone=True))
