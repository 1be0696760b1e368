"""Holds the keys that sign releases. Refuses to hold how they are used."""

from datetime import date
from typing import Annotated, Literal

from pydantic import MISSING, AwareDatetime, StringConstraints

from schemas.words import Frozen

Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""Thirty-two bytes in base64url without padding."""

Purpose = Literal["release", "pointer"]
"""What a key may sign: releases and key sets, or only the pointer to the newest release."""


class PublicKey(Frozen):
    """The public half of an Ed25519 key as a JSON Web Key (RFC 7517, RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    x: Base64
    kid: Base64
    """The key's own thumbprint (RFC 7638)."""
    purpose: Purpose
    retired: date | MISSING = MISSING
    """A retired release key still proves releases published on or before this day; a retired pointer key nothing."""


class PrivateKey(PublicKey):
    """A key with its private half; it never stands in the repository or in an answer."""

    d: Base64


class KeySet(Frozen):
    """Every public key that may sign, the next one included, as a JSON Web Key Set."""

    keys: tuple[PublicKey, ...] = ()
    issued: AwareDatetime | MISSING = MISSING
    """When the set was made; a mirror never goes back to an older one. Left out where nothing is signed."""
