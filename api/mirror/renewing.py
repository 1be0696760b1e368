"""Holds one look at an upstream: what is new is brought, proved, staged, loaded, and only then swapped in.

Decides nothing of trust (that is `trusting`) and leaves what is held alone until all of the new is proved.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import digest
from api.mirror.fetching import Fetched, Upstream, download, fetch
from api.mirror.keeping import (
    add_steps,
    candidates,
    download_of,
    forget_downloads,
    load_kept,
    point_at,
    put,
    stage,
    swap,
    take,
    tidy,
    unwritable,
)
from api.mirror.trusting import Signed, Trusted, check_file, follow_keys, follow_ledger, follow_manifest, follow_pointer
from api.releases.keyring import KEYS, SIGNATURE, SignedKeys, signature_name, step_name, walk
from api.releases.library import load_library
from schemas.keys import KeySet
from schemas.mirroring import Unsigned
from schemas.problems import ContentRefused, Fault, UpstreamSilent, UpstreamUnusable
from schemas.releases import LedgerEntry
from schemas.words import Digest

LATEST: Final = "latest.json"
MOST_STEPS: Final = 100
"""The most key sets that are gone over at once."""
NO_KEYS: Final = (
    "no key is trusted: name a file of keys with --keys (SLEEP_GUIDANCE_TRUSTED_KEYS), or follow what nobody proves "
    "with --unsigned (SLEEP_GUIDANCE_UPSTREAM_UNSIGNED=follow)"
)


class Held(NamedTuple):
    """What a mirror has: what it believes, the generation that proves it, and the ETags they came under."""

    trusted: Trusted
    folder: Path | None
    """None where there is no good generation yet."""
    keys: SignedKeys | None
    """The key set that the upstream showed last, byte for byte; None where it showed none."""
    tags: Mapping[str, str]


def open_held(directory: Path, pinned: KeySet, unsigned: Unsigned) -> Held:
    """Take up what a mirror's folder holds: the current generation or, where the disk spoilt it, the one before.

    `pinned` are the keys that whoever runs the mirror trusts; where there are none, those that it came to trust.

    Raises:
        UpstreamUnusable: no key is trusted and `unsigned` does not say that none is needed, or the folder cannot be
            written.

    """
    held = Held(Trusted(pinned), None, None, {})
    for folder in candidates(directory):
        try:
            library = load_kept(folder, pinned)
        except ContentRefused:
            continue
        trusted = Trusted(library.keys, library.latest, library.files[LATEST], library.ledger)
        keys = SignedKeys(library.files[KEYS], library.files[SIGNATURE]) if KEYS in library.files else None
        held = Held(trusted, folder, keys, {})
        break
    if not held.trusted.keys.keys and unsigned == "refuse":
        raise UpstreamUnusable(NO_KEYS)
    try:
        if held.folder is not None:
            point_at(directory, held.folder)
        tidy(directory)
    except OSError as error:
        raise unwritable(error) from None
    return held


class Lead(NamedTuple):
    """Keys to trust, and the key sets that lead to them."""

    keys: KeySet
    steps: list[SignedKeys]


async def renew(upstream: Upstream, directory: Path, held: Held, now: datetime) -> Held:
    """Look once, and give what is held from now on: the same where nothing is new.

    Raises:
        ContentRefused: what the upstream gives cannot be believed.
        UpstreamSilent: it does not give what it should have.
        OSError: the disk does not take it.

    """
    trusted = held.trusted
    shown = await fetch(upstream, KEYS, held.tags.get(KEYS, ""))
    shown_keys = await _shown_keys(upstream, held, shown)
    keys, steps = await _lead(upstream, trusted.keys, shown_keys, now)
    pointer = await fetch(upstream, LATEST, held.tags.get(LATEST, ""))
    latest_bytes = trusted.latest_bytes if pointer.kind == "unchanged" else _there(pointer, LATEST)
    # only now, for an answer that was not believed must not be taken for known the next time
    tags = {KEYS: shown.tag, LATEST: pointer.tag}
    if held.folder is not None and (keys, latest_bytes) == (trusted.keys, trusted.latest_bytes):
        forget_downloads(directory)
        return held._replace(tags=tags)
    signature = await _signature(upstream, "latest.signature") if keys.keys else b""
    latest = follow_pointer(trusted._replace(keys=keys), Signed(latest_bytes, signature), now)
    staged = stage(directory)
    put(staged, LATEST, latest_bytes)
    if shown_keys is not None:
        put(staged, "latest.signature", signature)
        put(staged, KEYS, shown_keys.data)
        put(staged, SIGNATURE, shown_keys.signature)
        add_steps(staged, held.folder, steps)
    ledger_bytes = await _small(upstream, held, staged, "ledger.json", latest.ledger)
    ledger = follow_ledger(trusted.ledger, latest, ledger_bytes)
    for entry in ledger.releases:
        await _release(upstream, held, staged, keys, entry)
    load_library(staged, keys)
    folder = swap(directory, staged)
    forget_downloads(directory)
    return Held(Trusted(keys, latest, latest_bytes, ledger), folder, shown_keys, tags)


async def _shown_keys(upstream: Upstream, held: Held, shown: Fetched) -> SignedKeys | None:
    """Give the key set that an upstream shows, with its signature; None where it shows none."""
    if shown.kind == "new":
        return SignedKeys(shown.body, await _signature(upstream, SIGNATURE))
    return held.keys if shown.kind == "unchanged" else None


async def _lead(upstream: Upstream, trusted: KeySet, shown: SignedKeys | None, now: datetime) -> Lead:
    """Find the way from the trusted keys to those that an upstream shows: in one step, or over all there were."""
    steps = [shown] if shown is not None else []
    try:
        return Lead(follow_keys(trusted, shown, now), steps)
    except ContentRefused:
        between = await _steps(upstream) if trusted.keys and shown is not None else []
        reached = walk(trusted, between)
        if reached == trusted:
            raise
        return Lead(follow_keys(reached, shown, now), between + steps)


async def _steps(upstream: Upstream) -> list[SignedKeys]:
    """Bring every key set there was, oldest first, as far as the upstream has them and in no more time than a file."""
    found: list[SignedKeys] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(upstream.patience.whole):
            while len(found) < MOST_STEPS:
                name = step_name(len(found) + 1)
                keys = await fetch(upstream, name)
                if keys.kind == "absent":
                    break
                found.append(SignedKeys(keys.body, await _signature(upstream, signature_name(name))))
    return found


async def _release(upstream: Upstream, held: Held, staged: Path, keys: KeySet, entry: LedgerEntry) -> None:
    """Bring or take over the files of one release."""
    version = entry.version
    manifest_bytes = await _small(upstream, held, staged, f"{version}/manifest.json", entry.manifest)
    signature = b""
    if keys.keys:
        kept = held.folder / version / "signature" if held.folder is not None else None
        if kept is not None and kept.exists() and keys == held.trusted.keys:
            signature = kept.read_bytes()
        else:
            signature = await _signature(upstream, f"{version}/signature")
        put(staged, f"{version}/signature", signature)
    manifest = follow_manifest(keys, entry, Signed(manifest_bytes, signature))
    if entry.assurance is not MISSING:
        await _small(upstream, held, staged, f"{version}/assurance.json", entry.assurance)
    name = f"{version}/bundle.json"
    here = _have(held, name, entry.bundle)
    if here is None:
        here = await _bundle(upstream, staged.parent, name, entry.bundle, manifest.bundle.length)
    take(staged, name, here)


async def _bundle(upstream: Upstream, directory: Path, name: str, wanted: Digest, length: int) -> Path:
    """Bring a bundle, going on where an earlier try ended."""
    way = download_of(directory, wanted, length)
    if not way.complete():
        await download(upstream, name, way)
    try:
        check_file(name, way.path.read_bytes(), wanted)
    except ContentRefused:
        way.forget()
        raise
    return way.path


async def _small(upstream: Upstream, held: Held, staged: Path, name: str, wanted: Digest) -> bytes:
    """Take a file over from what is held, or bring it; either way it has the digest that was published."""
    here = _have(held, name, wanted)
    if here is not None:
        take(staged, name, here)
        return here.read_bytes()
    data = _there(await fetch(upstream, name), name)
    check_file(name, data, wanted)
    put(staged, name, data)
    return data


async def _signature(upstream: Upstream, name: str) -> bytes:
    """Bring a signature; where there is none nothing is believed."""
    found = await fetch(upstream, name)
    if found.kind == "absent":
        raise ContentRefused((Fault(name, "", "there is none, and what is not signed is not believed"),))
    return found.body


def _have(held: Held, name: str, wanted: Digest) -> Path | None:
    """Give where a file of a digest is held; what the disk spoilt is not."""
    path = held.folder / name if held.folder is not None else None
    return path if path is not None and path.exists() and digest(path.read_bytes()) == wanted else None


def _there(found: Fetched, name: str) -> bytes:
    if found.kind == "absent":
        message = f"{name}: the upstream has no such file"
        raise UpstreamSilent(message)
    return found.body
