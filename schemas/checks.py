"""Holds the red-flag check: the profile that is sent and the answer that comes back."""

from typing import Annotated, Literal

from pydantic import MISSING, Field, StringConstraints

from schemas.releases import ReleaseReference
from schemas.words import Digest, Duration, FindingKind, Frozen, Identifier, LanguageTag, Level, NotToSayKind

FindingId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""An id as a client sends it: any short text, so that an unknown one can be refused with its nearest neighbours."""

FindingIds = Annotated[tuple[FindingId, ...], Field(max_length=400)]


class Measurement(Frozen):
    """The value of a number finding, in the finding's own unit."""

    finding: FindingId
    value: float = Field(strict=True)


class Profile(Frozen):
    """What is known of one person; a finding in none of the lists is unanswered, and unanswered is never "no".

    `present`, `absent` and `unsure` (asked, does not know) hold ids of findings; `measurements` holds numbers.
    Everything is optional. Nothing of it is stored.
    """

    topic: Annotated[str, StringConstraints(max_length=60)] | MISSING = MISSING
    """Chooses which `routine` and `soon` red flags and which guidance are considered; every topic where left out."""
    region: Annotated[str, StringConstraints(max_length=8)] | MISSING = MISSING
    """ISO 3166-1 alpha-2 country, for the number to call."""
    language: Annotated[str, StringConstraints(max_length=35)] | MISSING = MISSING
    release: Annotated[str, StringConstraints(max_length=20)] | MISSING = MISSING
    """An exact version, to replay an answer; the newest where left out."""
    present: FindingIds = ()
    absent: FindingIds = ()
    unsure: FindingIds = ()
    measurements: Annotated[tuple[Measurement, ...], Field(max_length=100)] = ()
    include: Annotated[tuple[Literal["possible"], ...], Field(max_length=1)] = ()
    """`possible` adds every open red flag with what it is missing."""


Status = Literal["settled", "ask", "cannot_tell"]
"""`settled`: nothing that is still unknown could raise the level; `ask`: ask on; `cannot_tell`: only unsure is left."""


class Advice(Frozen):
    """What to do."""

    level: Level
    rank: int
    headline: str
    action: str
    service: str
    call: str | MISSING = MISSING
    """The number to call, or the words "your local emergency number" in the answer's language."""
    within: Duration | MISSING = MISSING


class MustSay(Frozen):
    """What every wording of an answer must keep."""

    level: Level | MISSING = MISSING
    """The level of the advice; left out where there is none yet."""
    action: str
    """Finished sentences that say what to do; they stand in `say` word for word."""
    call: str | MISSING = MISSING
    """The number to call now, where one is to be called."""
    ask: str | MISSING = MISSING
    """Where questions go on: the sentence that leads into them. They are in `ask_next` and must be asked."""


class MustNotSay(Frozen):
    """One kind of statement that must not stand beside an answer, with examples of how it is commonly phrased."""

    kind: NotToSayKind
    what: str | MISSING = MISSING
    examples: tuple[str, ...] = ()


class Matched(Frozen):
    """A red flag that is present, and the findings, as they were given, that alone make it so."""

    red_flag: Identifier
    level: Level
    title: str
    why: str
    service: str
    while_waiting: tuple[str, ...]
    because: tuple[Identifier, ...]
    sources: tuple[Identifier, ...]


class Possible(Frozen):
    """A red flag above the level that is neither present nor absent, and what it waits for."""

    red_flag: Identifier
    level: Level
    title: str
    missing: tuple[Identifier, ...]
    unsure: tuple[Identifier, ...]


class OpenCounts(Frozen):
    """How many red flags above the level are still open, by level; a level with none is left out."""

    emergency: int | MISSING = MISSING
    urgent: int | MISSING = MISSING
    soon: int | MISSING = MISSING
    routine: int | MISSING = MISSING


class Question(Frozen):
    """One finding to ask about."""

    id: Identifier
    kind: FindingKind
    question: str
    help: str | MISSING = MISSING
    unit: str | MISSING = MISSING
    minimum: float | MISSING = MISSING
    maximum: float | MISSING = MISSING
    decimals: int | MISSING = MISSING


class AskNext(Frozen):
    """One screen of at most seven questions; all of them can be answered yes, no or "not sure"."""

    prompt: str
    could_raise_to: Level
    left: int = Field(ge=0)
    """How many screens would follow this one if every answer were no."""
    findings: tuple[Question, ...] = Field(max_length=7)


class WatchFor(Frozen):
    """A sign that changes everything if it comes."""

    red_flag: Identifier
    level: Level
    text: str


class SafetyNet(Frozen):
    """What to look out for from now on; at most five signs."""

    call: str
    """The number to call at once for any of them, or the words for "your local emergency number"."""
    watch_for: tuple[WatchFor, ...] = Field(max_length=5)


class SuggestedItem(Frozen):
    """A cause or remedy, by id; a cause with the findings that speak for it, a remedy with the causes it helps."""

    id: Identifier
    title: str
    because: tuple[Identifier, ...] = ()


class Withheld(Frozen):
    """A remedy that is not suggested, and the findings that make it unsuitable."""

    remedy: Identifier
    because: tuple[Identifier, ...]


class CheckFirst(Frozen):
    """A remedy whose cautions are not all known to be clear, and the findings to look at first."""

    remedy: Identifier
    findings: tuple[Identifier, ...]


class ReassuringText(Frozen):
    """Words that may be said because the answer is settled at self_care."""

    id: Identifier
    text: str


class Guidance(Frozen):
    """Causes and remedies; given only where the worst case is below urgent."""

    causes: tuple[SuggestedItem, ...]
    remedies: tuple[SuggestedItem, ...]
    withheld: tuple[Withheld, ...]
    check_first: tuple[CheckFirst, ...]
    reassurance: tuple[ReassuringText, ...]


class CheckAnswer(Frozen):
    """Both ends of what is known, the instruction, and the next questions.

    `level` and `worst_case` are bounds, not instructions: `advice` is the instruction, and where it is left out
    there is none yet.
    """

    status: Status
    level: Level
    worst_case: Level
    settled: bool
    say: str
    """Finished sentences that a chatbot can speak as they are; where questions go on, they end with the questions."""
    must_say: MustSay
    must_not_say: tuple[MustNotSay, ...]
    advice: Advice | MISSING = MISSING
    matched: tuple[Matched, ...]
    open: OpenCounts
    possible: tuple[Possible, ...] | MISSING = MISSING
    ask_next: AskNext | MISSING = MISSING
    safety_net: SafetyNet
    guidance: Guidance | MISSING = MISSING
    release: ReleaseReference
    language: LanguageTag
    receipt: Digest
    intended_use: str
