"""Holds what a mirror tells of its upstream. Refuses to hold how it finds out."""

from typing import Literal

from pydantic import MISSING

from schemas.words import Frozen, Version

Unsigned = Literal["refuse", "follow"]
"""What to do with an upstream where no key is trusted; `follow` takes what it gives, proved by nobody."""

OutcomeKind = Literal["updated", "unchanged", "refused", "unreachable", "unwritable"]
"""`refused`: what it gave cannot be believed; `unreachable`: it gave nothing; `unwritable`: the disk failed."""


class Outcome(Frozen):
    """What one look at an upstream came to."""

    kind: OutcomeKind
    held: Version | MISSING = MISSING
    """The newest release that is held now; left out where there is none yet."""
    reasons: tuple[str, ...] = ()
