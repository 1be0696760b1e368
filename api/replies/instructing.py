"""Holds whether a reply gives the instruction, clearly enough to count: firmly, of no condition, to the person.

Strict on the dangerous side. A command counts where every word before it in its clause is known to take nothing from
it; a doubt about anything else in its sentence makes it missing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from api.replies.reading import LONGEST_SENTENCE, Sentence
from api.replies.smoothing import Span
from api.replies.wording import Language, Part
from schemas.words import Level

_CLAUSE_ENDS: Final = frozenset({",", "and", "so", "but", "because", "as", "since", "to", "while"})
_SKIPPED: Final = frozenset({",", "and", "but", "though", "although", "well", "please"})
_SHUT: Final = frozenset({"not", "never"})
_MAYBE: Final = frozenset({"might", "may", "could", "would", "perhaps", "maybe", "possibly", "probably"})
_NOT_A_TIME: Final = frozenset({"for", "last", "past", "since", "every", "until", "till", "not", "no"})
_SPEAKERS: Final = frozenset({"i", "we"})
_CHOSEN_AFTER_NOT: Final = frozenset({"a", "your", "the", "just", "only", "tomorrow", "later", "next"})
_NONE: Final[tuple[range, ...]] = ()


class Told(NamedTuple):
    """Which parts of the instruction a reply gives, and where it gives it only as an "if"."""

    action: bool
    number: bool
    time: bool
    conditional: tuple[Span, ...]


class _Read(NamedTuple):
    """A sentence, and where in it the patterns of each part hold."""

    sentence: Sentence
    parts: Mapping[Part, Sequence[range]]
    level: Level
    language: Language

    def of(self, part: Part) -> Sequence[range]:
        return self.parts.get(part, _NONE)

    def without(self, part: Part, exempt: Part) -> list[range]:
        """Give where a part holds and no exception covers its first word."""
        covered = {place for places in self.of(exempt) for place in places}
        return [places for places in self.of(part) if places.start not in covered]


def told(sentences: Sequence[Sentence], level: Level, language: Language, *, is_local: bool) -> Told:
    """Look for the instruction of a level; `is_local` where the words for a local number must do for the number."""
    read = [_read(sentence, level, language) for sentence in sentences if len(sentence.words) <= LONGEST_SENTENCE]
    firm = [(one, places) for one in read for places in _firm(one)]
    number: Part = "local" if is_local else "number"
    expected = {part for found in language.instructions[level].by_word.values() for (part, _) in found}
    return Told(
        action=bool(firm) or "action" not in expected,
        number=any(_meets(places, one.of(number)) for one, places in firm)
        or any(_has_number(one, number) for one in read),
        time="time" not in expected or any(_has_time(one) for one, _ in firm) or any(map(_is_about_time, read)),
        conditional=()
        if firm
        else tuple(one.sentence.span_of(places) for one in read for places in one.of("conditional")),
    )


def commands(sentences: Sequence[Sentence], level: Level, language: Language) -> list[Span]:
    """Give where a reply firmly gives the instruction of a level."""
    read = (_read(sentence, level, language) for sentence in sentences if len(sentence.words) <= LONGEST_SENTENCE)
    return [one.sentence.span_of(places) for one in read for places in _firm(one)]


def _read(sentence: Sentence, level: Level, language: Language) -> _Read:
    parts: dict[Part, list[range]] = {}
    for part, places in language.instructions[level].find(sentence):
        parts.setdefault(part, []).append(places)
    return _Read(sentence, parts, level, language)


def _firm(one: _Read) -> Iterator[range]:
    """Give every wording of the instruction that counts."""
    leads = one.language.gentle if one.level == "routine" else one.language.firm
    holds = {*one.language.leads.holds, *(() if one.level == "routine" else _MAYBE)}
    doubts = one.without("before", "exempt")
    for part in ("action", "advised", "passive"):
        for places in one.of(part):
            if _doubted(one.sentence, places, doubts) or not _clear_after(one, places.stop):
                continue
            if part == "passive":
                clear = not _clause_has(one.sentence.words, places.stop, holds)
            else:
                clear = _clear_before(one, places.start, leads, is_command=part == "action")
            if clear:
                yield places


def _doubted(sentence: Sentence, places: range, doubts: Sequence[range]) -> bool:
    """Tell whether something is only quoted, only asked, or hangs on an if that stands before it."""
    if not sentence.quoted.isdisjoint(places) or any(doubt.start < places.start for doubt in doubts):
        return True
    return sentence.is_question and "," not in sentence.words[places.stop :]


def _clear_before(one: _Read, first: int, leads: Collection[str], *, is_command: bool) -> bool:
    """Tell whether every word before a command, back to where its clause begins, takes nothing from it."""
    words, known = one.sentence.words, one.language.leads
    lead = words[_clause_begin(words, first, one.language) : first]
    if any(word not in leads and word not in known.advising and word != "we" for word in lead):
        return False
    if any(words[place] == "," and words[place - 1] in _SHUT for place in range(1, first)):
        return False
    if "would" in lead and one.level != "routine" and ("i", "would") not in pairwise(lead):
        return False
    speaker = max((place for place, word in enumerate(lead) if word in _SPEAKERS), default=len(lead))
    return not is_command or speaker == len(lead) or any(word in known.addressed for word in lead[speaker:])


def _clause_begin(words: Sequence[str], first: int, language: Language) -> int:
    """Give the place of the first word of the clause in which a word stands."""
    for place in range(first - 1, 0, -1):
        if words[place] in {",", "but"}:
            return place + 1
        if words[place] in language.leads.resets and not _clause_has(words, place, language.leads.holds):
            return place + 1
    return 1


def _clause_has(words: Sequence[str], after: int, wanted: Collection[str]) -> bool:
    """Tell whether one of some words stands before a place and behind the break before that."""
    for place in range(after - 1, 0, -1):
        if words[place] == ",":
            return False
        if words[place] in wanted:
            return True
    return False


def _clear_after(one: _Read, after: int) -> bool:
    """Tell whether nothing that follows in the sentence puts an instruction off, makes it a choice or an if."""
    words = one.sentence.words
    end = next((place for place in range(after, len(words)) if words[place] in _CLAUSE_ENDS), len(words))
    if any(after <= places.start < end for places in one.without("after", "after_exempt")) or any(
        after <= places.start for places in one.without("later", "after_exempt")
    ):
        return False
    following = next((place for place in range(end, len(words)) if words[place] not in _SKIPPED), len(words))
    return all(_leaves_it(one, place) for place in (*range(after, end), following))


def _leaves_it(one: _Read, place: int) -> bool:
    """Tell whether a word behind an instruction takes nothing from it: no "or" but a fit one, no "not", no sign."""
    word, following = (*one.sentence.words[place : place + 2], "", "")[:2]
    if word == "or":
        return any(places.start == place for places in one.of("alternative"))
    if word in _SHUT:
        return following in _CHOSEN_AFTER_NOT
    return word != "for" or one.level != "emergency" or following in one.language.after_for


def _has_number(one: _Read, part: Part) -> bool:
    """Tell whether a sentence gives the number to call, neither denied nor hanging on an if."""
    doubts = one.without("before", "exempt")
    return any(
        not _doubted(one.sentence, places, doubts)
        and not _clause_has(one.sentence.words, places.stop, one.language.leads.holds)
        for places in one.of(part)
    )


def _has_time(one: _Read) -> bool:
    """Tell whether a sentence with the instruction says how soon; how long something has lasted is no time."""
    for places in one.of("time"):
        before = one.sentence.words[max(0, places.start - 2) : places.start]
        if _NOT_A_TIME.isdisjoint(before) or one.sentence.words[places.start] in {"next", "within"} or "than" in before:
            return True
    return False


def _is_about_time(one: _Read) -> bool:
    """Tell whether another sentence says when to do it."""
    return not one.without("before", "exempt") and any(
        not _clause_has(one.sentence.words, places.stop, one.language.leads.holds) for places in one.of("time_follows")
    )


def _meets(places: range, others: Sequence[range]) -> bool:
    return any(other.start < places.stop and places.start < other.stop for other in others)
