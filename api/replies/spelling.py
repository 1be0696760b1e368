"""Holds how the words and numbers of English are written out in one way: "don't" is "do not", "nine-one-one" is 911.

Judges nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from api.replies.smoothing import Span


class Word(NamedTuple):
    """A word, a number or a mark, and where it stands.

    A number begins with `#`, letters that are not ours with `?`; `,` is a break inside a sentence, `.` and `?` end one.
    """

    text: str
    span: Span
    is_quoted: bool = False


class Numbers(NamedTuple):
    """What the numbers in a reply may be, as digits: the one to call, those of other countries, advice lines."""

    here: str
    elsewhere: frozenset[str]
    lines: frozenset[str]


_ENDINGS: Final = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
_WHOLE: Final[Mapping[str, tuple[str, ...]]] = {
    "can't": ("can", "not"), "cannot": ("can", "not"), "cant": ("can", "not"), "won't": ("will", "not"),
    "shan't": ("shall", "not"), "ain't": ("is", "not"), "dont": ("do", "not"), "doesnt": ("does", "not"),
    "didnt": ("did", "not"), "isnt": ("is", "not"), "wont": ("will", "not"), "shouldnt": ("should", "not"),
    "wouldnt": ("would", "not"), "couldnt": ("could", "not"), "neednt": ("need", "not"), "arent": ("are", "not"),
    "let's": ("let", "us"), "lets": ("let", "us"), "youre": ("you", "are"), "u": ("you",), "ur": ("your",),
    "r": ("are",), "wanna": ("want", "to"), "gonna": ("going", "to"), "gotta": ("have", "to"), "pls": ("please",),
    "plz": ("please",), "ok": ("okay",), "k": ("okay",), "youll": ("you", "will"), "im": ("i", "am"),
    "its": ("it", "is"), "thats": ("that", "is"), "theres": ("there", "is"), "hes": ("he", "is"),
    "whats": ("what", "is"), "nite": ("night",), "tonite": ("tonight",), "tomoz": ("tomorrow",), "doc": ("doctor",),
    "docs": ("doctors",), "asap": ("as", "soon", "as", "possible"), "appt": ("appointment",),
    "c'mon": ("come", "on"), "dunno": ("do", "not", "know"), "kinda": ("kind", "of"),
}  # fmt: skip
_TAKE_IS: Final = frozenset(
    "it that this there here he she what who where how when why nothing everything something everyone nobody".split()  # noqa: SIM905
)
"""The words whose "'s" is "is"; that of any other is taken for a possessive."""
_DIGITS: Final = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_TEENS: Final = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_UNITS: Final = frozenset(
    """
    second seconds minute minutes min mins hour hours hr hrs day days week weeks month months year years times percent
    mg ml mcg g gram grams milligrams am pm degrees steps people tablets pills doses drops cups metres meters miles km
    """.split()  # noqa: SIM905 -- a table is read more easily than forty quoted strings
)
_COUNTERS: Final = frozenset({"step", "question", "aged", "age", "option", "page"})
_LONGEST_AMOUNT: Final = 2
"""A number of so few digits is kept as it is, for it may be an amount."""
_LONG_NUMBER: Final = 6
"""Groups of digits with blanks between them are one number from this many digits on, as telephone numbers are."""


def spelt_out(word: str) -> Iterator[str]:
    """Write out what an apostrophe, or a missing one, cuts short; a possessive loses its ending."""
    if word in _WHOLE:
        yield from _WHOLE[word]
        return
    for ending, full in _ENDINGS.items():
        if word.endswith(ending):
            yield from filter(None, (word.removesuffix(ending), full))
            return
    stem, _, rest = word.partition("'")
    yield stem
    if rest == "s" and stem in _TAKE_IS:
        yield "is"


def numbered(words: list[Word]) -> list[Word]:
    """Put numbers together that are spoken digit by digit or written in groups."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        digits, after = _digits_from(words, place)
        if digits:
            found.append(Word("#" + digits, (words[place].span[0], words[after - 1].span[1]), words[place].is_quoted))
            place = after
        else:
            found.append(words[place])
            place += 1
    return found


def named(words: list[Word], numbers: Numbers) -> list[Word]:
    """Call each number by what it is; what is counted or measured is an amount, whatever its digits."""
    called: list[Word] = []
    for place, word in enumerate(words):
        text = word.text
        if text.startswith("#"):
            after = words[place + 1].text if place + 1 < len(words) else ""
            is_counted = after in _UNITS or (place > 0 and words[place - 1].text in _COUNTERS)
            text = _name_of(text[1:], numbers, is_counted=is_counted)
        called.append(word._replace(text=text))
    return called


def _digits_from(words: list[Word], begin: int) -> tuple[str, int]:
    """Give the digits of a number that begins here, and the place after it; none where no number begins."""
    parts: list[str] = []
    is_spoken = False
    place = begin
    while place < len(words):
        text = words[place].text
        if text.startswith("#"):
            parts.append(text[1:])
        elif text in _TIMES and place + 1 < len(words) and words[place + 1].text in _DIGITS:
            parts.append(_DIGITS[words[place + 1].text] * _TIMES[text])
            is_spoken = True
            place += 1
        elif text in _DIGITS or text in _TEENS:
            parts.append(_DIGITS.get(text) or _TEENS[text])
            is_spoken = True
        else:
            break
        place += 1
    whole = "".join(parts)
    if len(parts) > 1 and (is_spoken or len(whole) == len(parts) or len(whole) >= _LONG_NUMBER):
        return whole, place
    if not parts or words[begin].text in _DIGITS:
        return "", begin
    return parts[0], begin + (2 if words[begin].text in _TIMES else 1)


def _name_of(digits: str, numbers: Numbers, *, is_counted: bool) -> str:
    if not is_counted and digits == numbers.here:
        return "#here"
    if not is_counted and digits in numbers.lines:
        return "#line"
    if not is_counted and digits in numbers.elsewhere:
        return "#elsewhere"
    if len(digits) <= _LONGEST_AMOUNT:
        return "#" + digits
    return "#amount" if is_counted else "#short" if len(digits) < _LONG_NUMBER else "#long"
