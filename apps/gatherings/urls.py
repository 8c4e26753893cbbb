from django.urls import path

from apps.gatherings.views import calendars, gatherings, guests, ideas, meetings

app_name = "gatherings"

urlpatterns = [
    path("", gatherings.gatherings, name="gatherings"),
    path("ideas/", ideas.ideas, name="ideas"),
    path("ideas/later/", ideas.later, name="later"),
    path("calendar/", calendars.calendars, name="calendars"),
    path("calendar/new/", calendars.make, name="calendar_make"),
    path("calendar/<int:pk>/end/", calendars.end, name="calendar_end"),
    path("new/", gatherings.plan, name="plan"),
    path("guest/<str:token>/", guests.guest, name="guest"),
    path("<int:pk>/", gatherings.gathering, name="gathering"),
    path("<int:pk>/calendar.ics", calendars.of_gathering, name="file"),
    path("<int:pk>/edit/", gatherings.edit, name="edit"),
    path("<int:pk>/join/", gatherings.join, name="join"),
    path("<int:pk>/leave/", gatherings.leave, name="leave"),
    path("<int:pk>/invite/", gatherings.invite, name="invite"),
    path("<int:pk>/guests/", guests.link, name="guest_link"),
    path("<int:pk>/rest/", gatherings.rest, name="rest"),
    path("<int:pk>/wake/", gatherings.wake, name="wake"),
    path("<int:pk>/close/", gatherings.close, name="close"),
    path("<int:pk>/<int:number>/", meetings.meeting, name="meeting"),
    path("<int:pk>/<int:number>/calendar.ics", calendars.of_meeting, name="meeting_file"),
    path("<int:pk>/<int:number>/answer/", meetings.answer, name="answer"),
    path("<int:pk>/<int:number>/edit/", meetings.change, name="change"),
    path("<int:pk>/<int:number>/skip/", meetings.skip, name="skip"),
    path("<int:pk>/<int:number>/cancel/", meetings.cancel, name="cancel"),
    path("<int:pk>/<int:number>/restore/", meetings.restore, name="restore"),
]
