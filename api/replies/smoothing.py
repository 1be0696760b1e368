"""Holds how the letters of a reply are made alike: case, accents, styles, quotation marks, invisible marks.

Every letter keeps its place in the reply, counted in Unicode code points from 0. Knows no word.
"""

import unicodedata
from typing import Final, NamedTuple

Span = tuple[int, int]

_QUOTES: Final = {ord(mark): "'" for mark in "\u2018\u2019\u201b\u2032\u02bc\u0060\u00b4\uff07"} | {
    ord(mark): '"' for mark in "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"
}
_DASHES: Final = {ord(mark): "\u2014" for mark in "\u2013\u2014\u2015\u2212"} | {
    ord(mark): "-" for mark in "\u2010\u2011\u2012\ufe63\uff0d"
}
_MARKS: Final = _QUOTES | _DASHES | {ord("\u2026"): "\u2026", ord("\u3002"): ".", ord("\u3001"): ","}
_BREAKS: Final = frozenset("\u2028\u2029\x85\x0b\x0c\r")
_STRUCK: Final = frozenset("\u0335\u0336\u0337\u0338\u20d2\u20d3\u20e5\u20e6")
"""Marks that strike a letter out."""
_TURNED: Final = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
"""Marks that turn the direction in which letters are shown."""
_GRAVE_PICTURES: Final = frozenset(
    "\u00b0\u00a9\u00ae\u260e\u2139\u26a0\u2705\u2714\u27a1\u2757\u2764\u2022\u2713\U0001f6a8\U0001f691\U0001f4de\U0001f4f1"
    "\U0001f3e5\U0001f198\U0001f449\U0001f64f\U0001f534\U0001f499\U0001fa7a"
)
"""Pictures that take nothing from a grave answer: telephone, siren, ambulance, hospital and the like."""
_MOST_LETTERS: Final = 4
"""A character that stands for more letters than this is left as it is, and so not understood."""


class Smooth(NamedTuple):
    """A reply in like letters, the place of each, what is struck out or turned, and pictures that could be a wink."""

    letters: str
    places: tuple[int, ...]
    hidden: tuple[Span, ...]
    pictures: tuple[Span, ...]


def smooth(reply: str) -> Smooth:
    """Make the letters of a reply alike."""
    letters: list[str] = []
    places: list[int] = []
    hidden: list[Span] = []
    pictures: list[Span] = []
    for place, character in enumerate(reply):
        if character in _STRUCK or character in _TURNED:
            hidden.append((place, place + 1))
            continue
        if unicodedata.category(character) == "So" and character not in _GRAVE_PICTURES:
            pictures.append((place, place + 1))
        alike = _alike(character)
        letters.append(alike)
        places.extend([place] * len(alike))
    return Smooth("".join(letters), tuple(places), tuple(hidden), tuple(pictures))


def _alike(character: str) -> str:
    """Give the plain letters that a character stands for; nothing for a mark that is not seen."""
    if character in _BREAKS:
        return "\n"
    if character.isascii():
        return character.lower()
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKD", character.translate(_MARKS)).casefold().translate(_MARKS)
    seen = "".join(part for part in plain if unicodedata.category(part) not in {"Mn", "Me", "Cf"})
    return seen if len(seen) <= _MOST_LETTERS else character
