"""Holds the matching itself: a text to candidate findings and numbers. It proposes; whoever calls confirms.

Denied findings are proposed absent only where the denial is clear and of the finding's whole name, and never for a
gate: a gate stands for all its children, and a person who denies a word has not denied each of them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from api.matching.doubts import Context, Denial, Reading, context_of, reading_of
from api.matching.index import RARE, Index, lookup
from api.matching.keys import key_mentions
from api.matching.mentions import LEAST_WHOLE, Mention, mentions_in, units_of
from api.matching.measuring import Told, numbers_told
from api.matching.pieces import QUESTION, Line, Piece, line_of, pieces_of
from schemas.matches import Doubt, FindingMatch, MeasurementMatch, Span

LEAST_TO_DENY: Final = 0.9
"""The least confidence of a finding that may be proposed absent."""


class Read(NamedTuple):
    """A mention and how it is taken."""

    mention: Mention
    reading: Reading
    doubts: frozenset[Doubt]


class Matches(NamedTuple):
    """What a text was found to say."""

    findings: tuple[FindingMatch, ...]
    measurements: tuple[MeasurementMatch, ...]
    not_understood: tuple[Span, ...]


def match(text: str, index: Index, questions: Mapping[str, str], readable: frozenset[str]) -> Matches:
    """Match a text; `questions` are those of the findings, `readable` the findings that may be proposed."""
    line = line_of(text)
    pieces = pieces_of(line, index.tables, lookup(index))
    units = units_of(pieces)
    found = [one for one in mentions_in(pieces, units, index) if one.finding in readable]
    mentions = _thinned(found, index)
    named = {one.finding for one in mentions}
    mentions += [
        one for one in key_mentions(pieces, units, mentions, index) if one.finding in readable - named
    ]
    mentions.sort(key=lambda one: (one.first, one.last, one.finding))
    context = context_of(pieces, units, mentions, index, ends_asking=line.gaps[-1] == QUESTION)
    read = _read(mentions, context)
    by_finding: dict[str, list[Read]] = {}
    for one in read:
        by_finding.setdefault(one.mention.finding, []).append(one)
    matches = [_match(name, reads, pieces, context, questions[name]) for name, reads in by_finding.items()]
    matches.sort(key=lambda one: (-one.confidence, not one.emergency_sign, one.spans[0].start, one.finding))
    told = [one for one in numbers_told(line, index.numbers) if one.finding.id in readable]
    places = [_places(one, line, pieces) for one in told]
    return Matches(
        tuple(matches),
        tuple(_measured(told, places, pieces, context)),
        tuple(_not_understood(pieces, {place for one in (*mentions, *places) for place in one.used})),
    )


def _places(told: Told, line: Line, pieces: Sequence[Piece]) -> Mention:
    """Give the pieces that tell a number, in the form of a mention, so that it is read by the same cues."""
    start, end = line.words[told.first].start, line.words[told.last].end
    used = tuple(
        place for place in range(bisect_right(pieces, start, key=lambda one: one.end), len(pieces))
        if pieces[place].start < end
    )  # fmt: skip
    return Mention(told.finding.id, used[0], used[-1], used, 1.0, whole=True, named=True)


def _measured(
    told: Sequence[Told], places: Sequence[Mention], pieces: Sequence[Piece], context: Context
) -> Iterable[MeasurementMatch]:
    """Give each number once; where a text gives several for one finding, all of them are to be asked."""
    values = {(one.finding.id, one.value) for one in told}
    for name, value in sorted(values):
        spans = []
        doubts: set[Doubt] = {"unclear"} if sum(other == name for other, _ in values) > 1 else set()
        for one, mention in zip(told, places, strict=True):
            if (one.finding.id, one.value) == (name, value):
                reading = reading_of(mention, context, "none")
                doubts |= reading.doubts | ({"unsure"} if one.rough else set())
                doubts |= {"unclear"} if reading.denial != "none" or _has_owner(mention, context) else set()
                spans.append(Span(start=pieces[mention.first].start, end=pieces[mention.last].end))
        question = next(one.finding.question for one in told if one.finding.id == name)
        yield MeasurementMatch(
            finding=name,
            question=question,
            value=value,
            propose="ask" if doubts else "measurement",
            spans=tuple(spans),
            doubts=tuple(sorted(doubts)),
        )


def _thinned(found: Sequence[Mention], index: Index) -> list[Mention]:
    """Keep of overlapping mentions of one finding the fullest, and drop parts of what is named in whole."""
    best: list[Mention] = []
    taken: dict[str, set[int]] = {}
    for mention in sorted(found, key=lambda one: (-one.whole, -len(one.used), -one.confidence, -one.named, one.first)):
        places = taken.setdefault(mention.finding, set())
        if places.isdisjoint(mention.used):
            places.update(mention.used)
            best.append(mention)
    whole_at: dict[int, list[Mention]] = {}
    for mention in best:
        if mention.whole:
            for place in mention.used:
                whole_at.setdefault(place, []).append(mention)
    kept = [mention for mention in best if not _eclipsed(mention, whole_at.get(mention.used[0], ()), index)]
    return kept


def _eclipsed(mention: Mention, others: Iterable[Mention], index: Index) -> bool:
    """Tell whether a fuller mention says all that this one does: a part, or the parent of what is named."""
    used = set(mention.used)
    for other in others:
        if other.finding != mention.finding and used <= set(other.used):
            if not mention.whole:
                return True
            if mention.finding in index.ancestors[other.finding]:
                return True
    return False


def _read(mentions: Sequence[Mention], context: Context) -> list[Read]:
    whole_at: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.whole:
            for place in mention.used:
                whole_at.setdefault(place, []).append(mention)
    read: list[Read] = []
    denials: dict[int, Denial] = {}
    for mention in mentions:
        clause = context.units.clause[mention.first]
        reading = reading_of(mention, context, denials.get(clause - 1, "none"))
        if mention.whole:
            denials[context.units.clause[mention.last]] = reading.denial
        doubts = set(reading.doubts)
        if not mention.whole:
            doubts.add("partly")
        if len(mention.used) == 1 and context.pieces[mention.first].slip:
            doubts.add("spelling")
        if _is_part(mention, whole_at, context.index):
            doubts.add("another_word")
        if context.index.cues.light == frozenset():
            doubts.add("language")
        read.append(Read(mention, reading, frozenset(doubts)))
    persons = {one.reading.person for one in read if one.mention.whole}
    if {"self", "child"} <= persons:
        read = [
            one._replace(doubts=one.doubts | {"other_person"}) if one.reading.person == "child" else one for one in read
        ]
    return read


def _is_part(mention: Mention, whole_at: Mapping[int, Sequence[Mention]], index: Index) -> bool:
    """Tell whether the words of a mention are part of a longer one: "calf pain" in "calf pain when walking"."""
    return any(
        set(mention.used) < set(other.used) and other.finding not in index.ancestors[mention.finding]
        for other in whole_at.get(mention.used[0], ())
    )


def _proposal(one: Read, index: Index) -> str:
    mention, reading, doubts = one
    if doubts:
        return "ask"
    if reading.denial == "none":
        return "present" if mention.confidence >= LEAST_WHOLE else "ask"
    sure = reading.denial == "clear" and mention.named and mention.confidence >= LEAST_TO_DENY
    sure = sure and reading.person == "self"
    return "absent" if sure and mention.finding not in index.gates else "ask"


def _match(name: str, reads: Sequence[Read], pieces: Sequence[Piece], context: Context, question: str) -> FindingMatch:
    index = context.index
    order = ("present", "ask", "absent")
    proposals = {one: _proposal(one, index) for one in reads}
    propose = min(proposals.values(), key=order.index)
    deciding = max((one for one in reads if proposals[one] == propose), key=lambda one: one.mention.confidence)
    denied = all(one.reading.denial in {"denied", "clear"} for one in reads)
    doubts = set(deciding.doubts)
    if propose == "absent" and _speaks_elsewhere(name, reads, context):
        propose = "ask"
        doubts.add("unclear")
    if denied and propose == "ask" and name in index.gates:
        doubts.add("gate")
    if propose == "ask" and not doubts:
        doubts.add("unclear")
    return FindingMatch.model_construct(
        finding=name,
        question=question,
        propose=propose,
        denied=denied,
        confidence=deciding.mention.confidence,
        emergency_sign=name in index.emergency,
        spans=tuple(
            dict.fromkeys(
                Span(start=pieces[one.mention.first].start, end=pieces[one.mention.last].end)
                for one in sorted(reads, key=lambda one: one.mention.first)
            )
        ),
        doubts=tuple(sorted(doubts)),
    )


def _speaks_elsewhere(name: str, reads: Sequence[Read], context: Context) -> bool:
    """Tell whether words of a denied finding stand anywhere else in the text too."""
    own = {place for one in reads for place in one.mention.used}
    terms = {term for term in context.index.own[name] if context.index.weights.get(term, 0.0) >= RARE}
    return any(piece.term in terms for place, piece in enumerate(context.pieces) if place not in own)


def _has_owner(mention: Mention, context: Context) -> bool:
    """Tell whether a thing that is no finding follows an age: "my three year old mattress"."""
    place = mention.last + 1
    if place >= len(context.pieces) or place in context.used:
        return False
    piece = context.pieces[place]
    return bool(piece.term) and not piece.gap and not piece.roles and not piece.measure


def _not_understood(pieces: Sequence[Piece], used: set[int]) -> Iterable[Span]:
    """Give the words of weight that no candidate used, neighbours as one."""
    start: int | None = None
    end = 0
    for place, piece in enumerate(pieces):
        if start is not None and (piece.gap or place in used):
            yield Span(start=start, end=end)
            start = None
        if piece.term and not piece.measure and not piece.roles and place not in used:
            start = piece.start if start is None else start
            end = piece.end
    if start is not None:
        yield Span(start=start, end=end)
