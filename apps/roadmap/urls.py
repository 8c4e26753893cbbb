from django.urls import path

from apps.roadmap.views import items, maps

app_name = "roadmap"

urlpatterns = [
    path("", maps.future_map, name="map"),
    path("items/<str:item_id>/", items.item, name="item"),
    path("items/<str:item_id>/check-in/", items.check_in, name="check_in"),
    path("items/<str:item_id>/sure/", items.sure, name="sure"),
    path("new/", maps.future_map, name="new"),
    path("history/", maps.future_map, name="history"),
    path("compare/", maps.future_map, name="compare"),
    path("draft/", maps.future_map, name="draft"),
    path("draft/items/new/", maps.future_map, name="new_item"),
    path("draft/items/<str:item_id>/", maps.future_map, name="edit_item"),
    path("<str:month>/<int:number>/", maps.future_map, name="pivot"),
    path("<str:month>/<int:number>/read/", maps.future_map, name="read"),
    path("<str:month>/<int:number>/restore/", maps.future_map, name="restore"),
]
