"""Holds how the key words of questions are found in what no phrase fits. What they find must always be asked."""

from collections.abc import Iterator, Sequence
from typing import Final

from api.matching.index import Index
from api.matching.mentions import Mention, Units
from api.matching.pieces import Piece

MOST_QUESTIONS: Final = 12
"""A word that more questions than this have says nothing of any."""
_LEAST_WORDS: Final = 2
_MOST_OF_CLAUSE: Final = 2
_LEAST: Final = 0.3
_WORTH: Final = 0.19


def key_mentions(pieces: Sequence[Piece], units: Units, mentions: Sequence[Mention], index: Index) -> Iterator[Mention]:
    """Give for each clause the findings whose questions have most of the words that no phrase has used.

    At least two words must be in the question, and more than half of the clause's own.
    """
    used = {place for mention in mentions for place in mention.used}
    clauses: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        if piece.term and not piece.measure and not piece.roles and place not in used:
            clauses.setdefault(units.clause[place], []).append(place)
    for places in clauses.values():
        yield from _of_clause(pieces, places, index)


def _of_clause(pieces: Sequence[Piece], places: Sequence[int], index: Index) -> Iterator[Mention]:
    terms = {pieces[place].term for place in places}
    hits: dict[str, list[int]] = {}
    for place in places:
        names = index.keys.get(pieces[place].term, ())
        if len(names) <= MOST_QUESTIONS:
            for name in names:
                hits.setdefault(name, []).append(place)
    found: list[Mention] = []
    for name, held in hits.items():
        different = len({pieces[place].term for place in held})
        share = different / len(terms)
        if different >= _LEAST_WORDS and share > 0.5:  # noqa: PLR2004 -- more than half
            confidence = round(_LEAST + _WORTH * share, 2)
            found.append(Mention(name, held[0], held[-1], tuple(held), confidence, whole=False, named=False))
    found.sort(key=lambda one: (-one.confidence, one.finding))
    yield from found[:_MOST_OF_CLAUSE]
