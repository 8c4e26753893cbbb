from django.urls import path

from apps.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.front, name="front"),
    path("desk/", views.desk, name="desk"),
]
