from django.urls import path

from apps.stakeholders.views import observations, stakeholders

app_name = "stakeholders"

urlpatterns = [
    path("", stakeholders.stakeholders, name="list"),
    path("new/", stakeholders.edit, name="new"),
    path("observations.csv", observations.as_csv, name="csv"),
    path("observe/", observations.about_whom, name="observe"),
    path("observations/<int:observation_pk>/", observations.correct, name="observation"),
    path("<int:pk>/", stakeholders.stakeholder, name="stakeholder"),
    path("<int:pk>/edit/", stakeholders.edit, name="edit"),
    path("<int:pk>/archive/", stakeholders.archive, name="archive"),
    path("<int:pk>/observe/", observations.note, name="observe_about"),
]
