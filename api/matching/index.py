"""Holds the index of one content in one language: the phrases of every finding, ready to be found in a text."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import MISSING
from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.content.wording import Stem, fold, stemmer
from api.logic import identifier, leaves
from api.matching.amounts import Measure, amounts_in
from api.matching.cues import NO_CUES, Cues
from api.matching.english import ENGLISH
from api.matching.pieces import Lookup, Piece, Tables, line_of, pieces_of, tables
from schemas.content import Finding
from schemas.releases import Bundle

CUES: Final[Mapping[str, Cues]] = {"en": ENGLISH}
"""The cues of each language that has any."""

DENIAL: Final = "¬"
"""The term of any word that denies, in a phrase that names something missing ("can't pee")."""

LEAST_OF_PHRASE: Final = 0.45
"""The share of a phrase's weight that must be found for the phrase to be a candidate."""

RARE: Final = 3.0
"""The weight from which on a term alone speaks of a finding: about one in twenty, or fewer, use it."""

_SHORTEST_SLIP: Final = 5
_TWO_SLIPS: Final = 8
"""A word of five letters may have one letter wrong, a word of eight two; the first letter must be right."""


class Need(NamedTuple):
    """One thing that a phrase needs: a term, or an amount of time at least or at most so large."""

    term: str
    weight: float
    measure: Measure | None
    value: float


class Phrase(NamedTuple):
    """A name or synonym of a finding, in terms."""

    finding: str
    needs: tuple[Need, ...]
    weight: float
    literal: tuple[str, ...]
    """Where one term alone carries the phrase: its words, which must stand as they are; () elsewhere."""
    named: bool
    """Whether it is the finding's name."""


class Index(NamedTuple):
    """All that matching needs of a content in one language."""

    language: str
    cues: Cues
    same: Mapping[str, str]
    """For words, and the stems of words, that another stands for: its term."""
    tables: Tables
    phrases: tuple[Phrase, ...]
    anchors: Mapping[str, tuple[int, ...]]
    """For each term the phrases that cannot be found without it or another of their anchors."""
    keys: Mapping[str, tuple[str, ...]]
    """For each term of a question the findings whose question has it."""
    weights: Mapping[str, float]
    terms: Mapping[str, str]
    """The term of every word of every phrase and question."""
    correct: frozenset[str]
    """Words that are spelled right, and so are never taken for another."""
    nearby: Mapping[str, tuple[str, ...]]
    """The words of phrases by their first letter."""
    own: Mapping[str, frozenset[str]]
    """The terms of each finding's phrases."""
    ancestors: Mapping[str, frozenset[str]]
    gates: frozenset[str]
    """The findings that another implies, or is a number of."""
    emergency: frozenset[str]
    """The findings that a red flag of `emergency` reads, and those that imply one."""
    windows: Mapping[str, float]
    """How many minutes back a finding's question asks, where it says so."""
    numbers: tuple[Finding, ...]


def build_index(bundle: Bundle, language: str, ancestors: Mapping[str, frozenset[str]]) -> Index:
    """Build the index of a content whose texts are in the language; `ancestors` are those of its vocabulary."""
    cues = CUES.get(language.partition("-")[0], NO_CUES)
    known = tables(cues)
    plain = stemmer(language)
    same = {plain(word): plain(other) for word, other in cues.same.items()}
    same |= {word: plain(other) for word, other in cues.same.items()}
    stem = _term_of(same, plain)
    findings = [one for one in bundle.findings if one.replaced_by is MISSING]
    asked = [one for one in findings if one.kind == "yes_no"]
    worded = {(one.id, text): _pieces(text, known, stem) for one in asked for text in (one.name, *one.synonyms)}
    questions = {one.id: _pieces(one.question, known, stem) for one in asked}
    weights = _weights(findings=len(asked), worded=worded)
    phrases = tuple(
        phrase
        for one in asked
        for text in dict.fromkeys((one.name, *one.synonyms))
        if (phrase := _phrase(one.id, worded[one.id, text], weights, cues, named=text == one.name))
    )
    every = [piece for pieces in (*worded.values(), *questions.values()) for piece in pieces]
    terms = {piece.folded: piece.term for piece in every if piece.term and not piece.measure}
    terms |= {word: term for word in cues.same if (term := stem(word)) in weights and word not in known.light}
    words = {piece.folded for pieces in worded.values() for piece in pieces if piece.folded in terms}
    words |= {word for word in cues.same if word in terms}
    keys: dict[str, set[str]] = {}
    for name, pieces in questions.items():
        for piece in pieces:
            keys.setdefault(piece.term, set()).add(name)
    read = {identifier(leaf) for flag in bundle.red_flags if flag.level == "emergency" for leaf in leaves(flag.when)}
    return Index(
        language=language,
        cues=cues,
        same=same,
        tables=known,
        phrases=phrases,
        anchors=_anchors(phrases),
        keys={term: tuple(sorted(names)) for term, names in keys.items() if term},
        weights=weights,
        terms=terms,
        correct=_correct(bundle, cues),
        nearby=_by_first_letter(words),
        own={
            one.id: frozenset(need.term for phrase in phrases if phrase.finding == one.id for need in phrase.needs)
            for one in asked
        },
        ancestors=ancestors,
        gates=frozenset(parent for name, above in ancestors.items() for parent in above - {name}),
        emergency=frozenset(name for name, above in ancestors.items() if not read.isdisjoint(above)),
        windows={one.id: window for one in asked if (window := _window(one.question))},
        numbers=tuple(one for one in findings if one.kind == "number"),
    )


def lookup(index: Index) -> Lookup:
    """Give the function that finds the term of a word, for one text; it remembers the words it has seen."""
    stem = _term_of(index.same, stemmer(index.language))
    seen: dict[str, tuple[str, bool]] = {}

    def term_of(folded: str) -> tuple[str, bool]:
        if folded not in seen:
            seen[folded] = _term(folded, index, stem)
        return seen[folded]

    return term_of


def _term(folded: str, index: Index, stem: Stem) -> tuple[str, bool]:
    if folded in index.terms:
        return index.terms[folded], False
    plain = stem(folded)
    if plain in index.weights or len(plain) < _SHORTEST_SLIP or folded in index.correct or not folded.isalpha():
        return plain, False
    slips = 1 + (len(plain) >= _TWO_SLIPS)
    found = process.extractOne(
        folded, index.nearby.get(folded[0], ()), scorer=OSA.distance, score_cutoff=slips, processor=None
    )
    return (index.terms[found[0]], True) if found else (plain, False)


def _term_of(same: Mapping[str, str], stem: Stem) -> Stem:
    """Give the function from a folded word to its term: that of the word that stands for it, or its own stem."""
    seen: dict[str, str] = {}

    def term(folded: str) -> str:
        if folded not in seen:
            plain = stem(folded)
            seen[folded] = same.get(folded) or same.get(plain, plain)
        return seen[folded]

    return term


def _pieces(text: str, known: Tables, stem: Stem) -> list[Piece]:
    return pieces_of(line_of(text), known, lambda folded: (stem(folded), False))


def _weights(findings: int, worded: Mapping[tuple[str, str], list[Piece]]) -> dict[str, float]:
    """Weigh each term by how few findings use it."""
    users: dict[str, set[str]] = {}
    for (name, _), pieces in worded.items():
        for term in _terms(pieces):
            users.setdefault(term, set()).add(name)
    return {term: math.log(1 + findings / len(names)) for term, names in users.items()}


def _terms(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.term:
            yield piece.term
        elif not piece.roles.isdisjoint(("denies", "cannot")):
            yield DENIAL


def _phrase(
    finding: str, pieces: list[Piece], weights: Mapping[str, float], cues: Cues, *, named: bool
) -> Phrase | None:
    needs: dict[str, Need] = {}
    for piece in pieces:
        for term in _terms([piece]):
            needs[term] = Need(term, weights[term], piece.measure, piece.value)
    if not needs.keys() - {DENIAL}:
        return None
    literal = tuple(piece.term or piece.folded for piece in pieces if piece.folded not in cues.having)
    return Phrase(
        finding,
        tuple(needs.values()),
        sum(need.weight for need in needs.values()),
        literal if len(needs) == 1 < len(literal) else (),
        named,
    )


def _anchors(phrases: tuple[Phrase, ...]) -> dict[str, tuple[int, ...]]:
    """List each phrase under so many of its heaviest terms that the others alone are too little of it."""
    anchors: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        left = phrase.weight
        for need in sorted(phrase.needs, key=lambda one: (-one.weight, one.term)):
            if left < LEAST_OF_PHRASE * phrase.weight:
                break
            anchors.setdefault(need.term, []).append(number)
            left -= need.weight
    return {term: tuple(numbers) for term, numbers in anchors.items()}


def _correct(bundle: Bundle, cues: Cues) -> frozenset[str]:
    """Gather the words that stand anywhere in the content's own texts, and all cues."""
    # word by word: all at once would keep every other thread waiting
    written = {one[0] for one in re.finditer(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*", bundle.model_dump_json())}
    words = {fold(word) for word in written}
    return frozenset(words) | cues.light | cues.same.keys() | set(cues.same.values()) | cues.look_alikes


def _by_first_letter(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        if len(word) >= _SHORTEST_SLIP - 1 and word.isalpha():
            found.setdefault(word[0], []).append(word)
    return {letter: tuple(listed) for letter, listed in found.items()}


def _window(question: str) -> float:
    return max(
        (amount.value for amount in amounts_in(line_of(question).text) if amount.measure == "within"), default=0.0
    )
