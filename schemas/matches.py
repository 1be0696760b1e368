"""Holds the matching of plain words: the text that is sent and the findings it may mean. It decides nothing."""

from typing import Annotated, Literal

from pydantic import MISSING, Field, StringConstraints

from schemas.answers import Answer
from schemas.words import NO_CONTROL, Frozen, Identifier

LONGEST_TEXT = 16_384


class LayText(Frozen):
    """What a person said, in their own words. Nothing of it is stored, logged or given back."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=NO_CONTROL)]
    topic: Annotated[str, StringConstraints(max_length=60)] | MISSING = MISSING
    """Only findings that a check of this topic takes; of every topic where left out."""
    language: Annotated[str, StringConstraints(max_length=35)] | MISSING = MISSING
    """The language of the text, one of the content's; its default where left out."""
    release: Annotated[str, StringConstraints(max_length=20)] | MISSING = MISSING
    """An exact version; the newest where left out."""


class Span(Frozen):
    """A place in the text, in code points counted from 0; `end` is the first that no longer belongs to it."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)


Doubt = Literal[
    "partly",
    "gate",
    "unclear",
    "other_person",
    "past",
    "unsure",
    "supposed",
    "asked",
    "another_word",
    "spelling",
    "language",
]
"""Why something must be asked: the words fit only in part (`partly`), a denial of a gate denies too much to be taken
from words (`gate`), it is not clear what is denied (`unclear`), it may be someone else's (`other_person`), it was or
is over (`past`), the person doubts it (`unsure`), supposes or fears it (`supposed`) or asks whether it is so
(`asked`), the words are part of a longer name (`another_word`), the only word may be
a typing error (`spelling`), denials are not understood in this language
(`language`)."""

Doubts = Annotated[tuple[Doubt, ...], Field(max_length=10)]


class FindingMatch(Frozen):
    """A finding that the text may mean. It is a proposal: the person confirms it before it goes into a profile."""

    finding: Identifier
    question: str
    """What to ask, to have it confirmed."""
    propose: Literal["present", "absent", "ask"]
    """Where to put it if the person confirms; `ask` where the text leaves it open. A gate is never proposed absent."""
    denied: bool
    """Whether every place that names it denies it."""
    confidence: float = Field(ge=0, le=1)
    """How well the words fit; no probability. From 0.9 the very words of a name or synonym; from 0.7 all of them, with
    others between or typing errors; from 0.5 most of them; below, only key words of its question. Below 0.7 it is
    always to be asked."""
    emergency_sign: bool
    """Whether a red flag of `emergency` reads it."""
    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    doubts: Doubts = ()


class MeasurementMatch(Frozen):
    """A number that the text may give. It is a proposal: the person confirms it before it goes into a profile."""

    finding: Identifier
    question: str
    value: float
    """In the finding's unit, rounded down to its decimals."""
    propose: Literal["measurement", "ask"]
    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    doubts: Doubts = ()


class MatchAnswer(Answer):
    """What a text may mean: candidates, surest first, signs of an emergency first among equals, and what is left.

    Nothing is decided, and what is not named here is unanswered, never absent.
    """

    findings: tuple[FindingMatch, ...]
    measurements: tuple[MeasurementMatch, ...]
    not_understood: tuple[Span, ...]
    """Words that matched nothing; they may matter all the same."""
    intended_use: str
