from django.urls import path

from apps.dashboards import letter_page, pages, snapshot_pages, views

app_name = "dashboards"
urlpatterns = [
    path("", views.front, name="front"),
    *(path(f"{name}/", views.page, {"name": name}, name=name) for name in pages.BESIDE),
    path("letter/", letter_page.letter, name="letter"),
    path("letter/<slug:monday>/", letter_page.letter, name="letter_of"),
    path("snapshots/", snapshot_pages.snapshots, name="snapshots"),
    path("snapshots/new/", snapshot_pages.new, name="snapshot_new"),
    path("snapshots/<int:pk>/", snapshot_pages.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/remove/", snapshot_pages.remove, name="snapshot_remove"),
    path("snapshots/<int:pk>/<slug:section>.csv", snapshot_pages.snapshot_file, name="snapshot_file"),
    path("<slug:page>/<slug:section>.csv", views.sheet_file, name="sheet_file"),
    path("desk/", views.desk, name="desk"),
]
