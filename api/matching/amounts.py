"""Holds how amounts of time are read in English: how long, how long ago, how often. Knows no finding.

A finding is worded with its threshold ("for two weeks or longer"), a person tells another amount ("for a month"):
both are read into numbers, so that one can be held against the other.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Measure = Literal["lasting", "within", "weekly"]
"""`lasting`: at least so many minutes long; `within`: at most so many minutes ago; `weekly`: so many times a week."""

MINUTES: Final = {"second": 1 / 60, "minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43200, "year": 525600}
"""The minutes of each unit; a month is 30 days, a year 365: rounded down, for an amount is a lower bound."""

NUMBERS: Final = {
    word: value
    for value, words in enumerate(
        "zero|a an one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
        "seventeen|eighteen|nineteen|twenty".split("|")
    )
    for word in words.split()
} | {"thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
"""The value of each number word."""

_NUMBER: Final = rf"(?P<{{0}}>\d+(?:\.\d+)?|half an|half a|couple of|a couple of|a few|few|several|many|{'|'.join(NUMBERS)})"
_UNIT: Final = (
    r"(?P<{0}>second|sec|minute|min|hour|hr|day|night|evening|week|wk|month|mth|year|yr)s?(?: long)?"
)
_LASTING: Final = re.compile(
    r"\b(?:(?:for|last(?:s|ed|ing)?(?: for)?|more than|longer than|over|at least|of more than)"
    r"(?: the| past| last| about| over| more than| longer than| at least| nearly| almost| around| up to| well over)* "
    rf"(?:{_NUMBER.format('n1')} )?{_UNIT.format('u1')}(?: or (?:longer|more))?(?: now)?"
    rf"|{_NUMBER.format('n2')} {_UNIT.format('u2')} (?:or (?:longer|more)|now|long)"
    rf"|(?:{_NUMBER.format('n3')} )?(?P<u3>week|month|year)s(?: now| on end))\b"
)
_WITHIN: Final = re.compile(
    rf"\b(?:(?:about |around |over |nearly |almost )?{_NUMBER.format('n1')} {_UNIT.format('u1')} ago"
    rf"|(?:(?:in|within|during) (?:the |these )?)?(?:last|past) (?:{_NUMBER.format('n2')} )?"
    rf"{_UNIT.format('u2')}"
    rf"|since (?P<u4>yesterday|today|last night|last week|last month|last year|this morning)"
    rf"|(?P<u3>right now|just now|now|today|tonight|yesterday evening|yesterday|this morning|this evening|this afternoon|this week|this month|"
    rf"this year|at the moment|a moment ago|recently|recent|lately))\b"
)
_WEEKLY: Final = re.compile(
    rf"\b(?:(?P<every>every|each)(?: single| other)? (?:night|day|evening|morning)|(?P<daily>nightly|daily|all the time)"
    rf"|(?P<most>nearly every|almost every|most)(?: single)? (?:night|day|evening|morning)s?"
    rf"|(?:{_NUMBER.format('n1')}(?: or {_NUMBER.format('n2')})?(?: or more)? (?:times|nights|days|evenings|mornings)"
    rf"|(?P<once>once|twice)) (?:a|per|each|every) week)\b"
)
_NAMED: Final = {
    "right now": 0, "just now": 0, "now": 0, "at the moment": 0, "a moment ago": 0, "recent": 43200, "recently": 43200, "lately": 43200, "today": 1440,
    "tonight": 1440, "yesterday evening": 1440, "yesterday": 1440, "this morning": 1440, "this evening": 1440,
    "this afternoon": 1440, "last night": 1440, "this week": 10080, "last week": 10080, "this month": 43200,
    "last month": 43200, "this year": 525600, "last year": 525600,
}  # fmt: skip
_VAGUE: Final = {"few": 3, "several": 3, "many": 4, "couple of": 2, "half an": 0.5, "half a": 0.5}
_SHORT: Final = {"sec": "second", "min": "minute", "hr": "hour", "wk": "week", "mth": "month", "yr": "year"}
_SHORT_OF: Final = _SHORT | {"night": "day", "evening": "day"}
MOST_DAYS: Final = 4
"""What "most nights" of a week is at least, as the content says it."""


class Amount(NamedTuple):
    """An amount of time in a line of words: its place in the line (characters), what it measures and its value."""

    start: int
    end: int
    measure: Measure
    value: float


def amounts_in(line: str) -> Iterator[Amount]:
    """Give the amounts of time in a line of folded words with single blanks between them."""
    for found in _WITHIN.finditer(line):
        yield Amount(found.start(), found.end(), "within", _within(found))
    for found in _LASTING.finditer(line):
        place = next(place for place in "123" if found[f"u{place}"])
        plural = found[f"u{place}"] + "s" in found[0]
        yield Amount(found.start(), found.end(), "lasting", _minutes(found[f"n{place}"], found[f"u{place}"], plural))
    for found in _WEEKLY.finditer(line):
        yield Amount(found.start(), found.end(), "weekly", _weekly(found))


def value_of(words: str) -> float:
    """Give the value of a number in digits or words, such as "6", "two" or "a few"."""
    plain = words.removeprefix("a ") if words.startswith("a ") else words
    if plain in _VAGUE:
        return _VAGUE[plain]
    return float(NUMBERS[plain]) if plain in NUMBERS else float(plain)


def _minutes(number: str | None, unit: str, plural: bool) -> float:
    count = value_of(number) if number else 2.0 if plural else 1.0
    return count * MINUTES[_SHORT_OF.get(unit, unit)]


def _within(found: re.Match[str]) -> float:
    if found["u3"] or found["u4"]:
        return _NAMED[found["u3"] or found["u4"]]
    place = "1" if found["u1"] else "2"
    return _minutes(found[f"n{place}"], found[f"u{place}"], plural=found[f"u{place}"] + "s" in found[0])


def _weekly(found: re.Match[str]) -> float:
    if found["every"] or found["daily"]:
        return 7.0
    if found["most"]:
        return MOST_DAYS
    if found["once"]:
        return 2.0 if found["once"] == "twice" else 1.0
    return value_of(found["n1"])
