"""Holds the form of a language's cues: what each kind of word means for matching. Holds no words itself."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Role = Literal[
    "denies",
    "cannot",
    "answers_no",
    "answers_yes",
    "contrasts",
    "parts",
    "or",
    "and",
    "subject",
    "owns",
    "unsure",
    "supposes",
    "asks",
    "asks_why",
    "past",
    "over",
    "since",
    "self",
    "they",
    "child",
    "other",
    "person",
    "between",
    "closes",
    "compares",
]
"""What a word or expression does besides naming something.

- `denies` (no, not, without), `cannot` (an ability is denied, which denies no symptom), `answers_no` and `answers_yes`
  (a whole answer), `or` (a denial goes on), `and` (whether it goes on is open), `parts` (because: a denial ends before
  it), `subject` (I, there: a new statement begins), `contrasts` (but: nothing is read across it), `between` (may stand
  between a denial and what it denies), `closes` (may follow what is denied), `compares` (like this: what is denied is
  the comparison);
- `unsure` (maybe), `supposes` (if, worried about), `asks` (could it be), `asks_why` (why do I: it is so), `past` (years
  ago), `over` (gone), `since` (a beginning without an end);
- `self`, `they`, `child` and `other` (whose it is), `owns` (my), `person` (man, of whomever).
"""


class Cues(NamedTuple):
    """The cues of one language; keys are words, or expressions with blanks, as `fold` writes them."""

    light: frozenset[str]
    """Words that carry no finding of their own."""
    having: frozenset[str]
    """Light words that say that something is there; they may be left out where a phrase has them."""
    same: Mapping[str, str]
    """Words by the one that stands for them."""
    expressions: Mapping[str, str]
    """Expressions of several words by the one word that stands for them; "" where they say nothing at all."""
    roles: Mapping[str, frozenset[Role]]
    look_alikes: frozenset[str]
    """Words that are spelled right though they look like a typing error in a word of the findings."""


NO_CUES = Cues(frozenset(), frozenset(), {}, {}, {}, frozenset())
"""The cues of a language whose denials are not known here: everything found in it must be asked."""


def grouped(lines: str) -> dict[str, str]:
    """Read lines of `word: other, and others` into a table from each of the others to the word."""
    table: dict[str, str] = {}
    for line in lines.strip().splitlines():
        word, _, others = line.partition(":")
        table |= {other.strip(): word.strip() for other in others.split(",")}
    return table


def with_roles(lines: Mapping[Role, str]) -> dict[str, frozenset[Role]]:
    """Read a table of expressions by role, with commas between them, into roles by expression."""
    table: dict[str, frozenset[Role]] = {}
    for role, expressions in lines.items():
        for expression in _listed(expressions):
            table[expression] = table.get(expression, frozenset()) | {role}
    return table


def _listed(expressions: str) -> Iterable[str]:
    return (" ".join(one.split()) for one in expressions.split(",") if one.strip())
