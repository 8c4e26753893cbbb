"""A signed webhook for anything else, by the Standard Webhooks specification (standardwebhooks.com), version 1.0.0."""

import base64
import hashlib
import hmac
import json
import time
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.reminders.channels.hooks import Hook
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery
from apps.web.site import absolute


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 HMAC-SHA256 of "id.timestamp.body", keyed by the decoded part of `secret` after whsec_."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _said(letter: Letter) -> dict:
    said = {
        "subject": letter.subject,
        "text": list(letter.text),
        "facts": [{"label": label, "value": value} for label, value in letter.facts],
        "actions": [{"label": each.label, "url": absolute(each.path)} for each in letter.actions],
        **letter.data,
    }
    return said | {"letters": [_said(part) for part in letter.parts]} if letter.parts else said


class Webhook(Hook):
    name: ClassVar[str] = "webhook"
    label: str | Promise = _("Signed webhook")
    every: ClassVar[float] = 0

    def body(self, letter: Letter, delivery: Delivery) -> bytes:
        said = {
            "type": f"miraizu.{delivery.kind}",
            "timestamp": delivery.due_at.isoformat(),
            "test": delivery.is_test,
            "data": {"occurrence": delivery.occurrence, **_said(letter)},
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        now, id = int(time.time()), str(delivery.pk)
        signed = " ".join(signature(secret, id, now, body) for secret in delivery.where.secrets())
        return {"webhook-id": id, "webhook-timestamp": str(now), "webhook-signature": signed}
