"""Holds the search by plain words: titles, names, synonyms and summaries, by stems, with typing errors tolerated."""

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING
from rapidfuzz import fuzz, process

from api.content.wording import Stem, stemmer, words_in
from schemas.answers import Found
from schemas.releases import Bundle
from schemas.words import Kind

LEAST_SCORE: Final = 40.0
MOST_FOUND: Final = 20
_LIKE_UNKNOWN: Final = 75.0
_LIKE_KNOWN: Final = 88.0
"""How like (0 to 100) another word must be to be meant too: by a word that stands nowhere, and by one that does."""
_SHORTEST_START: Final = 5
_LIKE_START: Final = 90.0
"""A word of five letters or more is also taken for the start of a longer one."""
_OF_SUMMARY: Final = 0.6
"""A word in a summary says less of an item than one in its title."""
_OF_QUERY: Final = 0.85
"""How much of a score is how well the query is answered; the rest is how little else the phrase says."""
_UNKNOWN: Final = 2.0
"""The weight of a word that stands nowhere: it may be any word of a sentence."""
_LESS: Final[Mapping[Kind, float]] = {"source": 0.9}
"""A source is what people look for least."""


class Entry(NamedTuple):
    """One item of a shelf."""

    kind: Kind
    id: str
    title: str


class Phrase(NamedTuple):
    """A title, synonym, id or summary of an item, as stems."""

    entry: int
    terms: tuple[str, ...]
    """Each once, in order: as few bytes as it takes, and sums that are the same on every machine."""
    summary: bool


class Shelf(NamedTuple):
    """Every item of a content in one language, and how much each word tells."""

    language: str
    entries: tuple[Entry, ...]
    phrases: tuple[Phrase, ...]
    holders: Mapping[str, tuple[int, ...]]
    """The phrases that hold each stem."""
    weights: Mapping[str, float]
    stems: Mapping[str, str]
    """The stem of every word that stands in any item."""


def search(query: str, shelf: Shelf, among: Container[tuple[Kind, str]] | None = None) -> tuple[Found, ...]:
    """Give the items that fit plain words, best first, at most twenty; equal scores stand in the order of ids.

    `among` are the items, by kind and id, that may be found; all where it is left out.
    """
    wanted = _wanted(query, shelf)
    found = [
        Found(kind=entry.kind, id=entry.id, title=entry.title, score=round(score, 1))
        for entry, score in _scores(wanted, shelf)
        if score >= LEAST_SCORE and (among is None or (entry.kind, entry.id) in among)
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.kind, one.id))[:MOST_FOUND])


def search_shelf(bundle: Bundle, language: str) -> Shelf:
    """Prepare the items of a content, whose texts are in the language, for searching."""
    plain = stemmer(language)
    stems: dict[str, str] = {}

    def stem(word: str) -> str:
        if word not in stems:
            stems[word] = plain(word)
        return stems[word]

    entries: list[Entry] = []
    phrases: list[Phrase] = []
    for entry, titles, summary in _items(bundle):
        told = [_stems(text, stem) for text in (*titles, entry.id)]
        phrases += [Phrase(len(entries), terms, summary=False) for terms in dict.fromkeys(told) if terms]
        phrases.append(Phrase(len(entries), _stems(summary, stem), summary=True))
        entries.append(entry)
    holders: dict[str, list[int]] = {}
    items: dict[str, set[int]] = {}
    for number, phrase in enumerate(phrases):
        for term in phrase.terms:
            holders.setdefault(term, []).append(number)
            items.setdefault(term, set()).add(phrase.entry)
    return Shelf(
        language=language,
        entries=tuple(entries),
        phrases=tuple(phrases),
        holders={term: tuple(numbers) for term, numbers in holders.items()},
        weights={term: math.log(1 + len(entries) / len(found)) for term, found in items.items()},
        stems=stems,
    )


def _items(bundle: Bundle) -> Iterator[tuple[Entry, tuple[str, ...], str]]:
    """Give every item with its title and synonyms, and its summary."""
    for topic in bundle.topics:
        yield Entry("topic", topic.id, topic.title), (topic.title, *topic.synonyms), topic.summary
    for cause in bundle.causes:
        yield Entry("cause", cause.id, cause.title), (cause.title, *cause.synonyms), cause.summary
    for remedy in bundle.remedies:
        yield Entry("remedy", remedy.id, remedy.title), (remedy.title, *remedy.synonyms), remedy.summary
    for red_flag in bundle.red_flags:
        yield Entry("red_flag", red_flag.id, red_flag.title), (red_flag.title,), red_flag.summary
    for finding in bundle.findings:
        if finding.replaced_by is MISSING:
            yield Entry("finding", finding.id, finding.name), (finding.name, *finding.synonyms), finding.question
    for source in bundle.sources:
        yield Entry("source", source.id, source.title), (source.title,), ""


def _stems(text: str, stem: Stem) -> tuple[str, ...]:
    return tuple(sorted({stem(word.folded) for word in words_in(text)}))


def _wanted(query: str, shelf: Shelf) -> list[Mapping[str, float]]:
    """Give for each word asked for the terms that may be meant, each with how like it is (0 to 1)."""
    plain = stemmer(shelf.language)
    wanted: dict[str, Mapping[str, float]] = {}
    for folded in dict.fromkeys(word.folded for word in words_in(query)):
        term = plain(folded)
        least = _LIKE_KNOWN if term in shelf.weights else _LIKE_UNKNOWN
        near = process.extract(folded, shelf.stems.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=5)
        terms = {shelf.stems[other]: likeness / 100 for other, likeness, _ in reversed(near)}
        if len(folded) >= _SHORTEST_START:
            starts = {stem: _LIKE_START / 100 for word, stem in shelf.stems.items() if word.startswith(folded)}
            terms = starts | terms
        if term in shelf.weights:
            terms[term] = 1.0
        wanted[term] = terms
    return list(wanted.values())


def _scores(wanted: Sequence[Mapping[str, float]], shelf: Shelf) -> Iterator[tuple[Entry, float]]:
    """Weigh how much of the query stands in an item, and how little else does (0 to 100)."""
    worth = [max((shelf.weights[term] for term in terms), default=_UNKNOWN) for terms in wanted]
    told: dict[int, dict[int, float]] = {}
    for place, terms in enumerate(wanted):
        for term, likeness in terms.items():
            for number in shelf.holders[term]:
                answers = told.setdefault(number, {})
                answers[place] = max(answers.get(place, 0.0), likeness)
    best: dict[int, float] = {}
    summaries = {shelf.phrases[number].entry: found for number, found in told.items() if shelf.phrases[number].summary}
    for number, answers in told.items():
        phrase = shelf.phrases[number]
        summed = summaries.get(phrase.entry, {})
        direct = {} if phrase.summary else answers
        answered = sum(
            weight * max(direct.get(place, 0.0), _OF_SUMMARY * summed.get(place, 0.0))
            for place, weight in enumerate(worth)
        )
        rest = sum(worth[place] * likeness for place, likeness in direct.items())
        rest /= sum(shelf.weights[term] for term in phrase.terms)
        score = _OF_QUERY * answered / sum(worth) + (1 - _OF_QUERY) * min(rest, 1.0)
        best[phrase.entry] = max(best.get(phrase.entry, 0.0), score)
    for number, score in best.items():
        entry = shelf.entries[number]
        yield entry, 100 * score * _LESS.get(entry.kind, 1.0)
