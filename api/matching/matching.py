"""Holds the matching itself: a text to candidate findings and numbers. It proposes; whoever calls confirms.

A finding is proposed absent only where the denial is clear and of its whole name, and a gate never: a gate stands for
all its children, and a person who denies a word has not denied each of them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from api.matching.denying import Denial, answer_to, denial_of
from api.matching.doubts import Context, context_of, doubts_of, person_of
from api.matching.index import RARE, Index, lookup
from api.matching.keys import key_mentions
from api.matching.measuring import Told, numbers_told
from api.matching.mentions import LEAST_WHOLE, Mention, mentions_in, thinned, units_of
from api.matching.pieces import QUESTION, Line, Piece, line_of, pieces_of
from schemas.content import Finding
from schemas.matches import Doubt, FindingMatch, MeasurementMatch, Span

Proposal = Literal["present", "ask", "absent"]
_GRAVEST_FIRST: Final[tuple[Proposal, ...]] = ("present", "ask", "absent")
LEAST_TO_DENY: Final = 0.9
"""The least confidence of a finding that may be proposed absent."""


class Reading(NamedTuple):
    """A mention, and how it is taken."""

    mention: Mention
    denial: Denial
    doubts: frozenset[Doubt]
    proposal: Proposal


class Matches(NamedTuple):
    """What a text was found to say."""

    findings: tuple[FindingMatch, ...]
    measurements: tuple[MeasurementMatch, ...]
    not_understood: tuple[Span, ...]


def match(text: str, known: Index, findings: Mapping[str, Finding], readable: frozenset[str]) -> Matches:
    """Match a text; `findings` are those of the content by id, `readable` those that may be proposed.

    The time it takes grows with the length of the text: a few milliseconds for 500 characters.
    """
    line = line_of(text)
    pieces = pieces_of(line, known.tables, lookup(known))
    units = units_of(pieces)
    mentions = thinned([one for one in mentions_in(pieces, units, known) if one.finding in readable], known)
    named = {one.finding for one in mentions}
    mentions += [one for one in key_mentions(pieces, units, mentions, known) if one.finding in readable - named]
    mentions.sort(key=lambda one: (one.first, one.last, one.finding))
    context = context_of(pieces, units, mentions, known, ends_asking=line.gaps[-1:] == (QUESTION,))
    by_finding: dict[str, list[Reading]] = {}
    for reading in _readings(mentions, context):
        by_finding.setdefault(reading.mention.finding, []).append(reading)
    found = [_match(findings[name], readings, context) for name, readings in by_finding.items()]
    found.sort(key=lambda one: (-one.confidence, not one.emergency_sign, one.spans[0].start, one.finding))
    told = [(one, _place_of(one, line, pieces)) for one in numbers_told(line, known.numbers)]
    told = [(one, place) for one, place in told if one.finding.id in readable]
    used = {place for one in (*mentions, *(place for _, place in told)) for place in one.used}
    return Matches(tuple(found), tuple(_measurements(told, context)), tuple(_not_understood(pieces, used)))


def _readings(mentions: Sequence[Mention], context: Context) -> list[Reading]:
    """Tell how each mention is to be taken, in the order of the text."""
    persons = {person_of(mention, context) for mention in mentions if mention.whole}
    readings: list[Reading] = []
    denials: dict[int, Denial] = {}
    for mention in mentions:
        doubts = doubts_of(mention, context)
        denial = denial_of(mention, context, denials.get(context.units.clause[mention.first] - 1, "none"))
        answer = answer_to(mention, context)
        if answer:
            doubts.discard("asked")
            denial = denial if answer == "yes" else "clear" if denial == "none" else "unclear"
        if mention.whole:
            denials[context.units.clause[mention.last]] = denial
        if person_of(mention, context) == "child" and "self" in persons:
            doubts.add("other_person")
        doubts |= _doubts_of_words(mention, context)
        if denial == "unclear":
            doubts.add("unclear")
        readings.append(Reading(mention, denial, frozenset(doubts), _proposal(mention, denial, doubts, context)))
    return readings


def _doubts_of_words(mention: Mention, context: Context) -> set[Doubt]:
    """Give what is doubtful about the very words of a mention."""
    doubts: set[Doubt] = set()
    if not context.known.cues.light:
        doubts.add("language")
    if not mention.whole:
        doubts.add("partly")
    if len(mention.used) == 1 and context.pieces[mention.first].slip:
        doubts.add("spelling")
    used = set(mention.used)
    family = context.known.ancestors[mention.finding]
    others = context.holders.get(mention.first, ())
    if any(used < set(other.used) and other.finding not in family for other in others):
        doubts.add("another_word")
    return doubts


def _proposal(mention: Mention, denial: Denial, doubts: set[Doubt], context: Context) -> Proposal:
    if doubts:
        return "ask"
    if denial == "none":
        return "present" if mention.confidence >= LEAST_WHOLE else "ask"
    sure = denial == "clear" and mention.named and mention.confidence >= LEAST_TO_DENY
    sure = sure and person_of(mention, context) == "self"
    return "absent" if sure and mention.finding not in context.known.gates else "ask"


def _match(finding: Finding, readings: Sequence[Reading], context: Context) -> FindingMatch:
    """Make one proposal of all mentions of a finding: one that affirms it outweighs any that denies it."""
    known = context.known
    propose = min((one.proposal for one in readings), key=_GRAVEST_FIRST.index)
    deciding = max((one for one in readings if one.proposal == propose), key=lambda one: one.mention.confidence)
    denied = all(one.denial in {"denied", "clear"} for one in readings)
    doubts = set(deciding.doubts)
    if propose == "absent" and _is_spoken_of_elsewhere(finding.id, readings, context):
        propose = "ask"
    if propose == "ask" and not doubts:
        doubts.add("gate" if denied and finding.id in known.gates else "unclear")
    spans = [_span(one.mention, context.pieces) for one in readings]
    return FindingMatch(
        finding=finding.id,
        question=finding.question,
        propose=propose,
        denied=denied,
        confidence=deciding.mention.confidence,
        emergency_sign=finding.id in known.emergency,
        spans=tuple(dict.fromkeys(spans)),
        doubts=tuple(sorted(doubts)),
    )


def _is_spoken_of_elsewhere(name: str, readings: Sequence[Reading], context: Context) -> bool:
    """Tell whether words of a denied finding stand anywhere else in the text too."""
    own = {place for one in readings for place in one.mention.used}
    terms = {term for term in context.known.own[name] if context.known.weights[term] >= RARE}
    return any(piece.term in terms for place, piece in enumerate(context.pieces) if place not in own)


def _place_of(told: Told, line: Line, pieces: Sequence[Piece]) -> Mention:
    """Give the pieces that tell a number, in the form of a mention, so that it is read by the same cues."""
    start, end = line.words[told.first].start, line.words[told.last].end
    first = bisect_right(pieces, start, key=lambda one: one.end)
    last = min(len(pieces), first + told.last - told.first + 1)
    used = [place for place in range(first, last) if pieces[place].start < end]
    return Mention(told.finding.id, used[0], used[-1], tuple(used), 1.0, whole=True, named=True)


def _measurements(told: Sequence[tuple[Told, Mention]], context: Context) -> Iterator[MeasurementMatch]:
    """Give each number once; where a text gives several for one finding, all of them are to be asked."""
    values: dict[tuple[str, float], list[tuple[Told, Mention]]] = {}
    for one, place in told:
        values.setdefault((one.finding.id, one.value), []).append((one, place))
    for (name, value), found in sorted(values.items(), key=lambda one: one[0]):
        doubts: set[Doubt] = {"unclear"} if sum(other == name for other, _ in values) > 1 else set()
        for one, place in found:
            doubts |= doubts_of(place, context) | ({"unsure"} if one.rough else set())
            if denial_of(place, context, "none") != "none" or _has_owner(place, context):
                doubts.add("unclear")
        yield MeasurementMatch(
            finding=name,
            question=found[0][0].finding.question,
            value=value,
            propose="ask" if doubts else "measurement",
            spans=tuple(_span(place, context.pieces) for _, place in found),
            doubts=tuple(sorted(doubts)),
        )


def _has_owner(mention: Mention, context: Context) -> bool:
    """Tell whether a thing that is no finding follows an age: "my three year old mattress"."""
    after = context.pieces[mention.last + 1 : mention.last + 2]
    return mention.last + 1 not in context.holders and any(
        piece.term and not (piece.gap or piece.roles or piece.measure) for piece in after
    )


def _span(mention: Mention, pieces: Sequence[Piece]) -> Span:
    return Span(start=pieces[mention.first].start, end=pieces[mention.last].end)


def _not_understood(pieces: Sequence[Piece], used: set[int]) -> Iterator[Span]:
    """Give the words of weight that nothing used, neighbours as one."""
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
