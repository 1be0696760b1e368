"""Holds the commands of whoever publishes: `release refresh`, `recall`, `keys`, `verify`. Private keys stay outside."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import MISSING, TypeAdapter, ValidationError

from api.cli.terminal import Terminal
from api.mirror.keeping import load_kept, published
from api.releases.freezing import Signers, read_ledger, read_recalls, sign_unsigned, unsigned_releases
from api.releases.keyring import add_key, read_keys, read_trusted, retire_key
from api.releases.library import load_library
from api.releases.pointing import point
from api.releases.signing import new_key, read_private_key, write_private_key
from api.settings import ROOT
from schemas.keys import KeySet, PrivateKey, Purpose
from schemas.problems import ContentRefused, Fault
from schemas.releases import Latest, Recall
from schemas.words import Json

_RECALL: TypeAdapter[Recall] = TypeAdapter(Recall)


class KeyFiles(NamedTuple):
    """Where the private keys lie that sign what a command writes; None where it is not signed."""

    release: Path | None
    pointer: Path | None


def signers(files: KeyFiles) -> Signers | None:
    """Read the two keys that sign a release; None where neither is given.

    Raises:
        ContentRefused: only one is given, a file cannot be read, or a key has the other purpose.

    """
    release, pointer = private_key(files.release, "release"), private_key(files.pointer, "pointer")
    if release is None and pointer is None:
        return None
    if release is None or pointer is None:
        raise ContentRefused((Fault("keys", "", "give both --release-key and --pointer-key, or neither"),))
    return Signers(release, pointer)


def refresh(releases: Path, files: KeyFiles, terminal: Terminal) -> int:
    """Renew the pointer to the newest release, so that it does not expire; with a release key sign what is not signed.

    Raises:
        ContentRefused: there is no release, the releases are signed and no pointer key is given, or the release key may
            not sign them.

    """
    key = private_key(files.release, "release")
    if key is not None:
        terminal.write(f"Signed: {', '.join(sign_unsigned(key, releases)) or 'nothing, all releases were'}.")
    latest = _point(releases, read_recalls(releases), files)
    terminal.write(f"latest.json names {latest.version} until {latest.expires.isoformat(timespec='minutes')}.")
    return 0


def recall(said: Json, releases: Path, files: KeyFiles, terminal: Terminal) -> int:
    """Recall a release, or an item up to a release, in the pointer.

    `said` is a recall as `latest.json` writes it, without its time.

    Raises:
        ContentRefused: no release would be left to answer, the item is none that can be taken out, or there is no such
            release.

    """
    now = datetime.now(UTC)
    try:
        one = _RECALL.validate_python({**said, "recalled": now})
    except ValidationError as error:
        raise ContentRefused(
            tuple(
                Fault("recall", "".join(f"/{part}" for part in fault["loc"]), fault["msg"]) for fault in error.errors()
            )
        ) from None
    if one.id is not MISSING and one.kind is not MISSING:
        library = load_library(releases)
        held = {
            (stamp.kind, stamp.id)
            for release in library.releases.values()
            if release.entry.version == one.version
            for stamp in release.manifest.items
        }
        if held and (one.kind, one.id) not in held:
            raise ContentRefused((Fault("recall", "/id", f"release {one.version} holds no such item"),))
    latest = _point(releases, (*read_recalls(releases), one), files)
    load_library(releases)
    count = len(latest.recalls)
    terminal.write(f"latest.json holds {count} {'recall' if count == 1 else 'recalls'}.")
    return 0


def make_key(purpose: Purpose, private: Path, releases: Path, files: KeyFiles, terminal: Terminal) -> int:
    """Make a key: its private half into a file that only its owner can read, its public half into keys.json.

    Raises:
        ContentRefused: the file exists or lies in the repository or among the releases, or the set cannot be signed.

    """
    place = private.resolve()
    if place.is_relative_to(ROOT) or place.is_relative_to(releases.resolve()):
        raise ContentRefused((Fault(str(private), "", "a private key is kept outside the project and its releases"),))
    key = new_key(purpose)
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise ContentRefused((Fault(str(private), "", f"the private key cannot be kept there: {reason}"),)) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(write_private_key(key))
    try:
        releases.mkdir(parents=True, exist_ok=True)
        add_key(key, private_key(files.release, "release"), datetime.now(UTC), releases)
    except ContentRefused:
        place.unlink()
        raise
    terminal.write(f"{purpose} key {key.kid}: private half in {private}, public half in keys.json.")
    unsigned = unsigned_releases(releases)
    if unsigned:
        terminal.write(
            f"Not signed yet: {', '.join(unsigned)}. With a key of each purpose, before anything else: "
            "release refresh --release-key FILE --pointer-key FILE"
        )
    return 0


def retire(name: str, releases: Path, files: KeyFiles, terminal: Terminal) -> int:
    """Retire a key from today on.

    Raises:
        ContentRefused: no key in use has this thumbprint, or no release key that stays in use signs.

    """
    signer = private_key(files.release, "release")
    if signer is None:
        raise ContentRefused((Fault("keys.json", "", "give the --release-key that stays in use"),))
    retire_key(name, signer, datetime.now(UTC), releases)
    terminal.write(f"{name} is retired.")
    return 0


def verify(directory: Path, trusted: Path | None, terminal: Terminal) -> int:
    """Hold every file of a folder of releases to its digests and signatures, and say what that proves.

    Raises:
        ContentRefused: anything in it does not fit; every fault is listed.

    """
    keys = read_trusted(trusted) if trusted is not None else KeySet()
    library = load_kept(published(directory), keys)
    count = len(library.releases)
    terminal.write(f"{count} releases, newest {library.latest.version}: every digest fits.")
    if keys.keys:
        terminal.write("Every signature is by a key that you trust.")
    elif library.keys.keys:
        terminal.write(
            "Every signature is by a key that lies beside it: name the keys you trust with --keys to prove more."
        )
    else:
        terminal.write("Nothing is signed.")
    if library.latest.expires < datetime.now(UTC):
        terminal.write("latest.json has expired: there may be a newer release.")
    return 0


def private_key(path: Path | None, purpose: Purpose) -> PrivateKey | None:
    """Read a private key for a purpose; None where none is given.

    Raises:
        ContentRefused: it cannot be read, or has the other purpose.

    """
    if path is None:
        return None
    key = read_private_key(_bytes(path))
    if key.purpose != purpose:
        raise ContentRefused((Fault(path.name, "/purpose", f"this must be a {purpose} key"),))
    return key


def _point(releases: Path, recalls: tuple[Recall, ...], files: KeyFiles) -> Latest:
    key = private_key(files.pointer, "pointer")
    if key is None and read_keys(releases).keys:
        raise ContentRefused((Fault("keys.json", "", "these releases are signed: give --pointer-key"),))
    return point(read_ledger(releases), recalls, datetime.now(UTC), releases, key)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise ContentRefused((Fault(path.name, "", "the file cannot be read"),)) from None
