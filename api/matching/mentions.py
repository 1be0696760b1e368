"""Holds how phrases are found in the pieces of a text: in any order, near one another, most of their words at least."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from api.matching.index import DENIAL, LEAST_OF_PHRASE, RARE, Index, Need, Phrase
from api.matching.pieces import COMMA, STOP, Piece

MOST_FOREIGN: Final = 3
"""The most words of other meaning that may stand between those of a phrase."""
LEAST_WHOLE: Final = 0.7
"""The least confidence where every word of a phrase is there."""
_DENIAL_REACH: Final = 5
_LITERAL_REACH: Final = 8
_FOREIGN_COST: Final = 0.03
_SLIP_COST: Final = 0.1
_ACROSS_COST: Final = 0.1
_SURE_ACROSS: Final = 3
_LEAST_PART: Final = 0.5
_PART_WORTH: Final = 0.19


class Mention(NamedTuple):
    """One place where a text may name a finding."""

    finding: str
    first: int
    last: int
    """The first and the last piece."""
    used: tuple[int, ...]
    """The pieces that fit, in order."""
    confidence: float
    whole: bool
    """Whether every word of the phrase is there."""
    named: bool
    """Whether the phrase is the finding's name."""


class Units(NamedTuple):
    """How the pieces of a text hang together."""

    clause: tuple[int, ...]
    """The clause of each piece, counted from 0; a comma, a stop or a contrast begins one."""
    sentence: tuple[int, ...]
    """The sentence of each piece; a stop or a contrast begins one."""


def units_of(pieces: Sequence[Piece]) -> Units:
    """Part the pieces of a text into clauses and sentences."""
    clause = sentence = -1
    clauses: list[int] = []
    sentences: list[int] = []
    for place, piece in enumerate(pieces):
        contrast = "contrasts" in piece.roles
        anew = "and" in piece.roles and not {"subject", "owns"}.isdisjoint(
            pieces[place + 1].roles if place + 1 < len(pieces) else ()
        )
        sentence += not sentences or piece.gap >= STOP or contrast
        clause += not clauses or piece.gap >= COMMA or contrast or anew
        clauses.append(clause)
        sentences.append(sentence)
    return Units(tuple(clauses), tuple(sentences))


def mentions_in(pieces: Sequence[Piece], units: Units, index: Index) -> list[Mention]:
    """Find every mention of a finding, whole or in part.

    It is looked for in each clause first; what is whole in none of a sentence is looked for across its commas.
    """
    found: list[Mention] = []
    text = _text(pieces, index.cues.having)
    for first, end in _runs(units.sentence):
        clauses = [(first + start, first + stop) for start, stop in _runs(units.clause[first:end])]
        inner = [mention for start, stop in clauses for mention in _within(text, start, stop, index)]
        found += inner
        if len(clauses) > 1:
            whole = {mention.finding for mention in inner if mention.whole}
            found += [
                _across(mention)
                for mention in _within(text, first, end, index)
                if mention.whole and mention.finding not in whole and _is_affirmed(text, mention)
            ]
    return found


def _across(mention: Mention) -> Mention:
    """Give a mention that reaches over a comma: less sure, and of two words only a part."""
    if len(mention.used) < _SURE_ACROSS:
        return mention._replace(confidence=_LEAST_PART + _PART_WORTH, whole=False)
    return mention._replace(confidence=max(LEAST_WHOLE, round(mention.confidence - _ACROSS_COST, 2)))


def thinned(found: Sequence[Mention], index: Index) -> list[Mention]:
    """Keep of overlapping mentions of one finding the fullest, and drop what a fuller one of another says as well."""
    best: list[Mention] = []
    taken: dict[str, set[int]] = {}
    for mention in sorted(found, key=lambda one: (-one.whole, -len(one.used), -one.confidence, -one.named, one.first)):
        places = taken.setdefault(mention.finding, set())
        if places.isdisjoint(mention.used):
            places.update(mention.used)
            best.append(mention)
    whole: dict[int, list[Mention]] = {}
    for mention in best:
        for place in mention.used if mention.whole else ():
            whole.setdefault(place, []).append(mention)
    return [mention for mention in best if not _said_by(mention, whole.get(mention.used[0], ()), index)]


def _said_by(mention: Mention, others: Iterable[Mention], index: Index) -> bool:
    """Tell whether another mention holds all that this one does: a part of it, or the parent of what it names."""
    used = set(mention.used)
    return any(
        other.finding != mention.finding
        and used <= set(other.used)
        and (not mention.whole or mention.finding in index.ancestors[other.finding])
        for other in others
    )


class _Text(NamedTuple):
    """The pieces of a text with what every search in them needs."""

    pieces: Sequence[Piece]
    contents: Sequence[int]
    """How many pieces with a term stand before each place."""
    after: Sequence[int]
    """The next piece with a term, at or after each place."""
    having: AbstractSet[str]
    """The words that may stand between those of a phrase that must stand as it is written."""
    places: Mapping[str, Sequence[int]]
    """Where each term stands, in order; under `DENIAL` what denies."""


def _text(pieces: Sequence[Piece], having: AbstractSet[str]) -> _Text:
    contents = [0]
    places: dict[str, list[int]] = {}
    for place, piece in enumerate(pieces):
        contents.append(contents[-1] + bool(piece.term))
        if piece.term:
            places.setdefault(piece.term, []).append(place)
        elif not piece.roles.isdisjoint(("denies", "cannot")):
            places.setdefault(DENIAL, []).append(place)
    after = [len(pieces)] * (len(pieces) + 1)
    for place in range(len(pieces) - 1, -1, -1):
        after[place] = place if pieces[place].term else after[place + 1]
    return _Text(pieces, contents, after, having, places)


def _is_affirmed(text: _Text, mention: Mention) -> bool:
    """Tell whether no denial stands inside a mention without being part of it."""
    denials = text.places.get(DENIAL, ())
    inside = denials[bisect_left(denials, mention.first) : bisect_right(denials, mention.last)]
    return set(inside) <= set(mention.used)


def _runs(marks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the start and the end of each run of equal marks."""
    start = 0
    for place in range(1, len(marks) + 1):
        if place == len(marks) or marks[place] != marks[start]:
            yield start, place
            start = place


def _within(text: _Text, first: int, end: int, index: Index) -> Iterator[Mention]:
    here = {piece.term for piece in text.pieces[first:end]}
    denials = text.places.get(DENIAL, ())
    if bisect_left(denials, first) < bisect_left(denials, end):
        here.add(DENIAL)
    numbers = {number for term in here for number in index.anchors.get(term, ())}
    for number in sorted(numbers):
        phrase = index.phrases[number]
        if _may_stand(phrase, here):
            yield from _found(text, first, end, phrase)


def _may_stand(phrase: Phrase, here: AbstractSet[str]) -> bool:
    """Tell whether enough of a phrase is among some terms; one word of several is enough only where it is rare."""
    weights = [need.weight for need in phrase.needs if need.term in here]
    if len(weights) < len(phrase.needs):
        if len(weights) == 1 and weights[0] < RARE:
            return False
        if any(need.term == DENIAL for need in phrase.needs) and DENIAL not in here:
            return False
    return sum(weights) >= LEAST_OF_PHRASE * phrase.weight


def _found(text: _Text, first: int, end: int, phrase: Phrase) -> Iterator[Mention]:
    """Give each whole mention of a phrase; where there is none, the fullest part of one."""
    needs = {need.term: need for need in phrase.needs}
    hits = sorted(
        (place, term) for term, need in needs.items() for place in _places(text, first, end, need, needs)
    )  # fmt: skip
    latest: dict[str, int] = {}
    any_whole = False
    for place, term in hits:
        latest[term] = place
        if len(latest) < len(needs):
            continue
        used = tuple(sorted(latest.values()))
        foreign = text.contents[used[-1] + 1] - text.contents[used[0]] - len(used) + (DENIAL in needs)
        if foreign <= MOST_FOREIGN and _stands(text, used, phrase):
            if DENIAL in needs:
                used = _with_denials(text, used)
            yield _mention(text, phrase, used, foreign, 1.0)
            latest = {}
            any_whole = True
    if hits and not any_whole and (best := _fullest(text, hits, needs)):
        share = sum(needs[text_term].weight for text_term, _ in best) / phrase.weight
        if (
            share >= LEAST_OF_PHRASE
            and (len(best) > 1 or needs[best[0][0]].weight >= RARE)
            and (DENIAL not in needs or any(term == DENIAL for term, _ in best))
        ):
            yield _mention(text, phrase, tuple(sorted(place for _, place in best)), 0, min(share, 0.99))


def _with_denials(text: _Text, used: tuple[int, ...]) -> tuple[int, ...]:
    """Add every denial that stands before a piece of a mention: in "not waking or not responding" both are of it."""
    denials = text.places[DENIAL]
    near = denials[bisect_left(denials, used[0] - _DENIAL_REACH) : bisect_right(denials, used[-1])]
    own = {place for place in near if text.after[place] in used and text.after[place] - place <= 2}  # noqa: PLR2004
    return tuple(sorted({*used, *own}))


def _places(text: _Text, first: int, end: int, need: Need, needs: Mapping[str, Need]) -> Iterator[int]:
    """Give where a need is met.

    An amount must be large or small enough; a denial must deny a word of the phrase.
    """
    listed = text.places.get(need.term, ())
    for place in listed[bisect_left(listed, first) : bisect_left(listed, end)]:
        piece = text.pieces[place]
        if need.term == DENIAL:
            follows = text.after[place]
            if follows < end and follows - place <= _DENIAL_REACH and text.pieces[follows].term in needs:
                yield place
        elif need.measure is None or _suffices(piece.value, need):
            yield place


def _suffices(value: float, need: Need) -> bool:
    return value <= need.value if need.measure == "within" else value >= need.value


def _stands(text: _Text, used: tuple[int, ...], phrase: Phrase) -> bool:
    """Tell whether a phrase that one term carries stands there as it is written."""
    if not phrase.literal:
        return True
    size = len(phrase.literal)
    near = text.pieces[max(0, used[0] - _LITERAL_REACH) : used[0] + _LITERAL_REACH]
    words = tuple(piece.term or piece.folded for piece in near if piece.folded not in text.having)
    return any(words[start : start + size] == phrase.literal for start in range(len(words)))


def _fullest(text: _Text, hits: Sequence[tuple[int, str]], needs: Mapping[str, Need]) -> list[tuple[str, int]]:
    """Give the heaviest set of different needs that stand near one another."""
    best: list[tuple[str, int]] = []
    best_weight = 0.0
    start = 0
    for place, (last, _) in enumerate(hits):
        while text.contents[last] - text.contents[hits[start][0]] > len(needs) + MOST_FOREIGN:
            start += 1
        found = {term: at for at, term in hits[start : place + 1]}
        weight = sum(needs[term].weight for term in found)
        if weight > best_weight:
            best, best_weight = list(found.items()), weight
    return best


def _mention(text: _Text, phrase: Phrase, used: tuple[int, ...], foreign: int, share: float) -> Mention:
    slips = sum(text.pieces[place].slip for place in used)
    whole = share == 1.0
    confidence = max(LEAST_WHOLE, 1 - _FOREIGN_COST * foreign - _SLIP_COST * slips) if whole else (
        _LEAST_PART + _PART_WORTH * (share - LEAST_OF_PHRASE) / (1 - LEAST_OF_PHRASE)
    )  # fmt: skip
    return Mention(phrase.finding, used[0], used[-1], used, round(confidence, 2), whole, phrase.named)
