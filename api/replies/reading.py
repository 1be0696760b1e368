"""Holds how a reply is read into sentences whose words keep their places. Judges nothing.

Every step is linear in the length of the reply.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from api.replies.smoothing import Smooth, Span, smooth
from api.replies.spelling import Numbers, Word, named, numbered, spelt_out

LONGEST_SENTENCE: Final = 120
"""A sentence of more words is not understood, and no instruction is looked for in it."""


MOST_SENTENCES: Final = 400
"""The most sentences of a reply that are looked at."""


class Sentence(NamedTuple):
    """One sentence: its words as they are compared, and where each stands in the reply.

    `text` is the words with a blank before each and one at the end, so that a pattern can be looked for; `,` stands
    for every break inside the sentence and before its first word. `quoted` are the places of words that stand in
    quotation marks or are struck through.
    """

    text: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    starts: tuple[int, ...]
    """Where each word begins in `text`."""
    quoted: frozenset[int]
    is_question: bool

    def places_of(self, match: re.Match[str]) -> range:
        """Give the places of the words of a match in `text`."""
        return range(bisect_right(self.starts, match.start() + 1) - 1, bisect_right(self.starts, match.end() - 1))

    def span_of(self, places: range) -> Span:
        """Give where words stand in the reply."""
        return self.spans[places.start][0], self.spans[places.stop - 1][1]


class Reading(NamedTuple):
    """A reply as it was read, where it may look different from what it says, and its pictures that could be a wink."""

    sentences: tuple[Sentence, ...]
    hidden: tuple[Span, ...]
    pictures: tuple[Span, ...]


_TOKEN: Final = re.compile(
    r"""
    (?P<markup> ~~ | <!-- | </?[a-z][^<>\n]{0,100}> | &\#?[a-z0-9]{1,8}; )
  | (?P<short> (?<![a-z0-9]) (?:[a-z]\.){1,4}[a-z]\b\.? | \b(?:dr|mr|mrs|ms|st|approx|vs|etc)\. )
  | (?P<letters> \b[a-z](?:[ ][a-z]\b){2,} )
  | (?P<word> [a-z]+(?:'[a-z]+)*'? )
  | (?P<number> [0-9]+ (?:[-.\u2014][0-9]+)* )
  | (?P<stop> \.(?!\.)(?=["')\]*_]*(?:\s|$)) | [!?]+ | \n[ \t]*\n\s*
            | \n(?=[ \t]*(?:[-*+\u2022#>]|[0-9]+[.)])[ \t]) )
  | (?P<pause> [,;:()\[\]/\u2014\u2026|=] | \.{2,} | [ ]-{1,3}[ ] )
  | (?P<quote> ["'] )
  | (?P<foreign> [^\W_]+ )
  """,
    re.VERBOSE,
)
_HARMLESS_MARKUP: Final = re.compile(r"</?(?:b|strong|i|em|u|p|br|ul|ol|li|h[1-6])\s*/?>|&(?:nbsp|amp|quot|\#39);")
_STRIKE: Final = "~~"
_LONGEST_QUOTE: Final = 200
"""Within how many letters the second of a pair of single quotation marks is looked for."""
_SHUT: Final = frozenset({"not", "never"})
_GOES_ON: Final = frozenset({"or", "unless", "only", "not"})
_IF: Final = frozenset({"if", "when", "once"})
_SHORT_IF: Final = 8
"""A sentence that begins with "if" and has no more words than this and no break belongs to the one before it."""


def read(reply: str, numbers: Numbers) -> Reading:
    """Read a reply into sentences; every number in it is called by what it is.

    What comes after the last sentence that is looked at counts as hidden.
    """
    made = smooth(reply)
    marked: list[Span] = []
    words = named(numbered(list(_words(made, marked))), numbers)
    pieces = _joined(words)
    hidden = [*made.hidden, *marked]
    if len(pieces) > MOST_SENTENCES:
        hidden.append((pieces[MOST_SENTENCES][0][0].span[0], len(reply)))
    sentences = (_sentence(piece, is_question=is_question) for piece, is_question in pieces[:MOST_SENTENCES])
    return Reading(tuple(sentences), tuple(hidden), made.pictures)


def _words(made: Smooth, marked: list[Span]) -> Iterator[Word]:
    """Cut a text into words, numbers and marks; markup that may hide something is noted."""
    within: set[str] = set()
    for match in _TOKEN.finditer(made.letters):
        span = made.places[match.start()], made.places[match.end() - 1] + 1
        kind, text = match.lastgroup or "", match.group()
        if kind == "markup":
            if not _HARMLESS_MARKUP.fullmatch(text):
                marked.append(span)
            within ^= {text} & {_STRIKE}
        elif kind == "quote":
            if text == '"' or text in within or made.letters.find(text, match.end(), match.end() + _LONGEST_QUOTE) > 0:
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
    """Give the words that a piece of text stands for."""
    if kind == "word":
        yield from spelt_out(text.removesuffix("'"))
    elif kind == "number":
        yield "#" + re.sub(r"[^0-9]", "", text)
    elif kind == "foreign":
        yield "?" + text
    else:
        yield re.sub(r"[. ]", "", text)


def _joined(words: list[Word]) -> list[tuple[list[Word], bool]]:
    """Cut at full stops, but not after a dangling "not", nor before a piece that only goes on ("or not", "unless")."""
    joined: list[tuple[list[Word], bool]] = []
    for piece, is_question in _pieces(words):
        if joined and (_dangles(joined[-1][0]) or _goes_on(piece)):
            before, was_question = joined.pop()
            joined.append(([*before, Word(",", piece[0].span), *piece], is_question or was_question))
        else:
            joined.append((piece, is_question))
    return joined


def _pieces(words: list[Word]) -> Iterator[tuple[list[Word], bool]]:
    """Give the words between full stops, and whether a question mark ends them."""
    piece: list[Word] = []
    for word in words:
        if word.text not in {".", "?"}:
            piece.append(word)
        elif piece:
            yield piece, word.text == "?"
            piece = []
    if piece:
        yield piece, False


def _dangles(piece: list[Word]) -> bool:
    return len(piece) > 1 and piece[-1].text in _SHUT


def _goes_on(piece: list[Word]) -> bool:
    first = piece[0].text
    if first in _IF:
        return len(piece) <= _SHORT_IF and all(word.text != "," and not word.text.startswith("#") for word in piece)
    return first in _GOES_ON


def _sentence(piece: list[Word], *, is_question: bool) -> Sentence:
    begin = piece[0].span[0]
    words = [Word(",", (begin, begin)), *piece]
    starts: list[int] = []
    length = 1
    for word in words:
        starts.append(length)
        length += len(word.text) + 1
    return Sentence(
        text=f" {' '.join(word.text for word in words)} ",
        words=tuple(word.text for word in words),
        spans=tuple(word.span for word in words),
        starts=tuple(starts),
        quoted=frozenset(place for place, word in enumerate(words) if word.is_quoted),
        is_question=is_question,
    )
