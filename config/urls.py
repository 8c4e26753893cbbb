"""Addresses (product.md, “Addresses”): people bookmark them and clients call them, so they stay."""

from django.contrib import admin
from django.urls import include, path

from apps.gatherings.views.calendars import subscribed

urlpatterns = [
    path("", include("apps.web.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.story.urls")),
    path("", include("apps.reminders.urls")),
    path("accounts/", include("config.sign_in")),
    path("stakeholders/", include("apps.stakeholders.urls")),
    path("our-sre/", include("apps.stakeholders.our_sre_urls")),
    path("toil/", include("apps.toil.urls")),
    path("map/", include("apps.roadmap.urls")),
    path("dashboard/", include("apps.dashboards.urls")),
    path("people/", include("apps.people.urls")),
    path("gatherings/", include("apps.gatherings.urls")),
    path("calendar/<str:token>.ics", subscribed, name="calendar"),
    path("me/", include("apps.people.me_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "apps.web.views.errors.bad_request"
handler403 = "apps.web.views.errors.forbidden"
handler404 = "apps.web.views.errors.not_found"
handler429 = "apps.web.views.errors.too_many_requests"  # asked for by django-allauth
handler500 = "apps.web.views.errors.server_error"
