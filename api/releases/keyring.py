"""Holds the set of public keys beside the releases: keys are added and retired, and each new set is signed.

The first set is signed by its own release key. Every later one must be signed by a release key of the set before it.
Every set stays published under `keys/`, so that whoever trusts any of them can follow to the last. A next key is added,
and so trusted, before it is first used.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import count, takewhile
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import canonical
from api.releases.files import parse, read_file, replace_file
from api.releases.signing import public_half, sign, verify
from schemas.keys import KeySet, PrivateKey
from schemas.problems import ContentRefused, Fault, SignatureRefused

KEYS: Final = "keys.json"
SIGNATURE: Final = "keys.signature"
STEPS: Final = "keys"
"""The folder of every key set there was: 000001.json, 000001.signature and so on, oldest first."""


class SignedKeys(NamedTuple):
    """The bytes of a key set and of its signature; the signature is empty where there is none."""

    data: bytes
    signature: bytes


def read_keys(directory: Path) -> KeySet:
    """Read the key set of a folder of releases; an empty one where nothing is signed.

    Raises:
        ContentRefused: it cannot be read, or is not signed by a release key of its own.

    """
    if not (directory / KEYS).exists():
        return KeySet()
    faults: list[Fault] = []
    data = (directory / KEYS).read_bytes()
    keys = parse(KEYS, data, KeySet, faults)
    if keys is not None:
        try:
            signature = (directory / SIGNATURE).read_bytes() if (directory / SIGNATURE).exists() else b""
            check_keys(data, signature, keys, keys)
        except SignatureRefused as error:
            faults.append(Fault(SIGNATURE, "", str(error)))
    if faults or keys is None:
        raise ContentRefused(tuple(faults))
    return keys


def check_keys(data: bytes, signature: bytes, keys: KeySet, trusted: KeySet) -> None:
    """Hold a key set to the keys that are trusted already.

    Raises:
        SignatureRefused: no trusted release key that is in use has signed it, or it is older than the trusted one.

    """
    if keys.issued is MISSING:
        message = "the key set does not say when it was issued"
        raise SignatureRefused(message)
    if trusted.issued is not MISSING and keys.issued < trusted.issued:
        message = "the key set is older than the one that is trusted"
        raise SignatureRefused(message)
    verify(data, signature, trusted, "release", date.max)


def step_name(number: int) -> str:
    """Give the name of the key set of a number, counted from 1, beside the releases."""
    return f"{STEPS}/{number:06d}.json"


def signature_name(name: str) -> str:
    """Give the name of the signature of a key set."""
    return f"{name.removesuffix('.json')}.signature"


def step_names(directory: Path) -> list[str]:
    """Give the names of every key set there was, oldest first."""
    return list(takewhile(lambda name: (directory / name).is_file(), map(step_name, count(1))))


def step_files(directory: Path) -> list[str]:
    """Give the names of every key set there was and of its signature."""
    return [name for keys in step_names(directory) for name in (keys, signature_name(keys))]


def read_steps(directory: Path) -> list[SignedKeys]:
    """Read every key set there was, oldest first."""
    steps: list[SignedKeys] = []
    for name in step_names(directory):
        signature = directory / signature_name(name)
        steps.append(SignedKeys((directory / name).read_bytes(), signature.read_bytes() if signature.exists() else b""))
    return steps


def walk(trusted: KeySet, steps: Iterable[SignedKeys]) -> KeySet:
    """Go from the keys that somebody trusts along the sets there were, as far as each set proves the next.

    A set that is older than what is trusted, or that it does not prove, is passed over. Without trusted keys there is
    nothing to go from.
    """
    for step in steps:
        keys = parse(KEYS, step.data, KeySet, [])
        if keys is None or not trusted.keys:
            continue
        try:
            check_keys(step.data, step.signature, keys, trusted)
        except SignatureRefused:
            continue
        trusted = keys
    return trusted


def read_trusted(path: Path) -> KeySet:
    """Read a file of keys that somebody trusts.

    Raises:
        ContentRefused: it cannot be read or holds no key.

    """
    faults: list[Fault] = []
    data = read_file(path.parent, path.name, faults)
    keys = parse(path.name, data, KeySet, faults) if data is not None else None
    if keys is None or not keys.keys:
        raise ContentRefused(tuple(faults) or (Fault(path.name, "/keys", "it holds no key"),))
    return keys


def add_key(key: PrivateKey, signer: PrivateKey | None, now: datetime, directory: Path) -> KeySet:
    """Add the public half of a key to the set, signed by a release key; the first key signs for itself.

    Raises:
        ContentRefused: the first key is no release key, or the signer is none of the set.

    """
    before = read_keys(directory)
    if before.keys and signer is None:
        raise ContentRefused((Fault(KEYS, "/keys", "a release key of this set must sign the new one"),))
    if not before.keys and key.purpose != "release":
        raise ContentRefused((Fault(KEYS, "/keys", "the first key must be a release key"),))
    after = KeySet(keys=(*before.keys, public_half(key)), issued=now)
    return _write(after, before if before.keys else after, signer or key, directory)


def retire_key(name: str, signer: PrivateKey, now: datetime, directory: Path) -> KeySet:
    """Retire the key of a thumbprint from today on; what a release key signed before stays proved.

    Raises:
        ContentRefused: no key that is in use has it, or the signer is no release key that stays in use.

    """
    before = read_keys(directory)
    if not any(key.kid == name and key.retired is MISSING for key in before.keys):
        raise ContentRefused((Fault(KEYS, "/keys", "no key in use has this thumbprint"),))
    after = KeySet(
        keys=tuple(key.model_copy(update={"retired": now.date()}) if key.kid == name else key for key in before.keys),
        issued=now,
    )
    return _write(after, before, signer, directory)


def _write(keys: KeySet, trusted: KeySet, signer: PrivateKey, directory: Path) -> KeySet:
    data = canonical(keys)
    signature = sign(data, signer)
    try:
        check_keys(data, signature, keys, trusted)
        check_keys(data, signature, keys, keys)
    except SignatureRefused as error:
        raise ContentRefused((Fault(KEYS, "", str(error)),)) from None
    (directory / STEPS).mkdir(exist_ok=True)
    name = step_name(len(step_names(directory)) + 1)
    for path, content in ((signature_name(name), signature), (name, data), (SIGNATURE, signature), (KEYS, data)):
        replace_file(directory / path, content)
    return keys
