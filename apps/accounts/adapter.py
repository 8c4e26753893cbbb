"""What Miraizu asks of django-allauth: no open sign-up, links from SITE_URL, letters in the reader's language."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import translation

from apps.accounts.models import Member
from apps.web.client_address import client_address


def display(member: Member) -> str:
    return member.display_name


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, _request) -> bool:
        """People join by invitation; the first member is made on the first visit."""
        return False

    def get_client_ip(self, request) -> str:
        """For counting tries. All who come without an address are counted together."""
        return client_address(request) or "0.0.0.0"  # noqa: S104  (a name for “none”)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + "/" + path.split("://", 1)[-1].split("/", 1)[-1]

    def render_mail(self, template_prefix, email, context, headers=None):
        member = context.get("user")
        language = member.language if isinstance(member, Member) else settings.LANGUAGE_CODE
        with translation.override(language):
            return super().render_mail(template_prefix, email, {**context, "site_url": settings.SITE_URL}, headers)

    def add_message(self, *_args, **_kwargs) -> None:
        """allauth's own flash messages repeat what the page already says."""
