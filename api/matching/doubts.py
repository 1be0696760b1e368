"""Holds what speaks against taking a mention at its word: denials, other people, the past, doubt, questions.

A denial is clear only where every word of its clause is understood; whatever else denies is to be asked.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from api.matching.cues import Cues, Role
from api.matching.index import Index
from api.matching.mentions import Mention, Units
from api.matching.pieces import COMMA, QUESTION, STOP, Piece
from schemas.matches import Doubt

Denial = Literal["none", "unclear", "denied", "clear"]
"""Whether a mention is denied: not, perhaps, surely but with words about it that are not understood, and surely."""

_CUES: Final[dict[Role, Doubt]] = {"unsure": "unsure", "past": "past", "over": "past"}
_REACH: Final = 20
"""How many pieces away a cue may stand from what it speaks of."""
_LONG_AGO: Final = 60 * 1440
"""From how many minutes ago on a finding that asks of no time is of the past."""


class Reading(NamedTuple):
    """How a mention is to be taken."""

    denial: Denial
    doubts: frozenset[Doubt]
    person: Role


class Context(NamedTuple):
    """What stands around the mentions of a text."""

    pieces: Sequence[Piece]
    units: Units
    starts: Sequence[int]
    """The first piece of each clause, and the end of the last."""
    used: frozenset[int]
    """The pieces of whole mentions."""
    mentioned: frozenset[int]
    """The clauses that mention anything."""
    person: Sequence[Role]
    """Whose a finding would be that began at each piece."""
    asked: frozenset[int]
    supposed: frozenset[int]
    cues: Sequence[tuple[int, Doubt | Literal["since"]]]
    """The place of each cue."""
    loose: dict[int, frozenset[Doubt]]
    """For each sentence the doubts of clauses that mention nothing: "Maybe, ..."."""
    ago: Sequence[tuple[int, float]]
    """The place of each time ago, and its minutes."""
    index: Index


def context_of(
    pieces: Sequence[Piece], units: Units, mentions: Sequence[Mention], index: Index, *, ends_asking: bool
) -> Context:
    """Work out once what every mention of a text is read by."""
    starts = [place for place in range(len(pieces)) if not place or units.clause[place] != units.clause[place - 1]]
    mentioned = frozenset(units.clause[place] for mention in mentions for place in mention.used)
    cues = [
        (place, doubt)
        for place, piece in enumerate(pieces)
        for role in sorted(piece.roles)
        if (doubt := "since" if role == "since" else _CUES.get(role))
    ]
    loose: dict[int, frozenset[Doubt]] = {}
    for place, doubt in cues:
        if units.clause[place] not in mentioned and doubt != "since" and "over" not in pieces[place].roles:
            loose[units.sentence[place]] = loose.get(units.sentence[place], frozenset()) | {doubt}
    return Context(
        pieces=pieces,
        units=units,
        starts=(*starts, len(pieces)),
        used=frozenset(place for mention in mentions if mention.whole for place in mention.used),
        mentioned=mentioned,
        person=tuple(_persons(pieces)),
        asked=frozenset(_asked(pieces, units, starts, ends_asking=ends_asking)),
        supposed=frozenset(_supposed(pieces, units)),
        cues=cues,
        loose=loose,
        ago=[(place, piece.value) for place, piece in enumerate(pieces) if piece.measure == "within"],
        index=index,
    )


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
        elif "self" in piece.roles and not ("owns" in piece.roles and _owned(pieces, place)):
            person = "self"


def _owned(pieces: Sequence[Piece], place: int) -> bool:
    """Tell whether what follows "my" is a person."""
    for piece in pieces[place + 1 : place + 5]:
        if piece.gap or "self" in piece.roles:
            return False
        if not piece.roles.isdisjoint(("child", "other")):
            return True
    return False


def _asked(pieces: Sequence[Piece], units: Units, starts: Sequence[int], *, ends_asking: bool) -> Iterator[int]:
    """Give the pieces that stand in a question: from its first cue on, or its last clause where it has none."""
    bounds = [place for place in range(len(pieces)) if not place or pieces[place].gap >= STOP] + [len(pieces)]
    for first, end in zip(bounds, bounds[1:], strict=False):
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


def reading_of(mention: Mention, context: Context, before: Denial) -> Reading:
    """Tell how a mention is to be taken; `before` is the denial of the clause before, which a list carries on."""
    own = set(mention.used)
    doubts: set[Doubt] = set()
    person = context.person[mention.first]
    if any("child" in context.pieces[place].roles for place in own):
        person = "child"
    for place in range(mention.first, mention.last + 1):
        if place not in own and (roles := context.pieces[place].roles & {"other", "child", "self"}):
            person = next(iter(sorted(roles)))
    if person == "other":
        doubts.add("other_person")
    if context.supposed & own:
        doubts.add("supposed")
    answer = _answer(mention, context)
    if context.asked & own and answer == "":
        doubts.add("asked")
    doubts |= _cue_doubts(mention, context)
    denial = _denial(mention, context, before)
    if answer == "no":
        denial = "clear" if denial == "none" else "unclear"
    if denial == "unclear":
        doubts.add("unclear")
    return Reading(denial, frozenset(doubts), person)


def _cue_doubts(mention: Mention, context: Context) -> set[Doubt]:
    clause = context.units.clause[mention.first]
    first = max(context.starts[clause], mention.first - _REACH)
    end = min(context.starts[context.units.clause[mention.last] + 1], mention.last + 1 + _REACH)
    near = {
        doubt
        for place, doubt in context.cues[bisect_left(context.cues, (first, "")) : bisect_left(context.cues, (end, ""))]
        if place not in mention.used
    }
    doubts: set[Doubt] = {doubt for doubt in near if doubt != "since"}
    if any(not context.pieces[place].roles.isdisjoint(("denies", "cannot")) for place in mention.used):
        doubts.discard("past")  # what can no longer be done is so now
    doubts |= context.loose.get(context.units.sentence[mention.first], frozenset())
    since = "since" in near
    window = context.index.windows.get(mention.finding, 0.0)
    for place, minutes in context.ago[bisect_left(context.ago, (first, 0.0)) : bisect_left(context.ago, (end, 0.0))]:
        if place not in mention.used and minutes > (window or _LONG_AGO):
            doubts.add("past")
    if since:
        doubts.discard("past")
    return doubts


def _answer(mention: Mention, context: Context) -> str:
    """Give the "yes" or "no" that answers a mention at the end of its clause: "fever? no"; "" where none does."""
    clause = context.units.clause[mention.last] + 1
    if clause + 1 >= len(context.starts):
        return ""
    first, end = context.starts[clause], context.starts[clause + 1]
    tail = context.pieces[mention.last + 1 : first]
    if any(piece.term for piece in tail) or end - first > 2 or "contrasts" in context.pieces[first].roles:  # noqa: PLR2004
        return ""
    roles = [piece.roles for piece in context.pieces[first:end]]
    if all("answers_no" in one for one in roles):
        return "no"
    return "yes" if all("answers_yes" in one for one in roles) else ""


def _denial(mention: Mention, context: Context, before: Denial) -> Denial:
    pieces = context.pieces
    own = set(mention.used)
    if any(
        "denies" in pieces[place].roles and place not in own for place in range(mention.first + 1, mention.last)
    ):  # fmt: skip
        return "denied" if mention.whole else "unclear"
    clause = context.units.clause[mention.first]
    start = context.starts[clause]
    clear, foreign = True, False
    place = mention.first - 1
    while place >= max(start, mention.first - _REACH):
        piece = pieces[place]
        if place not in context.used:
            if "denies" in piece.roles:
                if foreign or _denied_twice(pieces, start, place) or _compares(context, mention):
                    return "unclear"
                return "clear" if clear and _accounted(context, clause) else "denied"
            if "cannot" in piece.roles:
                return "unclear"
            if not piece.roles.isdisjoint(("parts", "subject", "contrasts")):
                return _after(mention, context)
            if piece.term and "between" not in piece.roles:
                foreign = True
        if "and" in piece.roles:
            clear = False
        place -= 1
    bare = place < start and all(
        one in context.used or pieces[one].roles & {"or", "and", "between"} for one in range(start, mention.first)
    )
    if bare and before in {"denied", "clear"} and pieces[start].gap == COMMA:
        closed = any("or" in piece.roles for piece in pieces[start : mention.last + _REACH])
        return before if closed else "unclear"
    return _after(mention, context)


def _denied_twice(pieces: Sequence[Piece], start: int, place: int) -> bool:
    """Tell whether a denial is itself denied: "not without"."""
    while place > start and not pieces[place - 1].term:
        place -= 1
        if "denies" in pieces[place].roles and "or" not in pieces[place].roles:
            return True
    return False


def _compares(context: Context, mention: Mention) -> bool:
    """Tell whether a comparison follows: "never had chest pain like this" denies none."""
    end = min(context.starts[context.units.clause[mention.last] + 1], mention.last + 1 + _REACH)
    return any("compares" in piece.roles for piece in context.pieces[mention.last + 1 : end])


def _after(mention: Mention, context: Context) -> Denial:
    """Tell whether a mention is denied by what follows it: "chest pain is not there"."""
    end = context.starts[context.units.clause[mention.last] + 1]
    tail = context.pieces[mention.last + 1 : end]
    if len(tail) > _REACH or not any("denies" in piece.roles for piece in tail):
        return "none"
    said = [piece for piece in tail if piece.term and "closes" not in piece.roles]
    return "none" if said else "denied"


def _accounted(context: Context, clause: int) -> bool:
    """Tell whether every word of a clause is understood, and only one denies."""
    denials = 0
    cues: Cues = context.index.cues
    for place in range(context.starts[clause], context.starts[clause + 1]):
        piece = context.pieces[place]
        if place in context.used:
            continue
        if "or" in piece.roles or "closes" in piece.roles:
            continue
        if "denies" in piece.roles:
            denials += 1
        elif piece.folded not in cues.having:
            return False
    return denials == 1
