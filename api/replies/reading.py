"""Holds how a reply is read: marks and typing habits are smoothed away, and every word keeps its place in the reply.

Places are counted in Unicode code points from 0; an end is one past the last. Judges nothing. Every step is linear in
the length of the reply.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

Span = tuple[int, int]


class Sentence(NamedTuple):
    """One sentence: its words as they are compared, and where each stands in the reply.

    `text` is the words with a blank before each and one at the end, so that a pattern can be looked for; `,` stands
    for every break inside the sentence and before its first word. `quoted` are the places of words in quotation marks.
    """

    text: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    places: tuple[int, ...]
    quoted: frozenset[int]
    is_question: bool

    def words_of(self, match: re.Match[str]) -> tuple[int, int]:
        """Give the places of the first word of a match and of the first word after it."""
        return bisect_right(self.places, match.start() + 1) - 1, bisect_right(self.places, match.end() - 1)

    def span_of(self, first: int, after: int) -> Span:
        """Give where words stand in the reply."""
        return self.spans[first][0], self.spans[after - 1][1]


class Reading(NamedTuple):
    """A reply as it was read, and the places of what may look different from what it says: struck or hidden text."""

    sentences: tuple[Sentence, ...]
    unclear: tuple[Span, ...]


class Numbers(NamedTuple):
    """What the numbers in a reply may be, as digits: the one to call, those of other countries, advice lines."""

    here: str
    elsewhere: frozenset[str]
    lines: frozenset[str]


class Word(NamedTuple):
    """A word, a number or a mark, and where it stands."""

    text: str
    span: Span
    quoted: bool = False


_QUOTES: Final = {ord(mark): "'" for mark in "\u2018\u2019\u201b\u2032\u02bc\u0060\u00b4\uff07"} | {
    ord(mark): '"' for mark in "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"
}
_DASHES: Final = {ord(mark): "\u2014" for mark in "\u2013\u2014\u2015\u2212"} | {
    ord(mark): "-" for mark in "\u2010\u2011\u2012\ufe63\uff0d"
}
_MARKS: Final = _QUOTES | _DASHES | {ord("\u2026"): "\u2026", ord("\u3002"): ".", ord("\u3001"): ","}
_STRUCK: Final = frozenset("\u0335\u0336\u0337\u0338\u20d2\u20d3\u20e5\u20e6")
_TURNED: Final = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
"""Marks that strike letters out, and marks that turn the direction of what is shown."""

_TOKEN: Final = re.compile(
    r"""
    (?P<markup> ~~ | <!-- | </?[a-z][^<>\n]{0,100}> | &\#?[a-z0-9]{1,8}; )
  | (?P<short> (?<![a-z0-9]) (?:[a-z]\.){1,4}[a-z]\b\.? | \b(?:dr|mr|mrs|ms|st|approx|vs|etc)\. )
  | (?P<letters> \b[a-z](?:[ ][a-z]\b){2,} )
  | (?P<word> [a-z]+(?:'[a-z]+)*'? )
  | (?P<number> [0-9]+ (?:[-.\u2014][0-9]+)* )
  | (?P<stop> \.(?!\.)(?=["')\]*_]*(?:\s|$)) | [!?][!?]* | \n[ \t]*\n\s* | \n(?=[ \t]*(?:[-*+\u2022#>]|[0-9]+[.)])[ \t]) )
  | (?P<pause> [,;:()\[\]/\u2014\u2026|=] | \.{2,} | [ ]-{1,3}[ ] )
  | (?P<quote> ["'] )
  | (?P<foreign> [^\W_]+ )
  """,
    re.VERBOSE,
)
_HARMLESS_MARKUP: Final = re.compile(r"</?(?:b|strong|i|em|u|p|br|ul|ol|li|h[1-6])\s*/?>|&(?:nbsp|amp|quot|\#39);")
_PHRASED: Final = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
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
    "docs": ("doctors",), "asap": ("as", "soon", "as", "possible"), "appt": ("appointment",), "w/o": ("without",),
    "'em": ("them",), "c'mon": ("come", "on"), "dunno": ("do", "not", "know"), "kinda": ("kind", "of"),
}  # fmt: skip
_IS: Final = frozenset(
    "it that this there here he she what who where how when why nothing everything something everyone nobody".split()  # noqa: SIM905
)
_DIGITS: Final = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_TEENS: Final = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_LONGEST_QUOTE: Final = 200
"""How many letters on the second of a pair of single quotation marks is looked for."""
_JOINS: Final = frozenset({"or", "unless", "only", "not"})
_IF: Final = frozenset({"if", "when", "once"})
_SHORT_IF: Final = 8
"""A sentence that begins with "if" and has no more words than this and no break belongs to the one before it."""
_LONGEST_AMOUNT: Final = 2
"""A number of so few digits is kept as it is, for it may be an amount."""
_UNITS: Final = frozenset(
    """
    second seconds minute minutes min mins hour hours hr hrs day days week weeks month months year years times percent
    mg ml mcg g gram grams milligrams am pm degrees steps people tablets pills doses drops cups metres meters miles km
    """.split()  # noqa: SIM905 -- a table is read more easily than forty quoted strings
)
_COUNTERS: Final = frozenset({"step", "question", "aged", "age", "option", "page"})
_LONG_NUMBER: Final = 6
"""Groups of digits with blanks between them are one number from this many digits on, as telephone numbers are."""


def read(reply: str, numbers: Numbers) -> Reading:
    """Read a reply into sentences; every number in it is called by what it is."""
    letters, places, unclear = _smooth(reply)
    words = _numbered(list(_words(letters, places, unclear)))
    return Reading(tuple(_sentences(_named(words, numbers))), tuple(unclear))


def _smooth(reply: str) -> tuple[str, list[int], list[Span]]:
    """Lower the case, take accents, styles and invisible marks away; give the place of every letter that is left."""
    letters: list[str] = []
    places: list[int] = []
    unclear: list[Span] = []
    for place, character in enumerate(reply):
        if character in _STRUCK or character in _TURNED:
            unclear.append((place, place + 1))
            continue
        if character.isascii():
            smooth = character.lower()
        elif character.isspace():
            smooth = "\n" if character in "\u2028\u2029\x85" else " "
        else:
            smooth = "".join(
                part
                for part in unicodedata.normalize("NFKD", character.translate(_MARKS)).casefold().translate(_MARKS)
                if unicodedata.category(part) not in {"Mn", "Me", "Cf"}
            )
            if character.isdecimal():
                smooth = str(unicodedata.decimal(character))
        letters.append(smooth)
        places.extend([place] * len(smooth))
    return "".join(letters).replace("\r", "\n"), places, unclear


def _words(letters: str, places: list[int], unclear: list[Span]) -> Iterator[Word]:
    """Cut a smoothed text into words, numbers and marks; what is struck out counts as quoted, not as said."""
    within: set[str] = set()
    for match in _TOKEN.finditer(letters):
        span = places[match.start()], places[match.end() - 1] + 1
        kind, text = match.lastgroup or "", match.group()
        if kind == "markup":
            if not _HARMLESS_MARKUP.fullmatch(text):
                unclear.append(span)
            if text == "~~":
                within ^= {text}
        elif kind == "quote":
            if text == '"' or text in within or letters.find(text, match.end(), match.end() + _LONGEST_QUOTE) > 0:
                within ^= {text}
        elif kind in {"stop", "pause"}:
            if text.startswith("\n"):
                within.clear()
            yield Word(("?" if "?" in text else ".") if kind == "stop" else ",", span)
        else:
            yield from (Word(part, span, bool(within)) for part in _parts(kind, text))
            if text.endswith("'"):
                within.discard("'")


def _parts(kind: str, text: str) -> Iterator[str]:
    """Give the words that one piece of text stands for; `#` is before a number, `?` before letters that are not ours."""
    if kind == "word":
        yield from _spelt_out(text.removesuffix("'"))
    elif kind == "number":
        yield "#" + re.sub(r"[^0-9]", "", text)
    elif kind == "foreign":
        yield "?" + text
    else:
        yield re.sub(r"[. ]", "", text)


def _spelt_out(word: str) -> Iterator[str]:
    """Write out what an apostrophe, or a missing one, cuts short; a possessive loses its ending."""
    if word in _WHOLE:
        yield from _WHOLE[word]
        return
    for ending, full in _PHRASED.items():
        if word.endswith(ending):
            yield from filter(None, (word.removesuffix(ending), full))
            return
    stem, _, rest = word.partition("'")
    yield stem
    if rest == "s" and stem in _IS:
        yield "is"


def _numbered(words: list[Word]) -> list[Word]:
    """Put numbers together that are spoken digit by digit or written in groups."""
    found: list[Word] = []
    index = 0
    while index < len(words):
        digits, after = _digits_from(words, index)
        if digits:
            found.append(Word("#" + digits, (words[index].span[0], words[after - 1].span[1]), words[index].quoted))
            index = after
        else:
            found.append(words[index])
            index += 1
    return found


def _digits_from(words: list[Word], index: int) -> tuple[str, int]:
    """Give the digits of a number that begins here, and the place after it; none where no number begins."""
    parts: list[str] = []
    spoken = False
    place = index
    while place < len(words):
        text = words[place].text
        if text.startswith("#"):
            parts.append(text[1:])
        elif text in _TIMES and place + 1 < len(words) and words[place + 1].text in _DIGITS:
            parts.append(_DIGITS[words[place + 1].text] * _TIMES[text])
            spoken = True
            place += 1
        elif text in _DIGITS or text in _TEENS:
            parts.append(_DIGITS.get(text) or _TEENS[text])
            spoken = True
        else:
            break
        place += 1
    whole = "".join(parts)
    if not parts:
        return "", index
    together = spoken or all(len(part) == 1 for part in parts) or len(whole) >= _LONG_NUMBER
    if len(parts) > 1 and together:
        return whole, place
    if words[index].text in _DIGITS:
        return "", index
    return parts[0], index + (2 if words[index].text in _TIMES else 1)


def _named(words: list[Word], numbers: Numbers) -> list[Word]:
    """Call each number by what it is; what is counted or measured is an amount, whatever its digits."""
    named: list[Word] = []
    for index, word in enumerate(words):
        text = word.text
        if text.startswith("#"):
            after = words[index + 1].text if index + 1 < len(words) else ""
            counted = after in _UNITS or (index > 0 and words[index - 1].text in _COUNTERS)
            text = _name_of(text[1:], numbers, counted=counted)
        named.append(word._replace(text=text))
    return named


def _name_of(digits: str, numbers: Numbers, *, counted: bool) -> str:
    if not counted and digits == numbers.here:
        return "#here"
    if not counted and digits in numbers.lines:
        return "#line"
    if not counted and digits in numbers.elsewhere:
        return "#elsewhere"
    if len(digits) <= _LONGEST_AMOUNT:
        return "#" + digits
    return "#amount" if counted else "#short" if len(digits) < _LONG_NUMBER else "#long"


def _sentences(words: list[Word]) -> Iterator[Sentence]:
    """Cut at full stops, but not after a dangling "not", nor before a piece that only goes on ("or not", "unless")."""
    pieces: list[tuple[list[Word], bool]] = []
    piece: list[Word] = []
    for word in words:
        if word.text in {".", "?"}:
            if piece:
                pieces.append((piece, word.text == "?"))
            piece = []
        else:
            piece.append(word)
    if piece:
        pieces.append((piece, False))
    joined: list[tuple[list[Word], bool]] = []
    for inner, is_question in pieces:
        if joined and (_dangles(joined[-1][0]) or _goes_on(inner)):
            before, asked = joined.pop()
            # in one breath with what went before; a question mark in between still makes that part a question
            joined.append(([*before, Word(",", inner[0].span), *inner], is_question or asked))
        else:
            joined.append((inner, is_question))
    for inner, is_question in joined:
        yield _sentence(inner, is_question=is_question)


def _dangles(piece: list[Word]) -> bool:
    return piece[-1].text in {"not", "never"} and len(piece) > 1


def _goes_on(piece: list[Word]) -> bool:
    first = piece[0].text
    if first in _IF:
        return len(piece) <= _SHORT_IF and all(word.text != "," and not word.text.startswith("#") for word in piece)
    return first in _JOINS


def _sentence(words: list[Word], *, is_question: bool) -> Sentence:
    begin = words[0].span[0]
    all_words = [Word(",", (begin, begin)), *words]
    places: list[int] = []
    length = 1
    for word in all_words:
        places.append(length)
        length += len(word.text) + 1
    return Sentence(
        text=" " + " ".join(word.text for word in all_words) + " ",
        words=tuple(word.text for word in all_words),
        spans=tuple(word.span for word in all_words),
        places=tuple(places),
        quoted=frozenset(index for index, word in enumerate(all_words) if word.quoted),
        is_question=is_question,
    )
