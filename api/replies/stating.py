"""Holds where a reply says what must not be said, and what of it could not be understood."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from api.replies.reading import Reading, Sentence, Span
from api.replies.wording import Language, ReadyStatement
from schemas.words import NotToSayKind

WINDOW: Final = 12
"""How many words before and after a statement an exception may take in."""
_TWICE: Final = frozenset({"not", "no", "never", "why", "without", "nothing"})
"""Words that turn a denial into its opposite: "no reason not to wait"."""
_FEW: Final = 3
_GREETINGS: Final = frozenset({"hi", "hello", "dear", "thanks", "okay", "sorry"})
_ENDINGS: Final = ("s", "es", "ed", "d", "ing", "ly")
_LEAST_KNOWN: Final = 0.6
"""Which share of the words of a passage must be known for it to be understood."""


class Stated(NamedTuple):
    """A statement of a forbidden kind, the places of its words in its sentence, and whether it is denied there."""

    kind: NotToSayKind
    sentence: Sentence
    places: range
    is_excused: bool


def stated(sentences: Sequence[Sentence], ranks: Mapping[NotToSayKind, int], language: Language) -> Iterator[Stated]:
    """Give every forbidden statement; `ranks` are the forbidden kinds, each with the rank that it is weighed at."""
    for sentence in sentences:
        for kind, rank in ranks.items():
            statement = language.statements[kind]
            for least, wording in statement.says:
                if least <= rank:
                    for match in wording.matches(sentence):
                        places = range(*sentence.words_of(match))
                        yield Stated(kind, sentence, places, _excused(sentence, match, statement))


def not_understood(reading: Reading, language: Language) -> Iterator[Span]:
    """Give every passage that may say something else than what was read: hidden, or in words that are not known."""
    yield from reading.unclear
    for sentence in reading.sentences:
        passages = [places for places in _clauses(sentence) if len(places) > _FEW]
        for places in (*passages, range(1, len(sentence.words))):
            if not _is_known(sentence, places, language):
                yield sentence.span_of(places.start, places.stop)
        for place, word in enumerate(sentence.words):
            if word.startswith("?"):
                yield sentence.spans[place]


def unclear(sentences: Sequence[Sentence], found: Sequence[Stated], plain: frozenset[str]) -> Iterator[Span]:
    """Give every clause with a word of which it is not known that it can stand beside a grave answer.

    What a denial names ("do not leave it until tomorrow") is known by the denial.
    """
    denied = {(id(one.sentence), place) for one in found if one.is_excused for place in one.places}
    for sentence in sentences:
        for places in _clauses(sentence):
            odd = [
                place
                for place in places
                if sentence.words[place][0] not in "#?"
                and not _among(sentence.words[place], plain)
                and (id(sentence), place) not in denied
            ]
            if odd and not (sentence.words[places.start] in _GREETINGS and len(places) <= _FEW):
                yield sentence.span_of(odd[0], odd[-1] + 1)


def _clauses(sentence: Sentence) -> Iterator[range]:
    """Give the places of the words between breaks."""
    begin = 1
    for place in range(1, len(sentence.words) + 1):
        if place == len(sentence.words) or sentence.words[place] == ",":
            if place > begin:
                yield range(begin, place)
            begin = place + 1


def _is_known(sentence: Sentence, places: range, language: Language) -> bool:
    words = [sentence.words[place] for place in places if sentence.words[place][0] not in ",#"]
    known = sum(_among(word, language.words) for word in words)
    if len(words) <= _FEW:
        return known > 0 or not words
    return known >= _LEAST_KNOWN * len(words)


def _among(word: str, known: frozenset[str]) -> bool:
    """Tell whether a word is known, as it is or without a common ending."""
    return word in known or any(word.endswith(end) and word.removesuffix(end) in known for end in _ENDINGS)


def _excused(sentence: Sentence, match: re.Match[str], statement: ReadyStatement) -> bool:
    """Tell whether an exception holds of what was found."""
    first, after = sentence.words_of(match)
    if any(True for _ in statement.inside.matches_in(f"{match.group()} ", sentence.words[first:after])):
        return True
    start = sentence.places[max(0, first - WINDOW)] - 1
    last = min(len(sentence.words), after + WINDOW) - 1
    earlier = sentence.text[start : match.start() + 1]
    later = sentence.text[match.end() : sentence.places[last] + len(sentence.words[last]) + 1]
    return any(_holds(before, behind, earlier, later) for before, behind in statement.unless)


def _holds(before: re.Pattern[str] | None, after: re.Pattern[str] | None, earlier: str, later: str) -> bool:
    if after is not None and not after.match(later):
        return False
    if before is None:
        return True
    found = before.search(earlier)
    if found is None:
        return False
    clause = earlier[: found.start()].rpartition(",")[2].split()
    return _TWICE.isdisjoint(clause[-4:])
