"""What Miraizu asks of django-allauth: no open sign-up, links from SITE_URL, letters in the reader's language."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member, Organisation
from apps.web.client_address import client_address


def display(member: Member) -> str:
    return member.display_name


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and password do not belong together."),
        "incorrect_password": _("This is not your current password."),
        "too_many_login_attempts": _("Too many tries to sign in. Wait a few minutes, then try again."),
    }

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
            words = {
                "site_url": settings.SITE_URL,
                "organisation": Organisation.name_now(),
                "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
            }
            return super().render_mail(template_prefix, email, {**context, **words}, headers)

    def add_message(self, *_args, **_kwargs) -> None:
        """allauth's own flash messages repeat what the page already says."""
