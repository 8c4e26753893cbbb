from django.urls import path

from apps.dashboards import letter_page, views

app_name = "dashboards"
urlpatterns = [
    path("", views.front, name="front"),
    *(path(f"{name}/", views.page, {"name": name}, name=name) for name in views.PAGES),
    path("letter/", letter_page.letter, name="letter"),
    path("letter/<slug:monday>/", letter_page.letter, name="letter_of"),
    path("<slug:page>/<slug:section>.csv", views.sheet_file, name="sheet_file"),
    path("desk/", views.desk, name="desk"),
]
