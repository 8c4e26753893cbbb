from django.urls import path

from apps.people.views import interests, people, signals, topics

app_name = "people"

urlpatterns = [
    path("", people.people, name="people"),
    path("interests/", interests.interests, name="interests"),
    path("interests/<int:pk>/", interests.interest, name="interest"),
    path("interests/<int:pk>/yes/", interests.confirm, name="confirm"),
    path("interests/<int:pk>/withdraw/", interests.withdraw, name="withdraw"),
    path("signals/new/", signals.note, name="note"),
    path("signals/<int:pk>/", signals.answer, name="answer"),
    path("signals/<int:pk>/yes/", signals.accept, name="accept"),
    path("signals/<int:pk>/erase/", signals.erase, name="erase"),
    path("topics/<int:pk>/", topics.topic, name="topic"),
    path("topics/<int:pk>/edit/", topics.edit, name="topic_edit"),
    path("topics/<int:pk>/merge/", topics.merge, name="topic_merge"),
    path("topics/<int:pk>/merge/<int:merge_pk>/undo/", topics.unmerge, name="topic_unmerge"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/propose/", people.propose, name="propose"),
]
