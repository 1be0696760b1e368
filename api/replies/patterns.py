"""Holds how patterns of words become regular expressions. Every gap is bounded, so that no text makes one slow.

The form of a pattern is described in `schemas.wording`.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from api.replies.reading import Sentence

Classes = Mapping[str, tuple[str, ...]]
Tag = TypeVar("Tag", bound=Hashable)

_ELEMENT: Final = re.compile(r"\([^()]*\)\??|\S+")
_STOPS: Final = r"(?!(?:,|not|never|no|nor|neither|hardly|without)(?= ))"
"""What a gap `..N` does not reach across."""
_AMOUNT: Final = r"#\d+"


class Found(NamedTuple, Generic[Tag]):
    """A pattern that holds: what it is a pattern of, and the places of its words in the sentence."""

    tag: Tag
    places: range


class PatternSet(NamedTuple, Generic[Tag]):
    """Patterns, each with its tag, by the words with which they can begin; `#n` stands for any amount."""

    by_word: Mapping[str, tuple[tuple[Tag, re.Pattern[str]], ...]]

    def find(self, sentence: Sentence) -> Iterator[Found[Tag]]:
        """Give every place in a sentence where a pattern holds, pattern by pattern."""
        for tag, regex in self._possible(sentence.words):
            for match in regex.finditer(sentence.text):
                yield Found(tag, sentence.places_of(match))

    def holds_in(self, words: Sequence[str]) -> bool:
        """Tell whether a pattern holds anywhere within some words."""
        text = f" {' '.join(words)} "
        return any(regex.search(text) for _, regex in self._possible(words))

    def _possible(self, words: Sequence[str]) -> Iterable[tuple[Tag, re.Pattern[str]]]:
        possible: dict[tuple[Tag, re.Pattern[str]], None] = {}
        for word in dict.fromkeys(words):
            for name in (word, "#n") if word[1:].isdigit() else (word,):
                possible.update(dict.fromkeys(self.by_word.get(name, ())))
        return possible


def compile_set(patterns: Iterable[tuple[Tag, str]], classes: Classes) -> PatternSet[Tag]:
    """Compile patterns and sort them by the words with which they can begin."""
    by_word: dict[str, list[tuple[Tag, re.Pattern[str]]]] = {}
    for tag, text in patterns:
        elements = _ELEMENT.findall(text)
        regex = re.compile(_source(elements, classes) + "(?= )")
        for word in {phrase.split(" ")[0] for phrase in _phrases(elements[0], classes)}:
            by_word.setdefault(word, []).append((tag, regex))
    return PatternSet({word: tuple(found) for word, found in by_word.items()})


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
    if element.startswith("!"):
        return rf"(?! (?:{'|'.join(map(re.escape, element[1:].split('|')))})(?= ))"
    optional = "?" if element.endswith("?") else ""
    phrases = sorted(_phrases(element, classes), key=lambda phrase: (-len(phrase), phrase))
    return f"(?: (?:{'|'.join(_AMOUNT if one == '#n' else re.escape(one) for one in phrases)})(?= )){optional}"


def _phrases(element: str, classes: Classes) -> Iterator[str]:
    """Give every phrase that an element stands for."""
    for choice in element.removesuffix("?").removeprefix("(").removesuffix(")").split("|"):
        if choice.startswith("<"):
            yield from classes[choice[1:-1]]
        else:
            yield choice
