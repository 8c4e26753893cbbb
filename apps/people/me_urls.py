from django.urls import path

from apps.people.views import signals

app_name = "me"

urlpatterns = [path("record/", signals.record, name="record")]
