"""A setting that can't be used is refused in one sentence, which never repeats a password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    ("name", "value", "read", "sentence"),
    [
        ("PORT", "abc", env.port, "PORT=abc is no whole number: write it like 8000."),
        ("PORT", "80.5", env.port, "PORT=80.5 is no whole number: write it like 8000."),
        ("PORT", "0", env.port, "PORT=0 is no port: use 1024 to 65535."),
        ("PORT", "99999", env.port, "PORT=99999 is no port: use 1024 to 65535."),
        ("TIME_ZONE", "Mars/X", env.time_zone, "TIME_ZONE=Mars/X is no time zone: write it like Asia/Tokyo or UTC."),
        ("DATABASE_URL", "nonsense", env.database, "DATABASE_URL can't be used: "),
        ("DATABASE_URL", "mysql://me:secret@host/name", env.database, "DATABASE_URL can't be used: "),
        ("DATABASE_URL", "postgresql://me:secret@host:x/name", env.database, "DATABASE_URL can't be used: "),
        ("METRICS_TOKEN", "short-secret", env.metrics_token, "METRICS_TOKEN can't be used: "),
        ("METRICS_TOKEN", "secret with blanks between its words", env.metrics_token, "METRICS_TOKEN can't be used: "),
        ("EMAIL_URL", "nonsense", env.mailer, "EMAIL_URL can't be used: "),
        ("EMAIL_URL", "smtp://me:secret@host:x", env.mailer, "EMAIL_URL can't be used: "),
    ],
)
def test_what_can_not_be_used_is_refused(monkeypatch, name, value, read, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert str(refused.value).startswith(sentence)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "read", "expected"),
    [
        ("PORT", "", env.port, 8000),
        ("PORT", "9000", env.port, 9000),
        ("METRICS_TOKEN", "", env.metrics_token, ""),
        ("METRICS_TOKEN", "0123456789abcdef01234567", env.metrics_token, "0123456789abcdef01234567"),
        ("TIME_ZONE", "", env.time_zone, "UTC"),
        ("TIME_ZONE", "Asia/Tokyo", env.time_zone, "Asia/Tokyo"),
    ],
)
def test_what_is_left_empty_has_its_default(monkeypatch, name, value, read, expected):
    monkeypatch.setenv(name, value)
    assert read() == expected
