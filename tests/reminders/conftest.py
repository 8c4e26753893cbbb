"""A kind of message for the engine's own tests, and receivers on loopback."""

import pytest

from apps.reminders import kinds
from apps.reminders.kinds import Kind
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Destination
from tests.reminders import sinks


class Talk:
    """What the kind “talk” says: `reasons` are given instead, by occurrence; `fails` raises."""

    def __init__(self):
        self.reasons, self.letters, self.fails = {}, {}, set()

    def say(self, deliveries):
        for each in deliveries:
            if each.occurrence in self.fails:
                raise ZeroDivisionError
        return {each.pk: self._one(each) for each in deliveries}

    def _one(self, delivery):
        if delivery.occurrence in self.reasons:
            return self.reasons[delivery.occurrence]
        usual = Letter(f"About {delivery.occurrence}", ("It is so far.",), (("When", "15:00"),), (Action("Open", "/"),))
        return self.letters.get(delivery.occurrence, usual)


@pytest.fixture
def talk(monkeypatch):
    said = Talk()
    monkeypatch.setitem(kinds._kinds, "talk", Kind("talk", "A talk", "Tests", said.say, frozenset({"inbox", "email"})))
    monkeypatch.setitem(
        kinds._kinds, "alarm", Kind("alarm", "An alarm", "Tests", said.say, frozenset({"inbox", "email"}), urgent=True)
    )
    return said


@pytest.fixture
def hooks(settings):
    with sinks.hooks() as sink:
        settings.OUTBOUND_HTTP, settings.OUTBOUND_PORTS = True, [sink.port]
        settings.OUTBOUND_HOSTS = ["127.0.0.0/8"]
        yield sink


@pytest.fixture
def hooked(member, hooks):
    """Gives a destination of the member at the HTTP sink, by channel."""

    def made(channel: str, **fields) -> Destination:
        row = Destination(
            member=fields.pop("member", member),
            channel=channel,
            name=f"My {channel}",
            url=hooks.url,
            host="127.0.0.1",
            **fields,
        )
        row.new_secret()
        row.save()
        return row

    return made
