"""Who is asking, read once for every request, together with what every page says about its reader."""

from collections.abc import Callable

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Expression

from apps.accounts.models import Member

# What rooms ask along, by the name of the attribute that holds it then: in one question, as no page goes without.
_along: dict[str, Callable[[], Expression]] = {}


def ask_along(name: str, expression: Callable[[], Expression]) -> None:
    """Reads `expression`, about the row of the reader, with every signed-in request."""
    _along[name] = expression


class Backend(AuthenticationBackend):
    def get_user(self, user_id) -> Member | None:
        asked = Member.objects.annotate(**{name: make() for name, make in _along.items()})
        member = asked.filter(pk=user_id).first()
        return member if member is not None and self.user_can_authenticate(member) else None
