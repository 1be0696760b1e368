"""Holds what a mirror believes, and what it takes to believe more. Refuses files, network and clock: all is passed in.

The rules, in the order in which they are applied. Whatever breaks one is refused, and what was believed before stands.

Keys come first.
 * A new set must be signed by a release key that is in use, of the set trusted before and of the new set itself. Who
   missed sets between the two may go over them, one by one, by the same rule.
 * It is never issued before the trusted set, never at the same moment with other keys, never in the future.
 * Who has trusted keys never goes back to none: an upstream whose key set is gone is refused.
 * Where no key is trusted yet and that was asked for expressly, the first set that an upstream shows is trusted.

Then the pointer.
 * It is signed by a pointer key that is in use.
 * Its sequence never goes down and its time never back (rollback); two pointers of one moment are one pointer.
 * Its time is never in the future (so that nobody can make every honest pointer look old), and it expires after it, but
   not later than thirty days after it. One that has expired is no news (freeze): what is held stays, and grows stale.

Then the ledger.
 * It has the digest that the pointer names, its last line is the release that the pointer names, and it counts from 1.
 * The ledger trusted before is its beginning, word for word: history is only ever appended to.
 * Versions rise, and every recall of the pointer can be followed.

Then every release.
 * Manifest, bundle and report have the digests of the ledger; a file that no digest names is never taken over.
 * The manifest is signed by a release key that was in use on the day of publication, and agrees with the ledger.
 * The bundle is as long as the manifest says. Whether it is fit to be served, `load_library` says last.

"In the future" allows for clocks that differ by five minutes.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import digest
from api.releases.files import in_order, parse
from api.releases.keyring import KEYS, SIGNATURE, SignedKeys, check_keys
from api.releases.library import ledger_faults
from api.releases.pointing import VALID_FOR
from api.releases.signing import verify
from schemas.keys import KeySet
from schemas.problems import ContentRefused, Fault, SignatureRefused
from schemas.releases import Latest, Ledger, LedgerEntry, ReleaseManifest
from schemas.words import Digest

AHEAD: Final = timedelta(minutes=5)
"""How far the clock of an upstream may be before ours."""


class Trusted(NamedTuple):
    """What is believed: the keys, and the pointer and ledger that were proved last."""

    keys: KeySet = KeySet()
    latest: Latest | None = None
    """None where nothing was proved yet."""
    latest_bytes: bytes = b""
    ledger: Ledger = Ledger(releases=())


class Signed(NamedTuple):
    """The bytes of a file and of its signature; the signature is empty where there is none."""

    data: bytes
    signature: bytes


def follow_keys(trusted: KeySet, offered: SignedKeys | None, now: datetime) -> KeySet:
    """Give the keys to trust from now on; `offered` is None where the upstream has no key set.

    Raises:
        ContentRefused: the set offered cannot be believed.

    """
    if offered is None:
        if trusted.keys:
            raise _refused(KEYS, "", "the upstream shows no keys any more, and keys were trusted before")
        return trusted
    faults: list[Fault] = []
    keys = parse(KEYS, offered.data, KeySet, faults)
    if keys is None:
        raise ContentRefused(tuple(faults))
    if keys.issued is not MISSING and keys.issued > now + AHEAD:
        raise _refused(KEYS, "/issued", "it is in the future; one of the two clocks is wrong")
    if trusted.keys and keys.issued == trusted.issued and keys != trusted:
        raise _refused(KEYS, "/issued", "another set of the same moment is trusted already")
    try:
        check_keys(offered.data, offered.signature, keys, trusted if trusted.keys else keys)
        check_keys(offered.data, offered.signature, keys, keys)
    except SignatureRefused as error:
        raise _refused(SIGNATURE, "", str(error)) from None
    return keys


def follow_pointer(trusted: Trusted, offered: Signed, now: datetime) -> Latest:
    """Give the pointer that was offered, where it can be believed; the one that is trusted already always can.

    Raises:
        ContentRefused: it cannot be believed.

    """
    faults: list[Fault] = []
    latest = parse("latest.json", offered.data, Latest, faults)
    if latest is None:
        raise ContentRefused(tuple(faults))
    if trusted.keys.keys:
        try:
            verify(offered.data, offered.signature, trusted.keys, "pointer", latest.updated.date())
        except SignatureRefused as error:
            raise _refused("latest.signature", "", str(error)) from None
    if offered.data == trusted.latest_bytes:
        return latest
    if latest.updated > now + AHEAD:
        faults.append(Fault("latest.json", "/updated", "it is in the future; one of the two clocks is wrong"))
    if not timedelta(0) < latest.expires - latest.updated <= VALID_FOR:
        faults.append(Fault("latest.json", "/expires", f"it must be within {VALID_FOR.days} days after `updated`"))
    if expired(latest, now):
        faults.append(Fault("latest.json", "/expires", "it has expired: the upstream stands still"))
    if trusted.latest is not None:
        faults += older_faults(trusted.latest, latest)
    if faults:
        raise ContentRefused(tuple(faults))
    return latest


def follow_ledger(trusted: Ledger, latest: Latest, offered: bytes) -> Ledger:
    """Give the ledger that was offered, where it is the one that a pointer names and goes on from the trusted one.

    Raises:
        ContentRefused: it cannot be believed.

    """
    check_file("ledger.json", offered, latest.ledger)
    faults: list[Fault] = []
    ledger = parse("ledger.json", offered, Ledger, faults)
    if ledger is None:
        raise ContentRefused(tuple(faults))
    faults += ledger_faults(latest, ledger, offered) + rewritten_faults(trusted, ledger)
    faults += [
        Fault("ledger.json", f"/releases/{index + 1}/version", "it must be above the one before it")
        for index, (before, after) in enumerate(pairwise(ledger.releases))
        if in_order(after.version) <= in_order(before.version)
    ]
    if faults:
        raise ContentRefused(tuple(faults))
    return ledger


def follow_manifest(keys: KeySet, entry: LedgerEntry, offered: Signed) -> ReleaseManifest:
    """Give the manifest of a release, where it is the one that the ledger names and is signed.

    Raises:
        ContentRefused: it cannot be believed.

    """
    name = f"{entry.version}/manifest.json"
    check_file(name, offered.data, entry.manifest)
    if keys.keys:
        check_signature(keys, entry, offered)
    faults: list[Fault] = []
    manifest = parse(name, offered.data, ReleaseManifest, faults)
    if manifest is None:
        raise ContentRefused(tuple(faults))
    if (manifest.version, manifest.sequence, manifest.published, manifest.bundle.digest) != (
        entry.version,
        entry.sequence,
        entry.published,
        entry.bundle,
    ):
        raise _refused(name, "", "it is not the release of its line in the ledger")
    return manifest


def check_signature(keys: KeySet, entry: LedgerEntry, manifest: Signed) -> None:
    """Hold the manifest of a release to its signature.

    Raises:
        ContentRefused: no release key that was in use on the day of publication has signed it.

    """
    try:
        verify(manifest.data, manifest.signature, keys, "release", entry.published)
    except SignatureRefused as error:
        raise ContentRefused((Fault(f"{entry.version}/signature", "", str(error)),)) from None


def check_file(name: str, data: bytes, wanted: Digest) -> None:
    """Hold a file to its digest.

    Raises:
        ContentRefused: it has another one.

    """
    if digest(data) != wanted:
        raise _refused(name, "", "its digest is not the one that was published")


def expired(latest: Latest, now: datetime) -> bool:
    """Tell whether a pointer must not be believed to name the newest release any more."""
    return now > latest.expires


def older_faults(before: Latest, after: Latest) -> list[Fault]:
    """List where a pointer goes back behind another, whose bytes are not its own."""
    faults: list[Fault] = []
    if after.updated < before.updated:
        faults.append(Fault("latest.json", "/updated", "it is older than the one that is held"))
    if after.updated == before.updated:
        faults.append(Fault("latest.json", "/updated", "another pointer of the same moment is held already"))
    if after.sequence < before.sequence:
        faults.append(Fault("latest.json", "/sequence", f"it goes back behind {before.sequence}, which is held"))
    return faults


def rewritten_faults(before: Ledger, after: Ledger) -> list[Fault]:
    """List the lines of a ledger that another one has otherwise or not at all."""
    return [
        Fault("ledger.json", f"/releases/{index}", f"the line of {entry.version} was changed or taken out")
        for index, entry in enumerate(before.releases)
        if after.releases[index : index + 1] != (entry,)
    ]


def _refused(file: str, pointer: str, message: str) -> ContentRefused:
    return ContentRefused((Fault(file, pointer, message),))
