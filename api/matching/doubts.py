"""Holds what speaks against taking a mention at its word: other people, the past, doubt, suppositions, questions."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from api.matching.cues import Role
from api.matching.index import Index
from api.matching.mentions import Mention, Units
from api.matching.pieces import QUESTION, STOP, Piece
from schemas.matches import Doubt

REACH: Final = 20
"""How many pieces away a cue may stand from what it speaks of."""

_CUES: Final[Mapping[Role, Doubt | Literal["since"]]] = {
    "unsure": "unsure",
    "past": "past",
    "over": "past",
    "since": "since",
}
_LONG_AGO: Final = 60.0 * 1440
"""From how many minutes ago on a finding that asks of no time is of the past."""


class Cue(NamedTuple):
    """A word that makes a mention doubtful; `since` takes back that it is of the past."""

    place: int
    doubt: Doubt | Literal["since"]


class Context(NamedTuple):
    """What stands around the mentions of a text."""

    pieces: Sequence[Piece]
    units: Units
    starts: Sequence[int]
    """The first piece of each clause, and the end of the last."""
    holders: Mapping[int, Sequence[Mention]]
    """The whole mentions of each piece that has any."""
    persons: Sequence[Role]
    """Whose a finding would be that began at each piece."""
    asked: frozenset[int]
    supposed: frozenset[int]
    cues: Sequence[Cue]
    loose: Mapping[int, frozenset[Doubt]]
    """For each sentence the doubts of clauses that mention nothing: "Maybe, ..."."""
    ago: Sequence[tuple[int, float]]
    """The place of each time ago, and its minutes."""
    known: Index

    def clause_of(self, mention: Mention) -> tuple[int, int]:
        """Give the first piece of the clause in which a mention begins, and the end of that in which it ends."""
        clause = self.units.clause
        return self.starts[clause[mention.first]], self.starts[clause[mention.last] + 1]


def context_of(
    pieces: Sequence[Piece], units: Units, mentions: Sequence[Mention], known: Index, *, ends_asking: bool
) -> Context:
    """Work out once what every mention of a text is read by."""
    starts = [place for place in range(len(pieces)) if not place or units.clause[place] != units.clause[place - 1]]
    mentioned = {units.clause[place] for mention in mentions for place in mention.used}
    cues = [
        Cue(place, _CUES[role])
        for place, piece in enumerate(pieces)
        for role in sorted(piece.roles)
        if role in _CUES
    ]  # fmt: skip
    loose: dict[int, frozenset[Doubt]] = {}
    for place, doubt in cues:
        if units.clause[place] not in mentioned and doubt != "since" and "over" not in pieces[place].roles:
            loose[units.sentence[place]] = loose.get(units.sentence[place], frozenset()) | {doubt}
    return Context(
        pieces=pieces,
        units=units,
        starts=(*starts, len(pieces)),
        holders=_holders(mentions),
        persons=tuple(_persons(pieces)),
        asked=frozenset(_asked(pieces, units, starts, ends_asking=ends_asking)),
        supposed=frozenset(_supposed(pieces, units)),
        cues=cues,
        loose=loose,
        ago=[(place, piece.value) for place, piece in enumerate(pieces) if piece.measure == "within"],
        known=known,
    )


def _holders(mentions: Sequence[Mention]) -> Mapping[int, Sequence[Mention]]:
    holders: dict[int, list[Mention]] = {}
    for mention in mentions:
        for place in mention.used if mention.whole else ():
            holders.setdefault(place, []).append(mention)
    return holders


def person_of(mention: Mention, context: Context) -> Role:
    """Tell whose finding a mention is: `self`, `child` or `other`."""
    own = set(mention.used)
    if any("child" in context.pieces[place].roles for place in own):
        return "child"
    inside = {
        role
        for place in range(mention.first + 1, mention.last)
        if place not in own
        for role in context.pieces[place].roles
    }
    person: Role
    for person in ("other", "child"):
        if person in inside:
            return person
    return context.persons[mention.first]


def doubts_of(mention: Mention, context: Context) -> set[Doubt]:
    """Give what speaks against taking a mention at its word, whether it is denied or not."""
    own = set(mention.used)
    first, end = context.clause_of(mention)
    first, end = max(first, mention.first - REACH), min(end, mention.last + 1 + REACH)
    doubts: set[Doubt] = set()
    since = False
    for place, doubt in context.cues[bisect_left(context.cues, (first, "")) : bisect_left(context.cues, (end, ""))]:
        if place not in own:
            if doubt == "since":
                since = True
            else:
                doubts.add(doubt)
    doubts |= context.loose.get(context.units.sentence[mention.first], frozenset())
    window = context.known.windows.get(mention.finding, _LONG_AGO)
    for place, minutes in context.ago[bisect_left(context.ago, (first, 0.0)) : bisect_left(context.ago, (end, 0.0))]:
        if place not in own and minutes > window:
            doubts.add("past")
    impaired = any(not context.pieces[place].roles.isdisjoint(("denies", "cannot")) for place in own)
    if since or impaired:  # what has begun, or can no longer be done, is so now
        doubts.discard("past")
    if person_of(mention, context) == "other":
        doubts.add("other_person")
    if context.supposed & own:
        doubts.add("supposed")
    if context.asked & own:
        doubts.add("asked")
    return doubts


def _persons(pieces: Sequence[Piece]) -> Iterator[Role]:
    """Tell before each piece whose findings the text speaks of; it begins with the person's own."""
    person: Role = "self"
    for place, piece in enumerate(pieces):
        yield person
        if "other" in piece.roles:
            person = "other"
        elif "child" in piece.roles:
            person = "child"
        elif "they" in piece.roles:
            person = "other" if person == "self" else person
        elif "self" in piece.roles and not ("owns" in piece.roles and _owns_a_person(pieces, place)):
            person = "self"


def _owns_a_person(pieces: Sequence[Piece], place: int) -> bool:
    """Tell whether what follows "my" is a person."""
    for piece in pieces[place + 1 : place + 5]:
        if piece.gap or "self" in piece.roles:
            return False
        if not piece.roles.isdisjoint(("child", "other")):
            return True
    return False


def _asked(pieces: Sequence[Piece], units: Units, starts: Sequence[int], *, ends_asking: bool) -> Iterator[int]:
    """Give the pieces that stand in a question: from its first cue on, or its last clause where it has none.

    Without a question mark a clause asks where it opens with a cue.
    """
    bounds = [*(place for place in range(len(pieces)) if not place or pieces[place].gap >= STOP), len(pieces)]
    for first, end in pairwise(bounds):
        question = pieces[end].gap == QUESTION if end < len(pieces) else ends_asking
        roles: set[Role] = set()
        asking = opening = False
        for place in range(first, end):
            if place == first or units.clause[place] != units.clause[place - 1]:
                opening, asking = True, asking and question
            roles |= pieces[place].roles
            asking = asking or ("asks" in pieces[place].roles and (question or opening))
            opening = opening and not pieces[place].term
            if asking:
                yield place
        if question and roles.isdisjoint(("asks", "asks_why")):
            yield from range(max(first, starts[bisect_left(starts, end) - 1]), end)


def _supposed(pieces: Sequence[Piece], units: Units) -> Iterator[int]:
    """Give the pieces that follow a supposition in its clause."""
    supposing = False
    for place, piece in enumerate(pieces):
        if place and units.clause[place] != units.clause[place - 1]:
            supposing = False
        supposing = supposing or "supposes" in piece.roles
        if supposing:
            yield place
