from django.urls import path

from apps.reminders.views import addresses, deliveries, hold, inbox, unsubscribe
from apps.reminders.views import settings as settings_

app_name = "reminders"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/newest/", inbox.newest, name="newest"),
    path("inbox/unread/", inbox.unread, name="unread"),
    path("inbox/<uuid:delivery>/done/", inbox.done, name="done"),
    path("inbox/<uuid:delivery>/answer/", inbox.answer, name="answer"),
    path("inbox/<uuid:delivery>/later/", inbox.later, name="later"),
    path("inbox/all-done/", inbox.all_done, name="all_done"),
    path("settings/reminders/", settings_.settings, name="settings"),
    path("settings/reminders/defaults/", settings_.defaults, name="defaults"),
    path("settings/reminders/test/", addresses.test, name="test"),
    path("settings/reminders/test/<uuid:delivery>/", addresses.test_state, name="test_state"),
    path("settings/reminders/addresses/new/", addresses.new, name="address_new"),
    path("settings/reminders/addresses/<int:address_pk>/", addresses.change, name="address_change"),
    path("settings/reminders/addresses/<int:address_pk>/secret/", addresses.secret, name="address_secret"),
    path("settings/reminders/addresses/<int:address_pk>/switch/", addresses.switch, name="address_switch"),
    path("settings/reminders/addresses/<int:address_pk>/remove/", addresses.remove, name="address_remove"),
    path("settings/channels/", addresses.channels, name="channels"),
    path("settings/channels/new/", addresses.channel_new, name="channel_new"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/all/", deliveries.handle_all, name="handle_all"),
    path("deliveries/hold/", hold.hold, name="hold"),
    path("deliveries/release/", hold.release, name="release"),
    path("deliveries/<uuid:delivery>/", deliveries.handle, name="handle"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
