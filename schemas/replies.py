"""Holds the check of a chatbot's reply: what is sent, and what comes back. It never holds the reply's own words."""

from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field, StringConstraints

from schemas.checks import FindingId, MustSay, Profile, Status
from schemas.describing import Described
from schemas.releases import ReleaseReference
from schemas.words import NO_CONTROL, Digest, Frozen, LanguageTag, Level

MOST_REPLY = 60_000
"""The most code points of a reply; the body of the request is limited as well."""


class GivenPart(Described):
    """A part of an answer as the service gave it; of an answer only what is needed is read, the rest is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class GivenAdvice(GivenPart):
    """The advice of an answer."""

    level: Level
    call: Annotated[str, StringConstraints(max_length=200)] | MISSING = MISSING


class GivenQuestion(GivenPart):
    """A question of an answer."""

    id: FindingId


class GivenAskNext(GivenPart):
    """The screen of an answer."""

    findings: Annotated[tuple[GivenQuestion, ...], Field(min_length=1, max_length=7)]


class GivenSafetyNet(GivenPart):
    """The safety net of an answer."""

    call: Annotated[str, StringConstraints(max_length=200)]


class GivenRelease(GivenPart):
    """The release of an answer."""

    version: Annotated[str, StringConstraints(max_length=20)]
    digest: Digest


class GivenAnswer(GivenPart):
    """An answer of the red-flag check, sent back as it came; one that this service could not have given is refused."""

    status: Status
    level: Level
    worst_case: Level
    settled: bool
    advice: GivenAdvice | MISSING = MISSING
    ask_next: GivenAskNext | MISSING = MISSING
    safety_net: GivenSafetyNet
    release: GivenRelease
    language: Annotated[str, StringConstraints(max_length=35)]


class ReplyToCheck(Frozen):
    """A chatbot's reply, and either the answer that it words or the profile to work that answer out from.

    Exactly one of `answer` and `profile` is given. With a profile the red-flag check is run again, so nothing has to
    be believed; `release` then chooses an exact version. Nothing of it is stored.
    """

    answer: GivenAnswer | MISSING = MISSING
    profile: Profile | MISSING = MISSING
    release: Annotated[str, StringConstraints(max_length=20)] | MISSING = MISSING
    reply: Annotated[str, StringConstraints(min_length=1, max_length=MOST_REPLY, pattern=NO_CONTROL)]
    """What the chatbot is about to say, in English."""


MissingKind = Literal["action", "number", "time", "questions", "safety_net"]
"""What a reply can leave out: what to do, the number to call, how soon, the questions, what to look out for."""

WrongKind = Literal[
    "reassurance",
    "all_clear",
    "waiting",
    "no_need_of_care",
    "milder_care",
    "hedging",
    "diagnosis",
    "self_treatment",
    "driving",
    "false_help",
    "retraction",
    "wrong_number",
    "graver_level",
    "unclear",
    "not_understood",
]
"""What must not stand in a reply: the kinds of `must_not_say`; `graver_level`, more than the answer says; `unclear`,
words beside a grave answer of which it is not known that they take nothing from it; `not_understood`, no English."""

Verdict = Literal["send", "append_closing", "say_instead", "check_again"]
"""What to do with a reply. `send`: it keeps the answer. `append_closing`: it leaves something out; append `closing`.
`say_instead`: something in it is wrong, so it must not be sent; speak `say` of the answer, or `closing`. `check_again`:
it says more than the answer does; send what made it say so as findings. A client treats one it does not know as
`say_instead`."""


class MissingPart(Frozen):
    """Something that the reply leaves out, or does not say clearly enough to count."""

    kind: MissingKind
    detail: str


class WrongPart(Frozen):
    """Something that must not stand in the reply, and where.

    `start` and `end` count Unicode code points of the reply from 0; `end` is one past the last. In a language whose
    strings count UTF-16 units (JavaScript, Java) a character beyond U+FFFF before the place moves it by one.
    """

    kind: WrongKind
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    detail: str


class ReplyVerdict(Frozen):
    """Whether a reply keeps the answer that it words. The reply itself is never repeated.

    A pass is no proof: the check knows English and common wordings only. When it is in doubt it does not pass.
    """

    kept: bool
    verdict: Verdict
    missing: tuple[MissingPart, ...]
    wrong: tuple[WrongPart, ...]
    """In the order of the reply; at most 100."""
    closing: str | MISSING = MISSING
    """Sentences that say what must be said: to append, or to send in the reply's place, as `verdict` says."""
    status: Status
    must_say: MustSay
    release: ReleaseReference
    language: LanguageTag
    """The language of `closing` and `must_say`."""
    understands: tuple[LanguageTag, ...]
    """The languages in which a reply can be checked; any other is not understood, and never passes."""
    intended_use: str
