"""Holds how ages and weeks of pregnancy are read in English. It proposes numbers and decides nothing.

A number is rounded down to its finding's decimals, for age and pregnancy are counted in time that is completed.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING

from api.matching.amounts import NUMBERS, value_of
from api.matching.pieces import Line
from schemas.content import Finding

_TENS: Final = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_NUMBER: Final = (
    rf"\d{{1,3}}(?:\.\d+)?|(?:{_TENS})(?: (?:one|two|three|four|five|six|seven|eight|nine))?"
    rf"|{'|'.join(word for word in NUMBERS if word not in {'zero', 'a', 'an'})}"
)
_UNIT: Final = r"(?:year|yr|month|mth|week|wk|day)s?"
_NEAR: Final = r"(?:about|around|almost|nearly|over|under|roughly|approximately|probably|maybe|not)"
_WHO: Final = r"turned|im|i am|he is|hes|she is|shes|(?:baby|son|daughter|child|toddler|newborn|boy|girl|kid) is"
_AGE: Final = re.compile(
    rf"\b(?P<near>{_NEAR} )?(?:"
    rf"(?P<n1>{_NUMBER}|an?) (?P<half>and a half )?(?P<u1>{_UNIT})(?: (?:and )?(?P<n2>{_NUMBER}) (?P<u2>{_UNIT}))? old"
    rf"|(?P<n3>{_NUMBER}) (?:yo|y o)"
    rf"|(?:aged|age is|age of|age)(?: ,)? (?P<n4>{_NUMBER})(?: (?P<u4>{_UNIT}))?(?! (?:to|or|and) \d)"
    rf"|(?:{_WHO})(?: now| only| just| already)?(?P<near2> {_NEAR})? (?P<n5>{_NUMBER})(?: years?| yrs?)?"
    r"(?= ,| and (?!a half)| but| with| who| now| m\b| f\b| male| female| man| woman| pregnant|$)"
    r")(?= |$)"
)
_WEEK: Final = r"(?:week|wk|w|month|mth)s?"
_WEEKS: Final = re.compile(
    rf"\b(?P<near>{_NEAR} )?(?:"
    rf"(?P<n1>{_NUMBER})(?: [0-6])? (?P<u1>{_WEEK})(?: (?:and )?\S+ days?)? (?:pregnant|gestation|along)"
    rf"|pregnant(?: ,)?(?: at| and| im| i am| now)*(?P<near2> {_NEAR})? (?P<n2>{_NUMBER}) (?P<u2>{_WEEK})"
    rf"|week (?P<n3>{_NUMBER}) of (?:my |the |her )?pregnancy"
    r")(?= |$)"
)
_IN_YEARS: Final = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_IN_WEEKS: Final = {"w": 1.0, "m": 365.25 / 84}
"""The worth of each unit by its first letter; the first is meant where none is named."""


class Told(NamedTuple):
    """A number that a text gives for a finding."""

    finding: Finding
    value: float
    first: int
    last: int
    """The first and the last word of the line."""
    rough: bool
    """Whether the text says that it is not exact, or gives weeks in months."""


def numbers_told(line: Line, numbers: Sequence[Finding]) -> Iterator[Told]:
    """Give the ages and weeks of pregnancy in a line of words, for the findings that are in years or in such weeks.

    A value outside the finding's domain is no value of it.
    """
    for finding in numbers:
        if finding.unit == "a" and finding.of is MISSING:
            yield from _told(line, finding, _AGE, _IN_YEARS)
        elif finding.unit == "wk" and finding.of is not MISSING:
            yield from _told(line, finding, _WEEKS, _IN_WEEKS)


def _told(line: Line, finding: Finding, pattern: re.Pattern[str], units: Mapping[str, float]) -> Iterator[Told]:
    for found in pattern.finditer(line.text):
        groups = {name: words for name, words in found.groupdict().items() if words}
        value = 0.5 * units[groups["u1"][0]] if "half" in groups else 0.0
        for name in groups.keys() & {"n1", "n2", "n3", "n4", "n5"}:
            unit = groups.get(f"u{name[1:]}", next(iter(units)))
            value += value_of(groups[name]) * units[unit[0]]
        value = _down(value, finding)
        if _fits(value, finding):
            coarse = finding.unit == "wk" and any(groups.get(name, "w")[0] == "m" for name in ("u1", "u2"))
            rough = coarse or not groups.keys().isdisjoint(("near", "near2"))
            yield Told(finding, value, *line.words_at(found.start(), found.end()), rough)


def _down(value: float, finding: Finding) -> float:
    """Round down to the finding's decimals; what is less than a billionth short of the next counts as that."""
    scale = 10.0 ** (0 if finding.decimals is MISSING else finding.decimals)
    return math.floor(value * scale + 1e-9) / scale


def _fits(value: float, finding: Finding) -> bool:
    low = -math.inf if finding.minimum is MISSING else finding.minimum
    high = math.inf if finding.maximum is MISSING else finding.maximum
    return low <= value <= high
