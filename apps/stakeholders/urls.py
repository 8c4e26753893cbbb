from django.urls import path

from apps.stakeholders.views import focus, observations, stakeholders

app_name = "stakeholders"

urlpatterns = [
    path("", stakeholders.stakeholders, name="list"),
    path("new/", stakeholders.edit, name="new"),
    path("observations.csv", observations.as_csv, name="csv"),
    path("focus/", focus.focus, name="focus"),
    path("focus/new/", focus.decide, name="decide"),
    path("focus/<int:decision_pk>/voice/", focus.voice, name="voice"),
    path("focus/<int:decision_pk>/looked-at/", focus.look_again, name="look_again"),
    path("observe/", observations.about_whom, name="observe"),
    path("observations/<int:observation_pk>/", observations.correct, name="observation"),
    path("<int:pk>/", stakeholders.stakeholder, name="stakeholder"),
    path("<int:pk>/edit/", stakeholders.edit, name="edit"),
    path("<int:pk>/merge/", stakeholders.merge, name="merge"),
    path("<int:pk>/merge/<int:merge_pk>/undo/", stakeholders.unmerge, name="unmerge"),
    path("<int:pk>/archive/", stakeholders.archive, name="archive"),
    path("<int:pk>/observe/", observations.note, name="observe_about"),
]
