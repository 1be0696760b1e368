"""Holds the loading of published releases: each byte is held to the ledger before anything is served."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import digest
from api.content.loading import read_bundle
from api.red_flags.edition import Edition, make_edition, renamed
from api.releases.files import fitting, parse, read_file, read_files
from api.releases.freezing import ASSURANCE
from api.releases.keyring import KEYS, SIGNATURE, check_keys, read_keys, read_steps, step_files, walk
from api.releases.pointing import recall_faults
from api.releases.recalling import Recalled, answers_for, removed_items, without
from api.releases.sharing import sharing, sharing_edition, sharing_stamps
from api.releases.signing import verify
from schemas.keys import KeySet, Purpose
from schemas.problems import ContentRefused, Fault, ReleaseUnknown, SignatureRefused
from schemas.releases import Bundle, Latest, Ledger, LedgerEntry, ReleaseManifest, ReleaseReference

POINTERS: Final = ("latest.json", "latest.signature", "ledger.json", KEYS, SIGNATURE)
"""The files beside the releases; the signatures and keys are there only where releases are signed."""
FILES: Final = ("bundle.json", "manifest.json", "signature", ASSURANCE)
"""The files of one release; the last two are there only where it was signed and reported on."""
NOTHING_TRUSTED: Final = KeySet()


class Release(NamedTuple):
    """One published release: its exact bytes, and itself made ready to answer."""

    entry: LedgerEntry
    manifest: ReleaseManifest
    manifest_bytes: bytes
    bundle_bytes: bytes
    bundle: Bundle
    """What was published, recalled items and all."""
    edition: Edition
    """What is served: without items that are recalled as unsafe."""
    removed: Recalled


class Library(NamedTuple):
    """Every release held here, and which of them is the newest. It never changes; a newer one takes its place."""

    latest: Latest
    ledger: Ledger
    releases: Mapping[str, Release]
    answering: Mapping[str, Edition]
    """The edition that answers for each version: its own, or its replacement's where it is recalled as unsafe."""
    files: Mapping[str, bytes]
    """Every published file by its path, byte for byte."""
    keys: KeySet

    def newest(self) -> Release:
        """Give the newest release."""
        return self.releases[self.latest.version]

    def release(self, version: str) -> Release:
        """Give the release of a version.

        Raises:
            ReleaseUnknown: none of that version is held here.

        """
        if version not in self.releases:
            raise ReleaseUnknown
        return self.releases[version]

    def edition(self, version: str | None) -> Edition:
        """Give the edition that answers for a version, the one to use now where none is named.

        Raises:
            ReleaseUnknown: none of that version is held here.

        """
        if version is None:
            return self.current().edition
        if version not in self.answering:
            raise ReleaseUnknown
        return self.answering[version]

    def current(self) -> Release:
        """Give the release to use now: the newest, or its replacement where it is recalled as unsafe."""
        return self.releases[answers_for(self.latest.version, self.latest)]

    def signed(self, version: str) -> bool:
        """Tell whether a signature is published with a release."""
        return f"{version}/signature" in self.files


def load_library(directory: Path, trusted: KeySet = NOTHING_TRUSTED) -> Library:
    """Load and verify every release in a folder.

    Where keys are trusted every release and the pointer must be signed by them, or by keys that they lead to; else by
    those in the folder, if it holds any.

    Raises:
        ContentRefused: a file is missing or unreadable, a digest differs from the ledger's, a signature does not fit,
            or the newest release is not the ledger's last.

    """
    directory = directory.resolve()
    faults: list[Fault] = []
    keys = _trusted_keys(directory, walk(trusted, read_steps(directory)))
    latest_bytes = read_file(directory, "latest.json", faults)
    ledger_bytes = read_file(directory, "ledger.json", faults)
    latest = parse("latest.json", latest_bytes, Latest, faults) if latest_bytes is not None else None
    ledger = parse("ledger.json", ledger_bytes, Ledger, faults) if ledger_bytes is not None else None
    if latest is None or ledger is None or latest_bytes is None or ledger_bytes is None:
        raise ContentRefused(tuple(faults))
    faults += ledger_faults(latest, ledger, ledger_bytes)
    names = (*POINTERS, *step_files(directory), *(f"{one.version}/{name}" for one in ledger.releases for name in FILES))
    files = read_files(directory, names) | {"latest.json": latest_bytes, "ledger.json": ledger_bytes}
    if keys.keys:
        faults += _signature_faults(files, latest, ledger, keys)
    releases: dict[str, Release] = {}
    before: Release | None = None
    for entry in ledger.releases:
        release = _release(files, entry, latest, before, faults)
        if release is not None:
            releases[entry.version] = before = release
    if faults:
        raise ContentRefused(tuple(faults))
    return Library(latest, ledger, releases, _answering(latest, releases), MappingProxyType(files), keys)


def gone_stale(library: Library) -> Library:
    """Give a library whose answers say that a newer release may exist: its pointer has expired."""

    def stale(edition: Edition) -> Edition:
        return renamed(edition, stale=True)

    return library._replace(
        releases={
            version: release._replace(edition=stale(release.edition)) for version, release in library.releases.items()
        },
        answering={version: stale(edition) for version, edition in library.answering.items()},
    )


def ledger_faults(latest: Latest, ledger: Ledger, ledger_bytes: bytes) -> list[Fault]:
    """List where a pointer and a ledger do not go together."""
    last = ledger.releases[-1] if ledger.releases else None
    faults = [
        Fault("ledger.json", f"/releases/{index}/sequence", f"it must be {index + 1}: none is ever left out")
        for index, entry in enumerate(ledger.releases)
        if entry.sequence != index + 1
    ]
    if last is None:
        faults.append(Fault("ledger.json", "/releases", "there is no release"))
    elif (last.version, last.sequence, last.bundle, last.manifest) != (
        latest.version,
        latest.sequence,
        latest.digest,
        latest.manifest,
    ):
        faults.append(Fault("latest.json", "", "it does not name the last release of the ledger"))
    elif latest.ledger != digest(ledger_bytes):
        faults.append(Fault("latest.json", "/ledger", "the ledger has another digest"))
    return faults + recall_faults(latest, ledger)


def _trusted_keys(directory: Path, trusted: KeySet) -> KeySet:
    """Give the keys to hold signatures to: those in the folder where the trusted ones lead to them."""
    if not trusted.keys or not (directory / KEYS).exists():
        return trusted if trusted.keys else read_keys(directory)
    keys = read_keys(directory)
    try:
        check_keys((directory / KEYS).read_bytes(), (directory / SIGNATURE).read_bytes(), keys, trusted)
    except SignatureRefused as error:
        raise ContentRefused((Fault(SIGNATURE, "", str(error)),)) from None
    return keys


def _signature_faults(files: Mapping[str, bytes], latest: Latest, ledger: Ledger, keys: KeySet) -> list[Fault]:
    """List every signature that is missing or does not fit."""
    faults: list[Fault] = []
    wanted: list[tuple[str, str, Purpose, date]] = [
        ("latest.json", "latest.signature", "pointer", latest.updated.date())
    ]
    wanted += [
        (f"{entry.version}/manifest.json", f"{entry.version}/signature", "release", entry.published)
        for entry in ledger.releases
    ]
    for name, signature, purpose, day in wanted:
        try:
            verify(files.get(name, b""), files.get(signature, b""), keys, purpose, day)
        except SignatureRefused as error:
            faults.append(Fault(signature, "", str(error)))
    return faults


def _release(
    files: Mapping[str, bytes], entry: LedgerEntry, latest: Latest, before: Release | None, faults: list[Fault]
) -> Release | None:
    """Make a release of its files; what it has from the one before it takes no room of its own."""
    manifest_bytes = fitting(files, f"{entry.version}/manifest.json", entry.manifest, faults)
    bundle_bytes = fitting(files, f"{entry.version}/bundle.json", entry.bundle, faults)
    if entry.assurance is not MISSING:
        fitting(files, f"{entry.version}/{ASSURANCE}", entry.assurance, faults)
    if manifest_bytes is None or bundle_bytes is None:
        return None
    manifest = parse(f"{entry.version}/manifest.json", manifest_bytes, ReleaseManifest, faults)
    try:
        bundle = read_bundle(bundle_bytes)
    except ContentRefused as error:
        faults += [fault._replace(file=f"{entry.version}/{fault.file}") for fault in error.faults]
        return None
    if manifest is None:
        return None
    if before is not None:
        manifest, bundle = sharing_stamps(manifest, before.manifest), sharing(bundle, before.bundle)
    if (manifest.bundle.digest, manifest.version, manifest.sequence, manifest.published) != (
        entry.bundle,
        entry.version,
        entry.sequence,
        entry.published,
    ):
        faults.append(Fault(f"{entry.version}/manifest.json", "/bundle", "it does not name the bundle of the ledger"))
    reference = ReleaseReference(
        version=entry.version,
        sequence=entry.sequence,
        digest=entry.bundle,
        clinical_review=manifest.clinical_review,
        superseded_by=newest if entry.version != (newest := answers_for(latest.version, latest)) else MISSING,
    )
    removed = removed_items(entry.version, latest)
    edition = make_edition(without(bundle, removed), reference, before.edition if before else None)
    if before is not None:
        edition = sharing_edition(edition, before.edition)
    return Release(entry, manifest, manifest_bytes, bundle_bytes, bundle, edition, removed)


def _answering(latest: Latest, releases: Mapping[str, Release]) -> Mapping[str, Edition]:
    """Put the replacement of every release recalled as unsafe in its place."""
    answering: dict[str, Edition] = {}
    for version in releases:
        found = answers_for(version, latest)
        edition = releases[found].edition if found in releases else releases[version].edition
        answering[version] = edition if found == version else renamed(edition, recalled=version)
    return answering
