from django.urls import path

from apps.web.views import health, home, metrics, preferences

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("more/", home.more, name="more"),
    path("shortcuts/", home.shortcuts, name="shortcuts"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
