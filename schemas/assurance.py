"""Holds the assurance report: how each law was checked on one release, and what the rules were shown to be."""

from typing import Literal

from pydantic import MISSING, Field

from schemas.releases import Example
from schemas.words import ClinicalReview, Digest, Frozen, Identifier, Level, Text, Version


class Checked(Frozen):
    """One way in which a law was checked, and how often."""

    how: Literal["proved", "exhausted", "sampled"]
    """`proved`: by the solver, for all there are; `exhausted`: each was tried; `sampled`: so many were drawn."""
    count: int = Field(ge=1)
    of: str
    """What was counted."""


class LawChecked(Frozen):
    """A law of the check, and how it was checked on this release; a law that fails lets no release be made."""

    number: int = Field(ge=1)
    name: str
    law: str
    checked: tuple[Checked, ...] = Field(min_length=1)


class RedFlagChecked(Frozen):
    """What was proved of one red flag."""

    red_flag: Identifier
    level: Level
    reached_by: Example
    """The smallest profile in which it is present."""
    stands_alone_in: Example | MISSING = MISSING
    """The smallest profile in which no other of its level or above is present; left out where others always are."""
    beside: Text | MISSING = MISSING
    """Why it stands though others always are."""


class Timings(Frozen):
    """How long the report took: the only part of it that is not the same on every machine."""

    solver_milliseconds: int = Field(ge=0)


class Assurance(Frozen):
    """How one release was checked before it was published. It says nothing of whether the content is right."""

    version: Version
    bundle: Digest
    clinical_review: ClinicalReview
    solver: str
    seed: int
    """The seed from which every sample was drawn."""
    laws: tuple[LawChecked, ...]
    red_flags: tuple[RedFlagChecked, ...]
    timings: Timings
