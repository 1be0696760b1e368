"""Holds how ages and weeks of pregnancy are read in English. It proposes numbers and decides nothing.

A number is rounded down to its finding's decimals, for age and pregnancy are counted in time that is completed.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING

from api.matching.amounts import NUMBERS
from api.matching.pieces import Line
from schemas.content import Finding

_TENS: Final = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_NUMBER: Final = (
    rf"\d{{1,3}}(?:\.\d+)?|(?:{_TENS})(?: (?:one|two|three|four|five|six|seven|eight|nine))?"
    rf"|{'|'.join(word for word in NUMBERS if word not in {'zero', 'a', 'an'})}"
)
_UNIT: Final = r"year|yr|month|mth|week|wk|day"
_NEAR: Final = r"(?:about|around|almost|nearly|over|under|roughly|approximately|probably|maybe|not|nearer)"
_IN_YEARS: Final = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_IN_WEEKS: Final = {"w": 1.0, "m": 365.25 / 84}
_AGE: Final = re.compile(
    rf"\b(?P<near>{_NEAR} )?(?:"
    rf"(?P<n1>{_NUMBER}|an?) (?P<half>and a half )?(?P<u1>{_UNIT})s?(?: (?:and )?(?P<n2>{_NUMBER}) (?P<u2>month|mth|week)s?)?"
    rf" old|(?P<n3>{_NUMBER}) (?:yo|y o)"
    rf"|(?:aged|age is|age of|age|turned)(?: ,)? (?P<n4>{_NUMBER})(?: (?P<u4>{_UNIT})s?)?(?! (?:to|or|and) \d)"
    rf"|(?:im|i am|he is|hes|she is|shes|(?:baby|son|daughter|child|toddler|newborn|boy|girl|kid) is)"
    rf"(?: now| only| just| already)?(?P<near2> {_NEAR})? (?P<n5>{_NUMBER})(?: years?| yrs?)?"
    rf"(?= ,| and (?!a half)| but| with| who| now| m\b| f\b| male| female| man| woman| pregnant|$)"
    rf")(?= |$)"
)
_WEEKS: Final = re.compile(
    rf"\b(?P<near>{_NEAR} )?(?:"
    rf"(?P<n1>{_NUMBER})(?: [0-6])? (?P<u1>week|wk|w|month|mth)s?(?: (?:and )?\S+ days?)? (?:pregnant|gestation|along)"
    rf"|pregnant(?: ,)?(?: at| and| im| i am| now)*(?P<near2> {_NEAR})? (?P<n2>{_NUMBER}) (?P<u2>week|wk|w|month|mth)s?"
    rf"|week (?P<n3>{_NUMBER}) of (?:my |the |her )?pregnancy"
    rf")(?= |$)"
)


class Told(NamedTuple):
    """A number that a text gives for a finding."""

    finding: Finding
    value: float
    first: int
    last: int
    """The first and the last word of the line."""
    rough: bool
    """Whether the text says that it is not exact, or gives it in a coarser unit."""


def numbers_told(line: Line, numbers: Sequence[Finding]) -> Iterator[Told]:
    """Give the ages and weeks of pregnancy in a line of words, for the findings that are in years or in such weeks.

    A value outside the finding's domain is no value of it.
    """
    for finding in numbers:
        if finding.unit == "a" and finding.of is MISSING:
            yield from _told(line, finding, _AGE, _IN_YEARS)
        elif finding.unit == "wk" and finding.of is not MISSING:
            yield from _told(line, finding, _WEEKS, _IN_WEEKS)


def _told(line: Line, finding: Finding, pattern: re.Pattern[str], units: dict[str, float]) -> Iterator[Told]:
    for found in pattern.finditer(line.text):
        groups = {name: value for name, value in found.groupdict().items() if value}
        value = 0.0
        for name in groups:
            if name.startswith("n") and name[1:].isdigit():
                unit = groups.get(f"u{name[1:]}", next(iter(units)))
                value += _value(groups[name]) * units[unit[0]]
        if "half" in groups:
            value += 0.5 * units[groups["u1"][0]]
        value = _down(value, finding)
        if _fits(value, finding):
            first, last = line.words_at(found.start(), found.end())
            coarse = finding.unit == "wk" and any(groups.get(name, "w")[0] == "m" for name in ("u1", "u2"))
            rough = coarse or not groups.keys().isdisjoint(("near", "near2"))
            yield Told(finding, value, first, last, rough)


def _value(words: str) -> float:
    """Give the value of a number in digits or words, such as "6", "thirty" or "thirty four"."""
    return sum(float(NUMBERS.get(word, 0)) or float(word) for word in words.split())


def _down(value: float, finding: Finding) -> float:
    """Round down to the finding's decimals; what is less than a billionth short of the next counts as that."""
    scale = 10 ** (finding.decimals if finding.decimals is not MISSING else 0)
    return math.floor(value * scale + 1e-9) / scale


def _fits(value: float, finding: Finding) -> bool:
    low = finding.minimum if finding.minimum is not MISSING else -math.inf
    high = finding.maximum if finding.maximum is not MISSING else math.inf
    return low <= value <= high
