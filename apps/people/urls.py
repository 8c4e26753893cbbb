from django.urls import path

from apps.people.views import interests, journey, ladder, people, signals, topics

app_name = "people"

urlpatterns = [
    path("", people.people, name="people"),
    path("interests/", interests.interests, name="interests"),
    path("interests/<int:pk>/", interests.interest, name="interest"),
    path("interests/<int:pk>/yes/", interests.confirm, name="confirm"),
    path("interests/<int:pk>/withdraw/", interests.withdraw, name="withdraw"),
    path("signals/", signals.notes, name="notes"),
    path("signals/new/", signals.note, name="note"),
    path("signals/<int:pk>/", signals.answer, name="answer"),
    path("signals/<int:pk>/yes/", signals.accept, name="accept"),
    path("signals/<int:pk>/erase/", signals.erase, name="erase"),
    path("topics/", topics.topics, name="topics"),
    path("topics/<int:pk>/", topics.topic, name="topic"),
    path("topics/<int:pk>/edit/", topics.edit, name="topic_edit"),
    path("topics/<int:pk>/merge/", topics.merge, name="topic_merge"),
    path("topics/<int:pk>/merge/<int:merge_pk>/undo/", topics.unmerge, name="topic_unmerge"),
    path("field/", ladder.field, name="field"),
    path("ladder/new/", ladder.step, name="step"),
    path("ladder/roughly/", ladder.roughly, name="roughly"),
    path("ladder/<int:pk>/yes/", ladder.confirm, name="step_confirm"),
    path("ladder/<int:pk>/agree/", ladder.agree, name="step_agree"),
    path("ladder/<int:pk>/erase/", ladder.erase, name="step_erase"),
    path("journey/<int:pk>/yes/", journey.confirm, name="journey_confirm"),
    path("journey/<int:pk>/erase/", journey.erase, name="journey_erase"),
    path("<int:pk>/journey/", journey.step, name="journey"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/propose/", people.propose, name="propose"),
]
