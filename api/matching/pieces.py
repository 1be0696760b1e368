"""Holds how a text becomes pieces: words, expressions and amounts of time, each with its place, term and roles."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from api.content.wording import Word, words_in
from api.matching.amounts import NUMBERS, Measure, amounts_in
from api.matching.cues import Cues, Role

COMMA: Final = 1
STOP: Final = 2
QUESTION: Final = 3
"""The gaps before a piece, 0 where there is none: `QUESTION` is a stop after a question."""

_QUESTIONS: Final = re.compile(r"[?\u061f]")
_STOPS: Final = re.compile(r"[.!;\n\r|\u2022\u3002]")
_COMMAS: Final = re.compile(r"[,:()\[\]{}\u2013\u2014\u3001]|\s-+\s|--")
PERSONS: Final[frozenset[Role]] = frozenset(("self", "they", "child", "other"))
"""The roles that tell whose a finding is."""
_NO_ROLES: Final[frozenset[Role]] = frozenset()


class Piece(NamedTuple):
    """A word, or an expression or amount that counts as one."""

    start: int
    end: int
    folded: str
    term: str
    """What it is compared by; "" where it carries no finding of its own."""
    slip: bool
    """Whether the term was found only by taking the word for a typing error."""
    measure: Measure | None
    value: float
    gap: int
    """What stands before it: 0, `COMMA`, `STOP` or `QUESTION`."""
    roles: frozenset[Role]


class Tables(NamedTuple):
    """The expressions and roles of a language, by their first word, longest first."""

    expressions: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    roles: Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[Role]]]]
    light: frozenset[str]


Lookup = Callable[[str], tuple[str, bool]]
"""Gives the term of a folded word, and whether it was taken for a typing error."""


def tables(cues: Cues) -> Tables:
    """Arrange the cues of a language for looking up."""
    expressions: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for expression, word in cues.expressions.items():
        words = tuple(expression.split())
        expressions.setdefault(words[0], []).append((words, word))
    roles: dict[str, list[tuple[tuple[str, ...], frozenset[Role]]]] = {}
    for expression, found in cues.roles.items():
        words = tuple(expression.split())
        roles.setdefault(words[0], []).append((words, found))
    for table in (expressions, roles):
        for listed in table.values():
            listed.sort(key=lambda one: (-len(one[0]), one))
    return Tables(expressions, roles, cues.light)


class Line(NamedTuple):
    """The words of a text, and the same as one line of folded words with single blanks and commas between them."""

    words: tuple[Word, ...]
    gaps: tuple[int, ...]
    """What stands before each word: 0, `COMMA`, `STOP` or `QUESTION`; one more than words, for the end."""
    text: str
    starts: tuple[int, ...]
    """Where each word begins in the line."""

    def words_at(self, start: int, end: int) -> tuple[int, int]:
        """Give the first and the last word that stand from one character of the line to another."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end) - 1


def line_of(text: str) -> Line:
    """Cut a text into words."""
    words = tuple(words_in(text))
    starts_in_text = [*(word.start for word in words), len(text)]
    gaps = [0] + [_gap(text[word.end : start]) for word, start in zip(words, starts_in_text[1:], strict=True)]
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for word, gap in zip(words, gaps, strict=False):
        lead = " , " if gap else " " if parts else ""
        starts.append(length + len(lead))
        length += len(lead) + len(word.folded)
        parts += (lead, word.folded)
    return Line(words, tuple(gaps), "".join(parts), tuple(starts))


def pieces_of(line: Line, known: Tables, term_of: Lookup) -> list[Piece]:
    """Cut a line into pieces."""
    made: list[Piece] = []
    amounts = _amounts(line) if known.light else {}
    place = 0
    while place < len(line.words):
        count, folded, measure, value = amounts.get(place) or _expression(line, place, known)
        term, slip = (measure, False) if measure else _term(folded, known, term_of)
        start, end = line.words[place].start, line.words[place + count - 1].end
        made.append(Piece(start, end, folded, term, slip, measure, value, line.gaps[place], _NO_ROLES))
        place += count
    return _with_roles(made, known)


def _term(folded: str, known: Tables, term_of: Lookup) -> tuple[str, bool]:
    if not folded or folded in known.light:
        return "", False
    if folded in NUMBERS:
        return str(NUMBERS[folded]), False
    return term_of(folded)


def _gap(between: str) -> int:
    if between == " ":
        return 0
    signs = unicodedata.normalize("NFKC", between)
    if _QUESTIONS.search(signs):
        return QUESTION
    return STOP if _STOPS.search(signs) else COMMA if _COMMAS.search(signs) else 0


def _amounts(line: Line) -> dict[int, tuple[int, str, Measure | None, float]]:
    """Find the amounts of time, by the place of their first word: how many words, what they measure, its value."""
    found: dict[int, tuple[int, str, Measure | None, float]] = {}
    taken: set[int] = set()
    for amount in amounts_in(line.text):
        first, last = line.words_at(amount.start, amount.end)
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            found[first] = (last + 1 - first, line.text[amount.start : amount.end], amount.measure, amount.value)
    return found


def _expression(line: Line, place: int, known: Tables) -> tuple[int, str, Measure | None, float]:
    for expression, word in known.expressions.get(line.words[place].folded, ()):
        end = place + len(expression)
        here = tuple(one.folded for one in line.words[place:end])
        if here == expression and not any(line.gaps[place + 1 : end]):
            return len(expression), word, None, 0.0
    return 1, line.words[place].folded, None, 0.0


def _with_roles(made: list[Piece], known: Tables) -> list[Piece]:
    """Give the pieces their roles: the longest expression at each place, on its first piece."""
    place = 0
    while place < len(made):
        step = 1
        for expression, roles in known.roles.get(made[place].folded, ()):
            end = place + len(expression)
            if (
                tuple(one.folded for one in made[place:end]) == expression
                and not any(one.gap for one in made[place + 1 : end])
            ):  # fmt: skip
                for inner in range(place, end):
                    own = _persons(made[inner].folded, known) | (roles & {"closes"})
                    made[inner] = made[inner]._replace(roles=own)
                made[place] = made[place]._replace(roles=made[place].roles | roles)
                step = len(expression)
                break
        place += step
    return made


def _persons(folded: str, known: Tables) -> frozenset[Role]:
    """Give the roles of a word by itself that tell whose a finding is; an expression around it does not hide them."""
    alone = next((roles for expression, roles in known.roles.get(folded, ()) if len(expression) == 1), _NO_ROLES)
    return alone & PERSONS
