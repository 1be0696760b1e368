"""Holds the form of the data by which replies in one language are read. Refuses to hold any phrase itself.

A *pattern* is one line of words with a blank between them. An element is a word; `a|b` (one of these words);
`(a b|c)` (one of these phrases); `<class>` (one of a class's phrases); `..3` (up to three words, none of them a break
inside the sentence or a "not"); `~3` (up to three words of any kind); `,` (a break, or the beginning of a sentence).
`!a|b` (none of these words comes next); `?` after an element makes it optional. Numbers are `#here` (the number to
call), `#elsewhere` (another country's), `#line` (an advice or crisis line that goes with the number), `#short` and
`#long` (any other), `#n` (an amount). In an exception `@` stands for what the pattern found.
"""

from typing import Annotated

from pydantic import Field

from schemas.words import Frozen, LanguageTag, Level, NotToSayKind

Pattern = Annotated[str, Field(min_length=1, max_length=400)]
Patterns = tuple[Pattern, ...]
Words = tuple[str, ...]


class Leads(Frozen):
    """The words that may stand before an instruction without taking anything from it."""

    firm: Words
    gentle: Words
    """Further ones where an appointment is enough."""
    resets: Words
    """Words behind which a new thought begins."""
    holds: Words
    """Words that reach across those: "do not panic and call"."""
    addressed: Words
    """Who is asked to act; where the speaker is named, one of them must follow, or a word of advising."""
    advising: Words


class Conditions(Frozen):
    """What turns an instruction into a maybe, before it and after it, and what only looks as if it did."""

    before: Patterns
    exempt: Patterns
    after: dict[Level, Patterns]
    """In the rest of its clause."""
    later: dict[Level, Patterns]
    """In the rest of its sentence."""
    after_exempt: Patterns
    or_: dict[Level, Patterns] = Field(alias="or")
    """What may be offered as an alternative."""
    for_: Words = Field(alias="for")
    """The words that may follow "for"; any other names a sign, as in "call for any of these"."""


class Instruction(Frozen):
    """How one level's instruction is worded."""

    action: Patterns
    """As a command; every word before it in its clause must be one of the leads."""
    advised: Patterns
    """As advice."""
    passive: Patterns
    """As something that must be done."""
    number: Patterns
    local: Patterns
    """As the number, and as the words for it where no region is known."""
    time: Patterns


class SaysFrom(Frozen):
    """Patterns that count from a level on."""

    least: Level
    any: Patterns


class Statement(Frozen):
    """How one kind of forbidden statement is worded, and its exceptions."""

    says: tuple[SaysFrom, ...]
    unless: Patterns
    """What stands right before or right after it, such as "do not @"."""
    inside: Patterns
    """What stands in the middle of it."""


class Denials(Frozen):
    """What a person may be told not to do beside a grave answer; any other "do not" is unclear there."""

    not_: Words = Field(alias="not")
    after: Words
    """The words before it that make it one, where ..."""
    by: Words
    """... one of these stands before them."""
    skipped: Words
    allowed: Words
    """The words that may follow."""


class Wording(Frozen):
    """How replies in one language are worded."""

    language: LanguageTag
    classes: dict[str, tuple[str, ...]]
    leads: Leads
    conditions: Conditions
    instructions: dict[Level, Instruction]
    time_follows: Patterns
    """A sentence that says when, about what the one before it said."""
    conditional: dict[Level, Patterns]
    """The instruction as an "if": wrong where it stands nowhere without."""
    safety_net: Patterns
    questions: Patterns
    """How a question begins that has no question mark."""
    common: Words
    """Words that many questions share, by which none is known again."""
    statements: dict[NotToSayKind, Statement]
    denials: Denials
    asides: Patterns
    """How a clause begins that may hold any words even there."""
    words: Words
    """Lines of common words, by which the language is known."""
    plain: Words
    """Lines of words that can stand beside a grave answer; a sentence with any other is unclear there."""
    plain_questions: Words
    """Lines of further words for the questions that go on."""
