"""Holds what denies a mention, and how clearly. A denial is clear only where every word of its clause is understood.

A denial reaches over light words, and on over what is joined by "or"; it ends at a stop, a comma, "but", "because" and
where a new statement begins. A list that follows it after a comma is denied with it only where "or" closes the list.
"""

from collections.abc import Sequence
from typing import Literal

from api.matching.doubts import REACH, Context
from api.matching.mentions import Mention
from api.matching.pieces import COMMA, STOP, Piece

Denial = Literal["none", "unclear", "denied", "clear"]
"""Whether a mention is denied: not; perhaps; surely, but in words that are not all understood; surely."""
Answer = Literal["", "yes", "no"]


def answer_to(mention: Mention, context: Context) -> Answer:
    """Give the "yes" or "no" that answers a mention at the end of its clause, as in "fever? no"; "" where none does."""
    clause = context.units.clause[mention.last] + 1
    if clause + 1 >= len(context.starts):
        return ""
    first, end = context.starts[clause], context.starts[clause + 1]
    after = context.pieces[mention.last + 1 : min(first, mention.last + REACH)]
    answer = context.pieces[first : min(end, first + REACH)]
    if any(piece.term for piece in after) or "contrasts" in answer[0].roles:
        return ""
    if all("answers_no" in piece.roles for piece in answer):
        return "no"
    return "yes" if all("answers_yes" in piece.roles for piece in answer) else ""


def denial_of(mention: Mention, context: Context, before: Denial) -> Denial:
    """Tell whether a mention is denied; `before` is the denial of the last mention of the clause before it."""
    inside = set(range(mention.first + 1, mention.last)) - set(mention.used)
    if any("denies" in context.pieces[place].roles for place in inside):
        return "denied" if mention.whole else "unclear"
    found = _denial_before(mention, context)
    start, _ = context.clause_of(mention)
    if found == "none" and before in {"denied", "clear"} and _continues(context, start, mention):
        return before if _closes(context, start) else "unclear"
    found = _denial_after(mention, context) if found == "none" else found
    impaired = any(not context.pieces[place].roles.isdisjoint(("denies", "cannot")) for place in mention.used)
    return "unclear" if impaired and found != "none" else found  # "not without being unable to" is beyond us


def _denial_before(mention: Mention, context: Context) -> Denial:
    """Tell whether a mention is denied by what stands before it in its clause, the nearest first."""
    start, _ = context.clause_of(mention)
    clear = True
    foreign = False
    for place in range(mention.first - 1, max(start, mention.first - REACH) - 1, -1):
        piece = context.pieces[place]
        clear = clear and "and" not in piece.roles
        if place in context.holders:
            continue
        if "denies" in piece.roles:
            if foreign or _twice(context.pieces, start, place) or _compared(context, mention):
                return "unclear"
            return "clear" if clear and _accounted_for(context, mention) else "denied"
        if "cannot" in piece.roles:
            return "unclear"
        if not piece.roles.isdisjoint(("parts", "subject", "contrasts")):
            break
        foreign = foreign or bool(piece.term and "between" not in piece.roles)
    return "none"


def _twice(pieces: Sequence[Piece], start: int, place: int) -> bool:
    """Tell whether a denial is itself denied: "not without"."""
    for before in range(place - 1, max(start, place - REACH) - 1, -1):
        if pieces[before].term:
            return False
        if "denies" in pieces[before].roles and "or" not in pieces[before].roles:
            return True
    return False


def _compared(context: Context, mention: Mention) -> bool:
    """Tell whether a comparison or an exception follows: "never had chest pain like this" denies none."""
    _, end = context.clause_of(mention)
    after = context.pieces[mention.last + 1 : min(end + 1, mention.last + REACH)]
    return any("compares" in piece.roles for piece in after)


def _accounted_for(context: Context, mention: Mention) -> bool:
    """Tell whether every word of a mention's clause is understood, and only one denies.

    What belongs to another mention is understood, unless the two share a word; a time ("today") denies no more than it.
    """
    own = set(mention.used)
    denials = 0
    for place in range(*context.clause_of(mention)):
        piece = context.pieces[place]
        if piece.measure == "within" and place not in own:
            return False
        if place in context.holders:
            if not all(own.isdisjoint(other.used) or own == set(other.used) for other in context.holders[place]):
                return False
        elif "denies" in piece.roles:
            denials += "or" not in piece.roles
        elif piece.folded not in context.known.cues.having and piece.roles.isdisjoint(("or", "closes")):
            return False
    return denials == 1


def _continues(context: Context, start: int, mention: Mention) -> bool:
    """Tell whether a mention is a bare entry of a list: a comma, and nothing but other entries, "or" and "and"."""
    return context.pieces[start].gap == COMMA and all(
        place in context.holders or context.pieces[place].roles & {"or", "and"} for place in range(start, mention.first)
    )


def _closes(context: Context, start: int) -> bool:
    """Tell whether "or" joins the last entry of the list that goes on at a piece, and nothing follows it.

    An "or" inside the name of a finding joins none.
    """
    within = -1
    joined = False
    for place in range(start, min(len(context.pieces), start + REACH)):
        piece = context.pieces[place]
        if place > start and piece.gap >= STOP:
            break
        if place in context.holders:
            within = max(within, *(other.last for other in context.holders[place]))
        elif place > within:
            if piece.roles.isdisjoint(("or", "and", "closes")):
                return False
            joined = joined or "or" in piece.roles
    return joined


def _denial_after(mention: Mention, context: Context) -> Denial:
    """Tell whether a mention is denied by what follows it, as in "chest pain is not there"; never clearly so."""
    _, end = context.clause_of(mention)
    after = context.pieces[mention.last + 1 : min(end, mention.last + REACH)]
    if mention.last + REACH < end or not any("denies" in piece.roles for piece in after):
        return "none"
    return "none" if any(piece.term and "closes" not in piece.roles for piece in after) else "denied"
