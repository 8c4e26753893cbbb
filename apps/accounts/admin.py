"""Django's admin site, for the admin flag only: a workshop, not a page people need."""

import allauth.account.admin  # noqa: F401  (registers what is taken out below)
import django.contrib.auth.admin  # noqa: F401  (likewise)
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group

from apps.accounts.models import Member, Organisation

# Nothing here asks a group, and e-mails stand with the member.
admin.site.unregister([Group, EmailAddress])


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):
    list_display = ["display_name", "email", "role", "is_admin", "is_active", "joined_at"]
    list_filter = ["role", "is_admin", "is_active"]
    search_fields = ["display_name", "email"]
    fields = [
        "display_name",
        "given_name",
        "family_name",
        "name_order",
        "team",
        "email",
        "language",
        "time_zone",
        "role",
    ]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "language", "time_zone"]
    fields = ["name", "language", "time_zone"]

    def has_add_permission(self, _request) -> bool:
        return False

    def has_delete_permission(self, _request, _obj=None) -> bool:
        return False
