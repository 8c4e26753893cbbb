from django.urls import path

from apps.stakeholders.views import our_sre

app_name = "our_sre"

urlpatterns = [
    path("", our_sre.overview, name="overview"),
    path("ask/", our_sre.ask, name="ask"),
    path("ask/take-back/", our_sre.take_back, name="take_back"),
    path("answer/", our_sre.answer, name="answer"),
    path("answers/<int:answer_pk>/mark/", our_sre.mark, name="mark"),
    path("marks/<int:phrase_pk>/delete/", our_sre.unmark, name="unmark"),
    path("statement/new/", our_sre.write, name="write"),
    path("statement/<int:statement_pk>/voice/", our_sre.voice, name="voice"),
    path("statement/", our_sre.versions, name="versions"),
    path("rounds/<int:number>/", our_sre.round_page, name="round"),
    path("over-time/", our_sre.over_time, name="over_time"),
    path("over-time/withdraw/", our_sre.withdraw, name="withdraw"),
]
