"""What docs/webhooks.md says is what is sent: its example, its code, its numbers."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.reminders import kinds, retry, send
from apps.reminders.channels import hooks as hooks_
from apps.reminders.channels import slack
from apps.reminders.channels.webhook import Webhook
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery, Destination
from apps.reminders.models.destination import OLD_SECRET_COUNTS
from apps.reminders.plan import plan
from apps.web import outbound_http
from apps.web.outbound_address import USUAL_PORTS
from tests.services import ROOT

DOCUMENT = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
TEXT = " ".join(DOCUMENT.split())


def _block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)[1]


@pytest.fixture
def is_genuine():
    """The document's own code."""
    names: dict = {}
    exec(_block("python"), names)
    return names["is_genuine"]


def _went(hooks, member) -> tuple[dict[str, str], bytes]:
    plan("alarm", f"meeting:{len(hooks.posts)}", [member])
    send.send_due("webhook")
    return hooks.posts[-1].headers, hooks.posts[-1].body


def test_its_example_is_what_is_sent():
    said = json.loads(_block("json"))
    data = said["data"]
    with override_settings(SITE_URL="https://miraizu.example"):
        letter = Letter(
            data["subject"],
            tuple(data["text"]),
            tuple((each["label"], each["value"]) for each in data["facts"]),
            tuple(
                Action(each["label"], each["url"].removeprefix("https://miraizu.example")) for each in data["actions"]
            ),
            data={"gathering": data["gathering"], "meeting": data["meeting"]},
        )
        of = kinds.kind(said["type"].removeprefix("miraizu."))
        due = datetime.fromisoformat(said["timestamp"])
        sent = Webhook().body(letter, Delivery(kind=of.name, occurrence=data["occurrence"], due_at=due))
        digest = Webhook().body(Letter("", (), parts=(letter,)), Delivery(kind="digest", occurrence="", due_at=due))
    assert json.loads(sent) == said
    (part,) = json.loads(digest)["data"]["letters"]
    assert part == {name: value for name, value in data.items() if name != "occurrence"}


@pytest.mark.django_db
def test_its_code_takes_what_miraizu_signed_and_nothing_else(
    talk, member, awake, hooks, hooked, is_genuine, time_machine
):
    row = hooked("webhook")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]+=*", row.secret)
    headers, body = _went(hooks, member)
    assert is_genuine(row.secret, headers, body)
    assert not is_genuine(row.secret, headers, body + b" ")
    assert not is_genuine(row.secret, headers | {"webhook-id": "another"}, body)
    assert not is_genuine(row.secret, headers | {"webhook-signature": "v1,é"}, body)
    assert not is_genuine("whsec_" + "A" * 43 + "=", headers, body)
    assert not is_genuine(row.secret, {}, body)
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert not is_genuine(row.secret, headers, body)


@pytest.mark.django_db
def test_its_code_takes_the_old_secret_for_as_long_as_it_says(talk, member, awake, hooks, hooked, is_genuine):
    row = hooked("webhook")
    old, new = row.secret, row.new_secret()
    row.save()
    headers, body = _went(hooks, member)
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert is_genuine(old, headers, body) and is_genuine(new, headers, body)
    assert f"for {OLD_SECRET_COUNTS // timedelta(hours=1)} hours after a new secret" in TEXT
    Destination.objects.update(rotated_at=timezone.now() - OLD_SECRET_COUNTS)
    headers, body = _went(hooks, member)
    assert is_genuine(new, headers, body) and not is_genuine(old, headers, body)


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def test_its_numbers_are_those_of_the_code():
    waits = ", ".join(_spoken(each) for each in retry.WAITS[:-1])
    assert f"after {waits}, then each hour" in TEXT and retry.WAITS[-1] == 3_600
    assert ", ".join(str(each) for each in sorted(hooks_.NOT_NOW)) + ", 500 to 599" in TEXT
    assert f"after {_spoken(outbound_http.READ)} of silence, or {_spoken(outbound_http.WHOLE)} in all" in TEXT
    assert outbound_http.MOST_WAIT == 3_600 and outbound_http.NONSENSE_WAIT == 60
    assert "at port " + " or ".join(str(each) for each in sorted(USUAL_PORTS)) in TEXT
    assert retry.MOST_UNKNOWN - 1 == 2 and "sends it at most twice more" in TEXT
    assert f"After {retry.FAILURES_TO_CLOSE} failures in a row the host is left alone for {retry.FIRST_PAUSE} s" in TEXT
    assert f"up to {_spoken(retry.LONGEST_PAUSE)}." in TEXT
    assert f"fails {retry.FAILURES_TO_SWITCH_OFF} times in a row over an hour" in TEXT
    assert timedelta(hours=1) == retry.FAILING_FOR
    assert f"the subject, {slack.MOST_HEADER} characters at most" in TEXT
    assert f"the text ({slack.MOST_SECTION:,} characters at most), up to {slack.MOST_FIELDS} facts" in TEXT
    assert f"up to {slack.MOST_PARTS} letters of a digest" in TEXT
