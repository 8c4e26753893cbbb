from django.urls import path

from apps.reminders.views import inbox, unsubscribe
from apps.reminders.views import settings as settings_

app_name = "reminders"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:delivery>/done/", inbox.done, name="done"),
    path("inbox/<uuid:delivery>/later/", inbox.later, name="later"),
    path("inbox/all-done/", inbox.all_done, name="all_done"),
    path("settings/reminders/", settings_.settings, name="settings"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
