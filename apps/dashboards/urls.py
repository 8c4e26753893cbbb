from django.urls import path

from apps.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.front, name="front"),
    *(path(f"{name}/", views.page, {"name": name}, name=name) for name in views.PAGES),
    path("<slug:page>/<slug:section>.csv", views.sheet_file, name="sheet_file"),
    path("desk/", views.desk, name="desk"),
]
