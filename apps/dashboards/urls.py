from django.urls import path

from apps.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.front, name="front"),
    path("toil/", views.toil, name="toil"),
    path("<slug:page>/<slug:section>.csv", views.sheet_file, name="sheet_file"),
    path("desk/", views.desk, name="desk"),
]
