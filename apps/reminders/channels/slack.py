"""An incoming webhook as Slack takes it; Mattermost, Rocket.Chat and others take the same. It knows no repeats (R7)."""

import json
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.reminders.channels.hooks import Hook
from apps.reminders.letter import Letter, one_line
from apps.reminders.models import Delivery
from apps.web.site import absolute

# Slack's limits, in characters.
MOST_HEADER, MOST_SECTION, MOST_BUTTON, MOST_FIELDS, MOST_PARTS = 150, 3_000, 75, 10, 40


def escaped(text: str) -> str:
    """User text as mrkdwn shows it: the three marks that Slack reads as its own, and no calling of everybody (R18)."""
    for mark, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, instead)
    # Links and mentions are written in <…>, which is gone by now; Mattermost also reads a bare @channel. The word
    # joiner between keeps the look and takes the meaning.
    return text.replace("@", "@\u2060")


def plain(text: str) -> str:
    """The same for a text that Slack takes as it is; others may read it as they read the rest."""
    return text.replace("@", "@\u2060").replace("<", "<\u2060")


class Slack(Hook):
    name: ClassVar[str] = "slack"
    label: str | Promise = _("Slack-compatible webhook")
    every: ClassVar[float] = 1.0  # one a second to each address is what Slack allows

    def body(self, letter: Letter, delivery: Delivery) -> bytes:
        subject = one_line(letter.subject, MOST_HEADER)
        blocks: list[dict] = [{"type": "header", "text": {"type": "plain_text", "text": plain(subject)}}]
        if said := escaped("\n\n".join(letter.text))[:MOST_SECTION]:
            blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said}})
        if letter.facts:
            fields = [
                {"type": "mrkdwn", "text": f"*{escaped(one_line(label))}*\n{escaped(one_line(value, 1_000))}"}
                for label, value in letter.facts[:MOST_FIELDS]
            ]
            blocks.append({"type": "section", "fields": fields})
        for part in letter.parts[:MOST_PARTS]:
            lines = [f"*{escaped(one_line(part.subject))}*", *(escaped(each) for each in part.text)]
            lines += [f"{escaped(one_line(label))}: {escaped(one_line(value, 1_000))}" for label, value in part.facts]
            if part.actions:
                lines.append(f"<{absolute(part.actions[0].path)}|{escaped(one_line(part.actions[0].label))}>")
            said = "\n".join(lines)[:MOST_SECTION]
            blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said}})
        if letter.actions:
            buttons = [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": one_line(each.label, MOST_BUTTON)},
                    "url": absolute(each.path),
                }
                for each in letter.actions[:5]
            ]
            blocks.append({"type": "actions", "elements": buttons})
        return json.dumps({"text": escaped(subject), "blocks": blocks}, ensure_ascii=False).encode()

    def headers(self, _delivery: Delivery, _body: bytes) -> dict[str, str]:
        return {}
