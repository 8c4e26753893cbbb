from django.urls import path

from apps.accounts.views import join, settings

app_name = "accounts"

urlpatterns = [
    path("join/<str:token>/", join.join, name="join"),
    path("settings/", settings.profile, name="settings"),
    path("settings/members/", settings.members, name="members"),
    path("settings/members/new/", settings.member_new, name="member_new"),
    path("settings/members/<int:pk>/", settings.member, name="member"),
    path("settings/members/<int:pk>/invite/", settings.invite, name="invite"),
    path("settings/organisation/", settings.organisation, name="organisation"),
]
