"""What a message says, before a channel gives it its form: plain words in the reader's language."""

from dataclasses import dataclass, field

from apps.web.text import clean

MOST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader can do about it; `path` is an address within Miraizu."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Something the reader can answer where the message stands in the inbox: a form of one button."""

    label: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What the reader answered, and where that is seen."""

    answer: str
    then: Action | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A calendar file that goes with a message: the method of iTIP and the file."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: tuple[str, ...]  # paragraphs
    facts: tuple[tuple[str, str], ...] = ()  # when, where, …
    actions: tuple[Action, ...] = ()  # the first is the one that matters
    answers: tuple[Answer, ...] = ()
    # Where an answer is seen afterwards, and changed; without it, the last of the actions.
    afterwards: Action | None = None
    invite: Invite | None = None
    parts: tuple["Letter", ...] = ()  # what a digest carries
    data: dict = field(default_factory=dict)  # ids for a signed webhook's reader


def one_line(text: str, most: int = MOST_SUBJECT) -> str:
    """`text` as headers, calendar files and chat channels take it: one line of what can be seen, cut with an ellipsis
    (R17).
    """
    text = clean(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
