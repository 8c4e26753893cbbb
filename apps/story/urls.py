from django.urls import path

from apps.story import views

app_name = "story"

urlpatterns = [path("welcome/", views.welcome, name="welcome")]
