from django.urls import path

from apps.stakeholders.views import stakeholders

app_name = "stakeholders"

urlpatterns = [
    path("", stakeholders.stakeholders, name="list"),
    path("new/", stakeholders.stakeholder, name="new"),
    path("<int:pk>/", stakeholders.stakeholder, name="edit"),
    path("<int:pk>/archive/", stakeholders.archive, name="archive"),
]
