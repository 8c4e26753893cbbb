"""The ways a message can go. One module each; to add one, write its module and name it here."""

from apps.reminders.channels import email, inbox, slack, webhook
from apps.reminders.channels.interface import Channel, Permanent, Temporary, Unknown

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (inbox.Inbox(), email.Email(), slack.Slack(), webhook.Webhook())
}

__all__ = ["CHANNELS", "Channel", "Permanent", "Temporary", "Unknown"]
