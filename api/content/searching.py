"""Holds the search by plain words: titles, names, synonyms and summaries, with typing errors tolerated."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic import MISSING
from rapidfuzz import fuzz, utils

from schemas.answers import Found
from schemas.releases import Bundle
from schemas.words import Kind

LEAST_SCORE: Final = 72.0
MOST_FOUND: Final = 20
_SUMMARY_WEIGHT: Final = 0.85
"""A word in a summary says less of an item than one in its title."""


class Entry(NamedTuple):
    """One item and the phrases under which it is found."""

    kind: Kind
    id: str
    title: str
    phrases: tuple[str, ...]
    summary: str


def search(query: str, entries: tuple[Entry, ...]) -> tuple[Found, ...]:
    """Give the items that fit plain words, best first, at most twenty; equal scores stand in the order of ids."""
    wanted = utils.default_process(query)
    if not wanted:
        return ()
    found = [
        Found(kind=entry.kind, id=entry.id, title=entry.title, score=round(score, 1))
        for entry in entries
        if (score := _score(wanted, entry)) >= LEAST_SCORE
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.kind, one.id))[:MOST_FOUND])


def search_entries(bundle: Bundle) -> tuple[Entry, ...]:
    """Prepare the items of a content, in its language, for searching."""
    return tuple(_entries(bundle))


def _entries(bundle: Bundle) -> Iterator[Entry]:
    for topic in bundle.topics:
        yield _entry("topic", topic.id, topic.title, topic.synonyms, topic.summary)
    for cause in bundle.causes:
        yield _entry("cause", cause.id, cause.title, cause.synonyms, cause.summary)
    for remedy in bundle.remedies:
        yield _entry("remedy", remedy.id, remedy.title, remedy.synonyms, remedy.summary)
    for red_flag in bundle.red_flags:
        yield _entry("red_flag", red_flag.id, red_flag.title, (), red_flag.summary)
    for finding in bundle.findings:
        if finding.replaced_by is MISSING:
            yield _entry("finding", finding.id, finding.name, finding.synonyms, finding.question)
    for source in bundle.sources:
        yield _entry("source", source.id, source.title, (), "")


def _entry(kind: Kind, identifier: str, title: str, synonyms: tuple[str, ...], summary: str) -> Entry:
    phrases = tuple(utils.default_process(phrase) for phrase in (title, *synonyms, identifier))
    return Entry(kind, identifier, title, phrases, utils.default_process(summary))


def _score(wanted: str, entry: Entry) -> float:
    best = max(max(fuzz.ratio(wanted, phrase), _all_words(wanted, phrase)) for phrase in entry.phrases)
    return max(best, _SUMMARY_WEIGHT * _all_words(wanted, entry.summary))


def _all_words(wanted: str, text: str) -> float:
    """Give how well every word asked for is found somewhere in a text, each with its best-fitting word."""
    words = text.split()
    if not words:
        return 0.0
    asked = wanted.split()
    return sum(max(fuzz.ratio(word, other) for other in words) for word in asked) / len(asked)
