from django.urls import path

from apps.gatherings.views import books, chapters, gatherings, guests, meetings

app_name = "gatherings"

urlpatterns = [
    path("", gatherings.gatherings, name="gatherings"),
    path("new/", gatherings.plan, name="plan"),
    path("guest/<str:token>/", guests.guest, name="guest"),
    path("<int:pk>/", gatherings.gathering, name="gathering"),
    path("<int:pk>/edit/", gatherings.edit, name="edit"),
    path("<int:pk>/join/", gatherings.join, name="join"),
    path("<int:pk>/leave/", gatherings.leave, name="leave"),
    path("<int:pk>/invite/", gatherings.invite, name="invite"),
    path("<int:pk>/guests/", guests.link, name="guest_link"),
    path("<int:pk>/rest/", gatherings.rest, name="rest"),
    path("<int:pk>/wake/", gatherings.wake, name="wake"),
    path("<int:pk>/close/", gatherings.close, name="close"),
    path("<int:pk>/<int:number>/", meetings.meeting, name="meeting"),
    path("<int:pk>/<int:number>/answer/", meetings.answer, name="answer"),
    path("<int:pk>/<int:number>/edit/", meetings.change, name="change"),
    path("<int:pk>/<int:number>/skip/", meetings.skip, name="skip"),
    path("<int:pk>/<int:number>/cancel/", meetings.cancel, name="cancel"),
    path("<int:pk>/<int:number>/restore/", meetings.restore, name="restore"),
    path("<int:pk>/helpers/", gatherings.helpers, name="helpers"),
    # The reading circle
    path("<int:pk>/book/", books.book, name="book"),
    path("<int:pk>/book/chapters/", books.add_chapters, name="add_chapters"),
    path("<int:pk>/book/finish/", books.finish, name="finish_book"),
    path("<int:pk>/book/resume/", books.resume, name="resume_book"),
    path("<int:pk>/books/", books.books, name="books"),
    path("<int:pk>/books/<int:idea_pk>/vote/", books.vote, name="vote"),
    path("<int:pk>/books/<int:idea_pk>/choose/", books.choose, name="choose"),
    path("<int:pk>/books/<int:idea_pk>/remove/", books.remove_idea, name="remove_idea"),
    path("<int:pk>/chapters/<int:number>/", chapters.chapter, name="chapter"),
    # Deeds go by the chapter's id: its number changes when another one is cut or moved.
    path("<int:pk>/chapter/<int:chapter_pk>/take/", chapters.take, name="take"),
    path("<int:pk>/chapter/<int:chapter_pk>/give-back/", chapters.give_back, name="give_back"),
    path("<int:pk>/chapter/<int:chapter_pk>/ask/", chapters.ask, name="ask"),
    path("<int:pk>/chapter/<int:chapter_pk>/decline/", chapters.decline, name="decline"),
    path("<int:pk>/chapter/<int:chapter_pk>/read/", chapters.say, name="say_read"),
    path("<int:pk>/chapter/<int:chapter_pk>/bring/", chapters.bring, name="bring"),
    path("<int:pk>/chapter/<int:chapter_pk>/note/", chapters.note, name="note"),
    path("<int:pk>/chapter/<int:chapter_pk>/edit/", chapters.edit, name="edit_chapter"),
    path("<int:pk>/chapter/<int:chapter_pk>/assign/", chapters.assign, name="assign"),
    path("<int:pk>/chapter/<int:chapter_pk>/cut/", chapters.cut, name="cut"),
    path("<int:pk>/chapter/<int:chapter_pk>/move/", chapters.move, name="move_chapter"),
    path("<int:pk>/chapter/<int:chapter_pk>/remove/", chapters.remove, name="remove_chapter"),
    path("<int:pk>/chapter/<int:chapter_pk>/again/", chapters.again, name="again"),
    path("<int:pk>/impressions/<int:impression_pk>/", chapters.impression, name="impression"),
    path("<int:pk>/impressions/<int:impression_pk>/remove/", chapters.remove_impression, name="remove_impression"),
]
