"""Holds how patterns of words become regular expressions. Every gap is bounded, so that no text makes one slow.

The form of a pattern is described in `schemas.wording`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from api.replies.reading import Sentence

Classes = Mapping[str, tuple[str, ...]]

_ELEMENT: Final = re.compile(r"\([^()]*\)\??|\S+")
_STOPS: Final = r"(?!(?:,|not|never|no|nor|neither|hardly|without)(?= ))"
"""What a gap `..N` does not reach across."""
_NUMBER: Final = r"#\d+"


class Pattern(NamedTuple):
    """A compiled pattern, and the words with which it can begin."""

    begins: frozenset[str]
    regex: re.Pattern[str]


class PatternSet(NamedTuple):
    """Patterns by the word with which each can begin; `#n` stands for any amount."""

    by_word: Mapping[str, tuple[re.Pattern[str], ...]]

    def matches(self, sentence: Sentence) -> Iterator[re.Match[str]]:
        """Give every place in a sentence where a pattern holds, pattern by pattern."""
        yield from self.matches_in(sentence.text, sentence.words)

    def found(self, sentence: Sentence) -> bool:
        """Tell whether a pattern holds anywhere in a sentence."""
        return any(True for _ in self.matches(sentence))

    def matches_in(self, text: str, words: Sequence[str]) -> Iterator[re.Match[str]]:
        """Give every place in a text of these words, with a blank before each and one at the end."""
        tried: dict[re.Pattern[str], None] = {}
        for word in dict.fromkeys(words):
            for name in (word, "#n") if word[1:].isdigit() else (word,):
                tried.update(dict.fromkeys(self.by_word.get(name, ())))
        for regex in tried:
            yield from regex.finditer(text)


def compile_set(patterns: Iterable[str], classes: Classes) -> PatternSet:
    """Compile patterns and sort them by the words with which they can begin."""
    by_word: dict[str, list[re.Pattern[str]]] = {}
    for text in patterns:
        pattern = compile_pattern(text, classes)
        for word in pattern.begins:
            by_word.setdefault(word, []).append(pattern.regex)
    return PatternSet({word: tuple(found) for word, found in by_word.items()})


def compile_pattern(text: str, classes: Classes) -> Pattern:
    """Compile one pattern."""
    elements = _ELEMENT.findall(text)
    begins = {phrase.split(" ")[0] for phrase in _phrases(elements[0], classes)}
    return Pattern(frozenset(begins), re.compile(_source(elements, classes) + "(?= )"))


def compile_exception(text: str, classes: Classes) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Compile an exception into what must stand right before and right after, each None where nothing must."""
    before, _, after = text.partition("@")
    made = [_ELEMENT.findall(part) for part in (before, after)]
    return (
        re.compile(_source(made[0], classes) + " $") if made[0] else None,
        re.compile(_source(made[1], classes) + "(?= )") if made[1] else None,
    )


def _source(elements: list[str], classes: Classes) -> str:
    return "".join(_element(one, classes) for one in elements)


def _element(element: str, classes: Classes) -> str:
    if element.startswith(".."):
        return rf"(?: {_STOPS}\S+){{0,{int(element[2:])}}}?"
    if element.startswith("~"):
        return rf"(?: \S+){{0,{int(element[1:])}}}?"
    optional = "?" if element.endswith("?") else ""
    phrases = sorted(_phrases(element, classes), key=lambda phrase: (-len(phrase), phrase))
    return f"(?: (?:{'|'.join(_NUMBER if one == '#n' else re.escape(one) for one in phrases)})(?= )){optional}"


def _phrases(element: str, classes: Classes) -> Iterator[str]:
    """Give every phrase that an element stands for."""
    for choice in element.removesuffix("?").removeprefix("(").removesuffix(")").split("|"):
        if choice.startswith("<"):
            yield from classes[choice[1:-1]]
        else:
            yield choice
