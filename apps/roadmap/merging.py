"""Three-way merging: what two people made of the same map, by part and field."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.roadmap.document import FIELDS, Document, LaneKind, Part, Parts, canonical, empty, id_of, kind_of

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Collision:
    """One field of one part that both changed, or a part that one changed and the other dropped (`field` is "")."""

    key: str
    field: str
    base: object
    theirs: object
    mine: object

    @property
    def name(self) -> str:
        """What an answer is called in a form."""
        return f"{self.key}/{self.field}"


def _same(one: object, other: object) -> bool:
    """Whether both have the same letters, as `Document.changes_to` asks it: 1 and 1.0 are equal, and two spellings."""
    return canonical(one) == canonical(other)


class Merge:
    """What both together make of `base`: what only one touched is taken from them; what both touched collides.

    A part that one side dropped and the other changed collides as a whole, as does a lane that one dropped while the
    other put an item into it or changed one that lies there.
    """

    def __init__(self, base: Document, theirs: Document, mine: Document):
        # Two who both drew a first map began from the empty one.
        self.base, self.theirs, self.mine = base if len(base) else empty(), theirs, mine
        self.collisions: list[Collision] = []
        self._parts: Parts = {}
        for key in {**self.base.parts, **theirs.parts, **mine.parts}:
            self._merge(key)
        self._keep_lanes_with_items()

    def _merge(self, key: str) -> None:
        base, theirs, mine = (document.parts.get(key) for document in (self.base, self.theirs, self.mine))
        if _same(mine, theirs) or _same(mine, base):
            self._take(key, theirs)
        elif _same(theirs, base):
            self._take(key, mine)
        elif mine is None or theirs is None:
            self.collisions.append(Collision(key, "", base, theirs, mine))
            self._take(key, mine or theirs)  # until somebody chooses, nothing is lost
        else:
            self._take(key, self._fields(key, base or FIELDS[kind_of(key)], theirs, mine))

    def _fields(self, key: str, base: Part, theirs: Part, mine: Part) -> Part:
        both = {}
        for name in mine:
            if _same(mine[name], theirs[name]) or _same(mine[name], base[name]):
                both[name] = theirs[name]
            elif _same(theirs[name], base[name]):
                both[name] = mine[name]
            else:
                both[name] = mine[name]
                self.collisions.append(Collision(key, name, base[name], theirs[name], mine[name]))
        return both

    def _take(self, key: str, part: Part | None) -> None:
        if part is not None:
            self._parts[key] = part

    def _keep_lanes_with_items(self) -> None:
        lanes = {part["lane"] for key, part in self._parts.items() if kind_of(key) == "item"}
        # Where an item collides by its lane, either answer must find the lane there.
        lanes |= {lane for each in self.collisions if each.field == "lane" for lane in (each.theirs, each.mine)}
        wanted = {f"lane:{lane}" for lane in lanes}
        for key in sorted(wanted - set(self._parts)):
            base, theirs, mine = (document.parts.get(key) for document in (self.base, self.theirs, self.mine))
            self.collisions.append(Collision(key, "", base, theirs, mine))
            self._take(key, mine or theirs or base)

    def settle(self, answers: Mapping[str, str]) -> Document:
        """The merged document, with `answers` (MINE or THEIRS by a collision's name) for what collided.

        What is not answered stays as mine. Items whose lane goes fall to the goals, or to the soil below ground.
        """
        parts = dict(self._parts)
        gone: dict[str, bool] = {}  # lane → whether it lay above the ground
        for collision in self.collisions:
            side = self.theirs if answers.get(collision.name) == THEIRS else self.mine
            chosen = side.parts.get(collision.key)
            if collision.field:
                if collision.key in parts:
                    value = (chosen or {}).get(collision.field, parts[collision.key][collision.field])
                    parts[collision.key] = {**parts[collision.key], collision.field: value}
            elif chosen is None:
                dropped = parts.pop(collision.key, None)
                if kind_of(collision.key) == "lane" and dropped:
                    gone[id_of(collision.key)] = bool(dropped["above"])
            else:
                parts[collision.key] = chosen
        for key, part in parts.items():
            if kind_of(key) == "item" and part["lane"] in gone:
                falls_to = LaneKind.GOALS if gone[part["lane"]] else LaneKind.SOIL
                parts[key] = {**part, "lane": falls_to.value}
        return Document(parts)
