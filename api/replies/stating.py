"""Holds where a reply says what must not be said, and what of it could not be understood."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from api.replies.reading import LONGEST_SENTENCE, Reading, Sentence
from api.replies.smoothing import Span
from api.replies.wording import Language
from schemas.wording import Denials
from schemas.words import NotToSayKind

WINDOW: Final = 12
"""How many words before and after a statement an exception may take in."""
_TWICE: Final = frozenset({"not", "no", "never", "why", "without", "nothing"})
"""Words that turn a denial into its opposite: "no reason not to wait"."""
_NEAR: Final = 4
"""Within how many words before a denial another one turns it round ..."""
_RESETS: Final = frozenset({",", "and", "but", "so"})
"""... unless one of these stands between the two."""
_FEW: Final = 3
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
        for (kind, least), places in language.statements.find(sentence):
            if least <= ranks.get(kind, -1):
                yield Stated(kind, sentence, places, _excused(sentence, places, kind, language))


def not_understood(reading: Reading, language: Language) -> Iterator[Span]:
    """Give every passage that may say something else than what was read: hidden, or in words that are not known."""
    yield from reading.hidden
    for sentence in reading.sentences:
        whole = range(1, len(sentence.words))
        passages = [places for places in _clauses(sentence) if len(places) > _FEW]
        for places in (*passages, whole):
            if len(whole) >= LONGEST_SENTENCE or not _is_known(sentence, places, language):
                yield sentence.span_of(places)
        for place, word in enumerate(sentence.words):
            if word.startswith("?"):
                yield sentence.spans[place]


def unclear(
    sentences: Sequence[Sentence], found: Sequence[Stated], plain: frozenset[str], language: Language
) -> Iterator[Span]:
    """Give every passage of which it is not known that it can stand beside a grave answer.

    That is a clause with a word that is not known to be harmless there, and a "do not" that may keep the person from
    care. What another denial names ("do not leave it until tomorrow") is known by that denial; an aside ("I know ...",
    "sit with your back ...") may hold any words.
    """
    denied = {(id(one.sentence), place) for one in found if one.is_excused for place in one.places}
    for sentence in sentences:
        known = {place for place in range(len(sentence.words)) if (id(sentence), place) in denied}
        asides = {places.start + 1 for _, places in language.asides.find(sentence)}
        for places in _clauses(sentence):
            odd = [place for place in places if place not in known and not _is_plain(sentence.words[place], plain)]
            if odd and places.start not in asides:
                yield sentence.span_of(range(odd[0], odd[-1] + 1))
        for place in _told_not_to(sentence.words, language.denials):
            if place not in known:
                yield sentence.span_of(range(place, place + 1))


def _is_plain(word: str, plain: frozenset[str]) -> bool:
    return len(word) == 1 or word[0] in "#?" or _among(word, plain)


def _told_not_to(words: Sequence[str], denials: Denials) -> Iterator[int]:
    """Give the places of what a person is told not to do, less what is known to be said beside a grave answer."""
    for place in range(2, len(words)):
        if words[place] not in denials.not_:
            continue
        begin = place - 1 if words[place - 1] in denials.after else place
        is_told = words[begin - 1] in denials.by and (begin < place or words[place] == "never")
        following = next((after for after in range(place + 1, len(words)) if words[after] not in denials.skipped), None)
        if is_told and (following is None or words[following] not in denials.allowed):
            yield place if following is None else following


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


def _excused(sentence: Sentence, places: range, kind: NotToSayKind, language: Language) -> bool:
    """Tell whether an exception holds of what was found."""
    if language.inside[kind].holds_in(sentence.words[places.start : places.stop]):
        return True
    # what begins behind a break is not denied by what stands before it
    begin = places.start if sentence.words[places.start] == "," else max(0, places.start - WINDOW)
    earlier = " ".join(("", *sentence.words[begin : places.start], ""))
    later = " ".join(("", *sentence.words[places.stop : places.stop + WINDOW], ""))
    return any(_holds(before, behind, earlier, later) for before, behind in language.unless[kind])


def _holds(before: re.Pattern[str] | None, after: re.Pattern[str] | None, earlier: str, later: str) -> bool:
    if after is not None and not after.match(later):
        return False
    if before is None:
        return True
    found = before.search(earlier)
    if found is None:
        return False
    near = earlier[: found.start()].split()[-_NEAR:]
    return not any(word in _TWICE and _RESETS.isdisjoint(near[place:]) for place, word in enumerate(near))
