"""Holds signatures: Ed25519, as detached JWS over the exact bytes of a file. Knows no folder and no clock.

A file `X` is signed by `header..signature` (RFC 7515, appendix F): the middle part, the file itself, is left out.
"""

import json
from datetime import date
from itertools import count
from typing import Final

from pydantic import MISSING, ValidationError

from schemas.keys import KeySet, PrivateKey, PublicKey, Purpose
from schemas.problems import SignatureRefused

ALGORITHM: Final = "Ed25519"
"""The name of RFC 9864; the older "EdDSA" is deprecated."""
LONGEST: Final = 1000
"""The most bytes of a signature; ours have about 180."""


def new_key(purpose: Purpose) -> PrivateKey:
    """Make a key from the machine's own randomness, whose thumbprint no command line takes for an option."""
    from joserfc.jwk import OKPKey  # noqa: PLC0415 -- where nothing is signed nobody waits for the cryptography

    drawn = (OKPKey.generate_key("Ed25519", auto_kid=True).as_dict(private=True) for _ in count())
    made = next(key for key in drawn if not str(key["kid"]).startswith("-"))
    return PrivateKey(x=str(made["x"]), d=str(made["d"]), kid=str(made["kid"]), purpose=purpose)


def public_half(key: PrivateKey) -> PublicKey:
    """Give what may be shown of a key."""
    return PublicKey.model_validate(key.model_dump(exclude={"d"}))


def sign(data: bytes, key: PrivateKey) -> bytes:
    """Sign the bytes of a file."""
    from joserfc import jws  # noqa: PLC0415 -- see `new_key`
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    private = OKPKey.import_key({"kty": key.kty, "crv": key.crv, "x": key.x, "d": key.d})
    token = jws.serialize_compact({"alg": ALGORITHM, "kid": key.kid}, data, private, algorithms=[ALGORITHM])
    header, _, signature = token.split(".")
    return f"{header}..{signature}".encode()


def verify(data: bytes, signature: bytes, keys: KeySet, purpose: Purpose, on: date) -> None:
    """Hold the bytes of a file to a signature by one of the keys that may give it.

    `on` is the day from which the file is: a release key that was retired before it proves nothing.

    Raises:
        SignatureRefused: the signature is missing or of another form, is by no key that may sign this, or does not fit.

    """
    if not signature:
        message = "there is no signature"
        raise SignatureRefused(message)
    header, _, rest = signature[:LONGEST].decode("ascii", "replace").strip().partition(".")
    middle, _, value = rest.partition(".")
    if len(signature) > LONGEST or middle or not value:
        message = "the signature is not a detached JWS"
        raise SignatureRefused(message)
    from joserfc import jws  # noqa: PLC0415 -- see `new_key`
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    for key in keys.keys:
        if key.purpose != purpose or not _valid(key, on):
            continue
        public = OKPKey.import_key({"kty": key.kty, "crv": key.crv, "x": key.x, "kid": key.kid})
        try:
            proved = jws.deserialize_compact(f"{header}..{value}", public, algorithms=[ALGORITHM], payload=data)
        except (JoseError, ValueError):
            continue
        if proved.headers().get("kid") == key.kid:
            return
    message = f"no trusted {purpose} key has signed these bytes"
    raise SignatureRefused(message)


def read_private_key(data: bytes) -> PrivateKey:
    """Read a private key from the bytes of its file.

    Raises:
        SignatureRefused: it is not a key of this project.

    """
    try:
        return PrivateKey.model_validate_json(data)
    except ValidationError:
        message = "the file holds no private key; `python -m api keys new` makes one"
        raise SignatureRefused(message) from None


def write_private_key(key: PrivateKey) -> bytes:
    """Give the bytes of a private key's file."""
    return json.dumps(key.model_dump(mode="json"), indent=2).encode() + b"\n"


def _valid(key: PublicKey, on: date) -> bool:
    return key.retired is MISSING or (key.purpose == "release" and on <= key.retired)
