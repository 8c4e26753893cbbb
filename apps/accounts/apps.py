from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        from apps.accounts import checks  # noqa: F401
        from apps.accounts.models import Organisation
        from apps.web.context import set_organisation_name
        from apps.web.views.errors import register_labels

        set_organisation_name(Organisation.name_now)
        register_labels(
            login=_("E-mail"),
            email=_("E-mail"),
            display_name=_("Name"),
            given_name=_("Given name"),
            family_name=_("Family name"),
            organisation=_("Organisation"),
        )
