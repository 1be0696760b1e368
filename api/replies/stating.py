"""Holds where a reply says what must not be said, and what of it could not be understood."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from api.replies.reading import Reading, Sentence, Span
from api.replies.wording import Language, ReadyStatement
from schemas.words import NotToSayKind

WINDOW: Final = 12
"""How many words before and after a statement an exception may take in."""
_TWICE: Final = frozenset({"not", "no", "never", "why", "without", "nothing"})
"""Words that turn a denial into its opposite: "no reason not to wait"."""
_FEW: Final = 3
_LEAST_KNOWN: Final = 0.6
"""Which share of the words of a passage must be known for it to be understood."""


def stated(
    sentences: Sequence[Sentence], ranks: Mapping[NotToSayKind, int], language: Language
) -> Iterator[tuple[NotToSayKind, Span]]:
    """Give every forbidden statement; `ranks` are the forbidden kinds, each with the rank that it is weighed at."""
    for sentence in sentences:
        for kind, rank in ranks.items():
            statement = language.statements[kind]
            for least, wording in statement.says:
                if least <= rank:
                    for match in wording.matches(sentence):
                        if not _excused(sentence, match, statement):
                            yield kind, sentence.span_of(*sentence.words_of(match))


def not_understood(reading: Reading, language: Language) -> Iterator[Span]:
    """Give every passage that may say something else than what was read: hidden, or in words that are not known."""
    yield from reading.unclear
    for sentence in reading.sentences:
        begin = 0
        for place in range(1, len(sentence.words) + 1):
            if place == len(sentence.words) or sentence.words[place] == ",":
                words = range(begin + 1, place)
                if len(words) > _FEW and not _is_known(sentence, words, language):
                    yield sentence.span_of(words.start, words.stop)
                begin = place
        if not _is_known(sentence, range(len(sentence.words)), language):
            yield sentence.span_of(1, len(sentence.words)) if len(sentence.words) > 1 else sentence.spans[0]
        for place, word in enumerate(sentence.words):
            if word.startswith("?"):
                yield sentence.spans[place]


def _is_known(sentence: Sentence, places: range, language: Language) -> bool:
    words = [sentence.words[place] for place in places if sentence.words[place][0] not in ",#"]
    known = sum(_knows(word, language) for word in words)
    if len(words) <= _FEW:
        return known > 0 or not words
    return known >= _LEAST_KNOWN * len(words)


def _knows(word: str, language: Language) -> bool:
    stems = (
        word,
        *(word.removesuffix(ending) for ending in ("s", "es", "ed", "d", "ing", "ly") if word.endswith(ending)),
    )
    return any(stem in language.words for stem in stems)


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
