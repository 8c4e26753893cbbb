"""A session that can't be written says why."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError

from apps.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def _kept() -> SessionStore:
    store = SessionStore()
    store["a"] = 1
    store.save()
    store["a"] = 2
    return store


def test_a_full_disk_is_told_as_one(monkeypatch):
    def full(*_arguments, **_words):
        raise OperationalError("database or disk is full")

    store = _kept()
    monkeypatch.setattr(Session, "save", full)
    with pytest.raises(OperationalError, match="disk is full"):
        store.save()


def test_a_session_that_was_ended_meanwhile_is_told_as_that():
    store = _kept()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
