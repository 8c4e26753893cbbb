from django.urls import path

from apps.roadmap.views import compare, drafts, files, history, items, maps, parts, publish

app_name = "roadmap"

urlpatterns = [
    path("", maps.future_map, name="map"),
    path("new/", drafts.new, name="new"),
    path("export.json", files.export, name="export"),
    path("import/", files.upload, name="import"),
    path("history/", history.story, name="history"),
    path("compare/", compare.compare, name="compare"),
    path("year/", history.year, name="year"),
    path("items/<str:item_id>/", items.item, name="item"),
    path("items/<str:item_id>/check-in/", items.check_in, name="check_in"),
    path("items/<str:item_id>/sure/", items.sure, name="sure"),
    path("draft/", drafts.draft, name="draft"),
    path("draft/publish/", publish.publish, name="publish"),
    path("draft/publish/evidence/", publish.find_evidence, name="find_evidence"),
    path("draft/merge/", publish.merge, name="merge"),
    path("draft/share/", drafts.share, name="share"),
    path("draft/aside/", drafts.discard, name="discard"),
    path("draft/backstory/", parts.backstory, name="edit_backstory"),
    path("draft/quarters/<int:number>/", parts.quarter, name="edit_quarter"),
    path("draft/new-lane/", parts.lane, name="new_lane"),
    path("draft/lanes/<str:lane_id>/", parts.lane, name="edit_lane"),
    path("draft/lanes/<str:lane_id>/move/", parts.move_lane, name="move_lane"),
    path("draft/lanes/<str:lane_id>/drop/", parts.drop_lane, name="drop_lane"),
    path("draft/new-item/", parts.item, name="new_item"),
    path("draft/items/<str:item_id>/", parts.item, name="edit_item"),
    path("draft/items/<str:item_id>/move/", parts.move, name="move"),
    path("draft/items/<str:item_id>/drop/", parts.drop_item, name="drop_item"),
    path("draft/<str:way>/", drafts.step, name="step"),
    path("drafts/<int:draft_pk>/", drafts.look, name="look"),
    path("drafts/<int:draft_pk>/go-on/", drafts.go_on, name="go_on"),
    path("drafts/<int:draft_pk>/take-up/", drafts.take_up, name="take_up"),
    path("drafts/<int:draft_pk>/remove/", drafts.forget, name="forget"),
    path("<str:month>/next/", drafts.next_map, name="next"),
    path("<str:month>/<int:number>/", history.pivot, name="pivot"),
    path("<str:month>/<int:number>/read/", history.read, name="read"),
    path("<str:month>/<int:number>/restore/", publish.restore, name="restore"),
    path("<str:month>/<int:number>/decision.md", history.as_markdown, name="markdown"),
]
