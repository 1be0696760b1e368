"""Holds how amounts of time are read in English: how long, how long ago, how often. Knows no finding.

A finding is worded with its threshold ("for two weeks or longer"), a person tells another amount ("for a month"):
both are read into numbers, so that one can be held against the other.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Measure = Literal["lasting", "within", "weekly"]
"""`lasting`: at least so many minutes long; `within`: at most so many minutes ago; `weekly`: so many times a week."""

_WORDS: Final = (
    "zero", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
NUMBERS: Final = {word: value for value, words in enumerate(_WORDS) for word in words.split()} | {
    "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
"""The value of each number word."""

_DAY: Final = 1440.0
_MINUTES: Final = {
    "s": 1 / 60, "mi": 1.0, "h": 60.0, "d": _DAY, "n": _DAY, "e": _DAY, "w": 7 * _DAY, "f": 14 * _DAY, "mo": 30 * _DAY,
    "mt": 30 * _DAY, "y": 365 * _DAY,
}  # fmt: skip
"""The minutes of each unit by how it begins; a month is 30 days: rounded down, for an amount is a lower bound."""

_VAGUE: Final = {
    "few": 3.0,
    "several": 3.0,
    "many": 4.0,
    "couple of": 2.0,
    "couple": 2.0,
    "half an": 0.5,
    "half a": 0.5,
}
_NUMBER: Final = rf"\d+(?:\.\d+)?|a few|a couple of|a couple|{'|'.join(_VAGUE)}|{'|'.join(NUMBERS)}"
_UNIT: Final = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|evenings?|weeks?|wks?|fortnight|months?|mths?|years?|"
    r"yrs?)"
)
_LASTING: Final = re.compile(
    r"\b(?:(?:for|last(?:s|ed|ing)(?: for)?|more than|longer than|over|at least)"
    r"(?: the| past| last| about| over| more than| longer than| at least| nearly| almost| around| up to| well over)*"
    rf" (?:(?P<n1>{_NUMBER}) )?(?P<u1>{_UNIT})(?: or (?:longer|more))?(?: now)?"
    rf"|(?P<n2>{_NUMBER}) (?P<u2>{_UNIT}) (?:or (?:longer|more)|now|long|straight|in a row)"
    r"|(?P<u3>weeks|months|years) (?:now|on end))\b"
)
_NAMED: Final = {
    "right now": 0.0, "just now": 0.0, "now": 0.0, "at the moment": 0.0, "a moment ago": 0.0,
    "today": _DAY, "tonight": _DAY, "this morning": _DAY, "this afternoon": _DAY, "this evening": _DAY,
    "yesterday evening": _DAY, "yesterday": _DAY, "this week": 7 * _DAY, "this month": 30 * _DAY,
    "this year": 365 * _DAY, "recently": 30 * _DAY, "recent": 30 * _DAY, "lately": 30 * _DAY,
}  # fmt: skip
"""How long ago at the least what is named so may be; "yesterday" counts as within the last 24 hours."""
_WITHIN: Final = re.compile(
    rf"\b(?:(?:about |around |over |nearly |almost )?(?P<n1>{_NUMBER}) (?P<u1>{_UNIT}) ago"
    rf"|(?:since |(?:in|within|during) (?:the |these )?)?(?:last|past) (?:(?P<n2>{_NUMBER}) )?(?P<u2>{_UNIT})"
    rf"|(?:since )?(?P<named>{'|'.join(_NAMED)}))\b"
)
_WEEKLY: Final = re.compile(
    r"\b(?:(?P<half>every (?:other|second) (?:night|day|evening))"
    r"|(?P<most>(?:nearly every|almost every|most)(?: single)? (?:night|day|evening|morning)s?)"
    r"|(?P<every>(?:every|each)(?: single)? (?:night|day|evening|morning)|nightly|daily|all the time)"
    rf"|(?:(?P<n1>{_NUMBER})(?: or (?:{_NUMBER}))?(?: or more)? (?:times|nights|days|evenings|mornings)"
    r"|(?P<once>once)|(?P<twice>twice)) (?:a|per|each|every) week)\b"
)
_TIMES: Final = {"half": 3.0, "most": 4.0, "every": 7.0, "once": 1.0, "twice": 2.0}
"""How often a week each is at the least; most nights are four or more, as the content says."""


class Amount(NamedTuple):
    """An amount of time in a line of words: its place in the line (characters), what it measures and its value."""

    start: int
    end: int
    measure: Measure
    value: float


def amounts_in(line: str) -> Iterator[Amount]:
    """Give the amounts of time in a line of folded words with single blanks between them; they may overlap."""
    for found in _LASTING.finditer(line):
        unit = found["u1"] or found["u2"] or found["u3"]
        yield Amount(found.start(), found.end(), "lasting", _minutes(found["n1"] or found["n2"], unit))
    for found in _WITHIN.finditer(line):
        named = found["named"]
        value = _NAMED[named] if named else _minutes(found["n1"] or found["n2"], found["u1"] or found["u2"])
        yield Amount(found.start(), found.end(), "within", value)
    for found in _WEEKLY.finditer(line):
        times = next((_TIMES[name] for name in _TIMES if found[name]), None)
        yield Amount(found.start(), found.end(), "weekly", value_of(found["n1"]) if times is None else times)


def value_of(words: str) -> float:
    """Give the value of a number in digits or words, such as "6", "two", "a few" or "thirty four"."""
    plain = words.removeprefix("a ")
    if plain in _VAGUE:
        return _VAGUE[plain]
    return float(sum(NUMBERS[word] if word in NUMBERS else float(word) for word in words.split()))


def _minutes(number: str | None, unit: str) -> float:
    """Give the minutes of so many units; without a number several of them are two at least."""
    count = value_of(number) if number else 1.0 + unit.endswith("s")
    return count * (_MINUTES.get(unit[:2]) or _MINUTES[unit[0]])
