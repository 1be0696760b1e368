"""Holds partners: who may call on a quota of their own, known by the hash of a key. Refuses to hold a key itself."""

from typing import Annotated, Final

from pydantic import MISSING, Field, StringConstraints

from schemas.words import Frozen, Identifier

QUOTA: Final = r"[1-9][0-9]{0,8}/(second|minute|hour)"
QuotaText = Annotated[str, StringConstraints(pattern=rf"^{QUOTA}$")]
"""How many requests a caller may send in which time, such as 600/minute."""


class Partner(Frozen):
    """Somebody who was given a key."""

    name: Identifier
    """Names the partner in this file and among the counted; it stands in no log, metric or trace."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """The SHA-256 of the key, in lower-case hexadecimal. A key has 256 random bits, so that nobody can try them all."""
    quota: QuotaText | MISSING = MISSING
    """The partner's own quota, for reads and again for checks; that of the settings where left out."""


class Partners(Frozen):
    """The file of partner keys."""

    partners: Annotated[tuple[Partner, ...], Field(max_length=10_000)]
