"""Holds how any text is cut into words, folded and stemmed, for the search and for matching. Knows no finding.

A word keeps its place in the text, in code points, so that an answer can point at it without repeating it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple, Protocol

from api.parts import in_part

Stem = Callable[[str], str]
"""Gives the stem of a folded word."""


class Stemmer(Protocol):
    """What every algorithm makes."""

    stemWord: Stem  # noqa: N815 -- it is Snowball's name


_SILENT: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f\u0300-\u036f"
"""What may stand inside a word without being seen, and accents that stand as characters of their own."""
_CURLED: Final = "`\u00b4\u02bc\u2018\u2019"
"""What is written for an apostrophe."""
_WORD: Final = re.compile(rf"\d++(?:[.,]\d++)?+|[^\W\d_](?:['{_CURLED}{_SILENT}]*+[^\W\d_])*+")
_PLAIN: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys(_CURLED, "'"))
_SPELLINGS: Final = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"aem", "em"),  # anaemia
        (r"oea", "ea"),  # diarrhoea, apnoea
        (r"^oe(?=[ds])", "e"),  # oedema, oestrogen
        (r"(?<=f)ae", "e"),  # faeces
        (r"(?<=[a-z]{3})our(?=$|s$|ed$|ing$|less$)", "or"),  # colour
        (r"ys(?=e$|ed$|es$|ing$)", "yz"),  # paralyse
        (r"(?<=[a-z]{3})is(?=e$|ed$|es$|ing$|ation$)", "iz"),  # hospitalise
    )
)
_MAY_DIFFER: Final = re.compile(r"[ao]e|our|[iy]s")
_ALGORITHMS: Final = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


class Word(NamedTuple):
    """A word of a text: its place (end exclusive, in code points) and its folded form."""

    start: int
    end: int
    folded: str


def words_in(text: str) -> Iterator[Word]:
    """Give the words of a text in order; a number is a word, a hyphen parts two, an apostrophe does not."""
    for found in _WORD.finditer(text):
        folded = fold(found[0])
        if folded:
            yield Word(found.start(), found.end(), folded)


def fold(word: str) -> str:
    """Fold a word: small letters without accents, apostrophes, signs that are not seen and the 's of a possessive.

    "Baby's" is "baby", "can't" is "cant"; American and British spellings are one ("anaemia" is "anemia").
    """
    lowered = word.casefold()
    if not _PLAIN.fullmatch(lowered):
        signs = unicodedata.normalize("NFKD", lowered).casefold()
        if any(sign.isnumeric() and not sign.isdecimal() for sign in signs + lowered):
            return lowered
        lowered = "".join(sign for sign in signs.translate(_APOSTROPHES) if sign.isalnum() or sign in "'.,")
        if lowered[:1].isdecimal():
            return _number(lowered)
        lowered = lowered.removesuffix("'s").replace("'", "").replace(".", "").replace(",", "")
    if _MAY_DIFFER.search(lowered):
        for pattern, put in _SPELLINGS:
            lowered = pattern.sub(put, lowered)
    return lowered


def _number(digits: str) -> str:
    """Write a number with ASCII digits; a comma before three digits parts thousands, any other is a decimal point."""
    plain = "".join(sign if sign in ",." else str(unicodedata.decimal(sign)) for sign in digits)
    whole, comma, rest = plain.partition(",")
    return whole + rest if len(rest) == 3 else whole + comma.replace(",", ".") + rest  # noqa: PLR2004 -- thousands


def stemmer(language: str) -> Stem:
    """Give the stemmer of a language (a BCP 47 tag); where there is none, every word is its own stem.

    The algorithms are those of Snowball (M. F. Porter, https://snowballstem.org). Each call makes a stemmer of its
    own, for it keeps what it is at work on.
    """
    name = _ALGORITHMS.get(language.partition("-")[0])
    if name is None:
        return str
    return _algorithm(name)().stemWord


@cache
def _algorithm(name: str) -> Callable[[], Stemmer]:
    """Load an algorithm, which takes a moment the first time."""
    with in_part("snowballstemmer"):  # which as a whole is the rules of every language there is
        module = import_module(f"snowballstemmer.{name}_stemmer")
    algorithm: Callable[[], Stemmer] = getattr(module, f"{name.capitalize()}Stemmer")
    return algorithm
