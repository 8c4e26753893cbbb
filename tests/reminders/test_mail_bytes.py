"""What goes over the wire of a letter, byte by byte."""

import email.policy

import pytest
from django.test import override_settings

from apps.reminders.channels.email import message
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery
from apps.reminders.plan import plan

pytestmark = pytest.mark.django_db
LONG = "https://" + "a-rather-long-name-of-a-host." * 5 + "example.com"


@pytest.mark.parametrize("site", ["http://localhost:8121", LONG])
@pytest.mark.parametrize("policy", [email.policy.default, email.policy.SMTP])
def test_the_address_to_unsubscribe_is_one_plain_line_and_all_else_is_folded(talk, member, awake, site, policy):
    plan("talk", "meeting:1", [member])
    delivery = Delivery.objects.get(channel="email")
    with override_settings(SITE_URL=site):
        made = message(Letter("輪読会のお知らせ" * 12, ("第5章です。",)), delivery).message(policy=policy)
    lines = made.as_bytes().split(policy.linesep.encode())
    (line,) = [each for each in lines if each.startswith(b"List-Unsubscribe:")]
    assert line.startswith(f"List-Unsubscribe: <{site}/unsubscribe/".encode()) and line.endswith(b">")
    assert all(len(each) <= 78 for each in lines[: lines.index(b"")] if each is not line)
