"""Holds whether a reply gives the instruction, clearly enough to count: firmly, of no condition, to the person.

Strict on the dangerous side. A command counts where every word before it in its clause is known to take nothing from
it; a doubt about anything else in its sentence makes it missing.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from api.replies.patterns import PatternSet
from api.replies.reading import Sentence, Span
from api.replies.wording import Language, ReadyInstruction
from schemas.words import Level

_CLAUSE_ENDS: Final = frozenset({",", "and", "so", "but", "because", "as", "since", "to", "while"})
_SKIPPED: Final = frozenset({",", "and", "but", "though", "although", "well", "please"})
_SHUT: Final = frozenset({"not", "never"})
_MAYBE: Final = frozenset({"might", "may", "could", "would", "perhaps", "maybe", "possibly", "probably"})
_NOT_A_TIME: Final = frozenset({"for", "last", "past", "since", "every", "until", "till", "not", "no"})
_CHOSEN_AFTER_NOT: Final = frozenset({"a", "your", "the", "just", "only", "tomorrow", "later", "next"})


class Told(NamedTuple):
    """Which parts of the instruction a reply gives, and where it gives it only as an "if"."""

    action: bool
    number: bool
    time: bool
    conditional: tuple[Span, ...]


def told(sentences: Sequence[Sentence], level: Level, number: str, language: Language) -> Told:
    """Look for the instruction of a level; `number` is empty where the words for a local number must do."""
    words = language.instructions[level]
    firm = [(sentence, *place) for sentence in sentences for place in _firm(sentence, level, words, language)]
    given = list(dict.fromkeys(sentence for sentence, _, _ in firm))
    numbered = words.number if number else words.local
    conditional = [
        sentence.span_of(*sentence.words_of(match))
        for sentence in sentences
        for match in words.conditional.matches(sentence)
    ]
    return Told(
        action=bool(given) or not words.action.by_word,
        number=any(_in_span(numbered, *place) for place in firm)
        or any(_has_number(sentence, numbered, language) for sentence in sentences),
        time=not words.time.by_word or _has_time(sentences, given, words, language),
        conditional=() if given else tuple(conditional),
    )


def commands(sentences: Sequence[Sentence], level: Level, language: Language) -> list[Span]:
    """Give where a reply firmly gives the instruction of a level."""
    words = language.instructions[level]
    return [
        sentence.span_of(first, after)
        for sentence in sentences
        for first, after in _firm(sentence, level, words, language)
    ]


def _firm(sentence: Sentence, level: Level, words: ReadyInstruction, language: Language) -> Iterator[tuple[int, int]]:
    """Give the places of every wording of the instruction that counts."""
    leads = language.gentle if level == "routine" else language.firm
    doubts = _doubts(sentence, language)
    for found, advised in ((words.action, False), (words.advised, True)):
        for match in found.matches(sentence):
            first, after = sentence.words_of(match)
            if (
                not _doubted(sentence, first, after, doubts)
                and _clear_before(sentence, first, leads, language, advised=advised)
                and _clear_after(sentence, after, level, words, language)
            ):
                yield first, after
    for match in words.passive.matches(sentence):
        first, after = sentence.words_of(match)
        if (
            not _doubted(sentence, first, after, doubts)
            and not _clause_holds(
                sentence, after, frozenset(language.leads.holds) | (_MAYBE if level != "routine" else frozenset())
            )
            and _clear_after(sentence, after, level, words, language)
        ):
            yield first, after


def _doubts(sentence: Sentence, language: Language) -> list[int]:
    """Give the places from which on everything in a sentence hangs on an if."""
    exempt = _places(language.exempt, sentence)
    return [first for first, after in _places(language.before, sentence) if not _inside(first, exempt)]


def _doubted(sentence: Sentence, first: int, after: int, doubts: list[int]) -> bool:
    """Tell whether something is only quoted, only asked, or hangs on an if."""
    if not sentence.quoted.isdisjoint(range(first, after)) or any(place < first for place in doubts):
        return True
    return sentence.is_question and "," not in sentence.words[after:]


def _clear_before(sentence: Sentence, first: int, leads: frozenset[str], language: Language, *, advised: bool) -> bool:
    """Tell whether every word before a command, back to where its clause begins, takes nothing from it."""
    words = sentence.words
    begin = _clause_begin(words, first, language)
    lead = words[begin:first]
    if any(word not in leads and word not in language.leads.advising and word != "we" for word in lead):
        return False
    if any(words[place - 1] in _SHUT for place in range(1, first) if words[place] == ","):
        return False
    if (
        any(word == "would" and lead[place - 1 : place] != ("i",) for place, word in enumerate(lead))
        and leads is not language.gentle
    ):
        return False
    speaker = max((place for place, word in enumerate(lead) if word in {"i", "we"}), default=-1)
    return advised or speaker < 0 or any(word in language.leads.addressed for word in lead[speaker:])


def _clause_begin(words: Sequence[str], first: int, language: Language) -> int:
    """Give the place of the first word of the clause in which a word stands."""
    for place in range(first - 1, -1, -1):
        if words[place] == ",":
            return place + 1
        if words[place] == "but":
            return place + 1
        if words[place] in language.leads.resets and not _clause_holds_before(words, place, language):
            return place + 1
    return 0


def _clause_holds_before(words: Sequence[str], place: int, language: Language) -> bool:
    """Tell whether a "not" and the like stands between a place and the break before it."""
    for earlier in range(place - 1, -1, -1):
        if words[earlier] == ",":
            return False
        if words[earlier] in language.leads.holds:
            return True
    return False


def _clause_holds(sentence: Sentence, after: int, words: frozenset[str]) -> bool:
    """Tell whether one of some words stands between a place and the break before it."""
    for place in range(after - 1, -1, -1):
        if sentence.words[place] == ",":
            return False
        if sentence.words[place] in words:
            return True
    return False


def _clear_after(sentence: Sentence, after: int, level: Level, words: ReadyInstruction, language: Language) -> bool:
    """Tell whether nothing that follows in the sentence puts an instruction off, makes it a choice or an if."""
    texts = sentence.words
    end = next((place for place in range(after, len(texts)) if texts[place] in _CLAUSE_ENDS), len(texts))
    exempt = _places(language.after_exempt, sentence)
    if any(after <= first < end and not _inside(first, exempt) for first, _ in _places(words.after, sentence)):
        return False
    if any(first >= after and not _inside(first, exempt) for first, _ in _places(words.later, sentence)):
        return False
    if level == "emergency" and any(
        texts[place] == "for" and texts[place + 1 : place + 2] and texts[place + 1] not in language.after_for
        for place in range(after, end)
    ):
        return False
    allowed = {first for first, _ in _places(words.alternatives, sentence)}
    if any(texts[place] == "or" and place not in allowed for place in range(after, end)):
        return False
    following = next((place for place in range(end, len(texts)) if texts[place] not in _SKIPPED), len(texts))
    if following < len(texts):
        if texts[following] == "or":
            return following in allowed
        if texts[following] in _SHUT:
            return texts[following + 1 : following + 2] != () and texts[following + 1] in _CHOSEN_AFTER_NOT
    return True


def _has_number(sentence: Sentence, wording: PatternSet, language: Language) -> bool:
    """Tell whether a sentence gives the number to call, neither denied nor hanging on an if."""
    doubts = _doubts(sentence, language)
    for first, after in _places(wording, sentence):
        if not _doubted(sentence, first, after, doubts) and not _clause_holds(
            sentence, after, frozenset(language.leads.holds)
        ):
            return True
    return False


def _in_span(wording: PatternSet, sentence: Sentence, first: int, after: int) -> bool:
    """Tell whether a pattern holds within some words of a sentence."""
    words = sentence.words[first:after]
    return any(True for _ in wording.matches_in(f" {' '.join(words)} ", words))


def _has_time(
    sentences: Sequence[Sentence], given: list[Sentence], words: ReadyInstruction, language: Language
) -> bool:
    """Tell whether a sentence with the instruction says how soon, or another that is about doing."""
    for sentence in given:
        for first, _ in _places(words.time, sentence):
            before = set(sentence.words[max(0, first - 2) : first])
            if not before & _NOT_A_TIME or sentence.words[first] in {"next", "within"} or "than" in before:
                return True
    return any(
        not _clause_holds(sentence, after, frozenset(language.leads.holds)) and not _doubts(sentence, language)
        for sentence in sentences
        for _, after in _places(language.time_follows, sentence)
    )


def _places(wording: PatternSet, sentence: Sentence) -> list[tuple[int, int]]:
    return [sentence.words_of(match) for match in wording.matches(sentence)]


def _inside(place: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= place < after for first, after in ranges)
