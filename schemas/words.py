"""Holds the small types that every other noun is made of: ids, levels, texts, dates. Refuses to hold whole items."""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from schemas.describing import Described


class Frozen(Described):
    """A model that never changes after it is made and refuses any field it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TextMarker:
    """Marks a field that people read, so that a translation must carry it and a reading test must see it."""


NO_CONTROL: Final = r"^[^\u0000-\u0008]*$"
"""What holds of every text that has no stricter form: there are no control characters in it."""

ONE_LINE: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"
"""What holds of a text that is one line: there is no control character in it at all."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""A kebab-case id; it is never used again for anything else."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^\S(.*\S)?$"), TextMarker()]
"""One line of words for people, without blanks at its ends."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A SHA-256 as lower-case hexadecimal with its name in front."""

Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$")]
"""A release's version in the form MAJOR.MINOR.PATCH."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 country code."""

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A BCP 47 language tag."""

Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]
"""A web address where a source can be found."""

Duration = Annotated[str, StringConstraints(pattern=r"^P(\d+D|\d+W|T\d+H|T\d+M)$")]
"""A span of time as ISO 8601 writes it, such as P1D or PT4H."""

Level = Literal["self_care", "routine", "soon", "urgent", "emergency"]
"""How fast a person needs care, mildest first; a client treats one it does not know as emergency."""

LEVELS: Final[tuple[Level, ...]] = ("self_care", "routine", "soon", "urgent", "emergency")
"""Every level in the order of its rank, 0 to 4."""

RANK: Final[dict[Level, int]] = {level: rank for rank, level in enumerate(LEVELS)}
"""The rank of each level, 0 (self_care) to 4 (emergency)."""

EvidenceStrength = Literal["strong", "moderate", "weak", "expert_opinion", "hypothesis", "retired"]
"""How well a claim is supported; `retired` is a claim kept only to say that it no longer stands."""

NotToSayKind = Literal[
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
]
"""The kinds of statement that may be forbidden beside an answer; a client treats one it does not know as forbidden."""

ClinicalReview = Literal["none"]
"""Which clinician reviewed the content: none has."""

FindingKind = Literal["yes_no", "number"]
"""Whether a finding is answered by yes or no, or by a number."""

Kind = Literal["topic", "cause", "remedy", "red_flag", "finding", "source", "reassurance"]
"""The kinds of content item that have a file of their own."""

Operator = Literal["finding", "number", "all_of", "any_of", "some_of"]
"""The five operators of a criterion. There is no negation, so a reported symptom can only raise an answer."""

Json = Any
"""A value read from JSON whose shape is not known yet; it never travels further than the edge that parses it."""

ShortList = Annotated[tuple[Identifier, ...], Field(max_length=400)]
"""A list of ids."""
