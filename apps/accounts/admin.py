"""Django's admin site, for the admin flag only: a workshop, not a page people need."""

from django.contrib import admin

from apps.accounts.models import Member, Organisation


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
