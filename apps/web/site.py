"""Addresses as they stand in letters, chats and calendars: from SITE_URL, never from a request (R77)."""

from django.conf import settings


def absolute(path: str) -> str:
    return settings.SITE_URL + path
