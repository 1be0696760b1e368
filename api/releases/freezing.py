"""Holds how a checked draft becomes a release: canonical bytes, digests, one more line in the ledger."""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.releases.files import fitting, in_order, parse, read_files, replace_file
from api.releases.keyring import read_keys
from api.releases.pointing import point
from api.releases.signing import sign
from schemas.keys import PrivateKey
from schemas.problems import ContentRefused, Fault
from schemas.releases import (
    Bundle,
    Change,
    FileStamp,
    ItemStamp,
    Latest,
    Ledger,
    LedgerEntry,
    Recall,
    ReleaseManifest,
    Tombstone,
)
from schemas.words import Identifier, Kind, Version

KINDS: Final[dict[str, Kind]] = {
    "topics": "topic",
    "causes": "cause",
    "remedies": "remedy",
    "red_flags": "red_flag",
    "findings": "finding",
    "sources": "source",
    "reassurance": "reassurance",
}
"""The kind of item in each list of a bundle."""


NO_REPORTS: Final[Mapping[str, bytes]] = {}
SIGNATURE: Final = "signature"
"""The file of a release that holds the signature of its manifest."""
ASSURANCE: Final = "assurance.json"
"""The file of a release that holds its assurance report."""


class Signers(NamedTuple):
    """The two keys that sign a release: one its manifest, the other the pointer to the newest."""

    release: PrivateKey
    pointer: PrivateKey


def freeze(  # noqa: PLR0913 -- each is one part of what is published
    bundle: Bundle,
    version: Version,
    directory: Path,
    now: datetime,
    *,
    changes: tuple[Change, ...] = (),
    signers: Signers | None = None,
    reports: Mapping[str, bytes] = NO_REPORTS,
) -> LedgerEntry:
    """Publish a checked bundle as a release and give its line in the ledger.

    What the release before held and this one does not gets a tombstone. The release's folder is complete before the
    ledger names it, and the ledger before `latest.json` does. `now` is in UTC. `reports` are more files of the release,
    by name.

    Raises:
        ContentRefused: the version is not above the last one, its folder exists, an id is used again, or the folder
            holds keys and no signers are given.

    """
    ledger = read_ledger(directory)
    last = ledger.releases[-1] if ledger.releases else None
    if last and in_order(version) <= in_order(last.version):
        raise ContentRefused((Fault("ledger.json", "/releases", f"the version must be above {last.version}"),))
    if (directory / version).exists():
        raise ContentRefused(
            (
                Fault(
                    version,
                    "",
                    "this folder exists: a published release never changes (where the ledger does not name it, an "
                    "earlier run was cut off: take the folder away)",
                ),
            )
        )
    if signers is None and read_keys(directory).keys:
        raise ContentRefused((Fault("keys.json", "", "these releases are signed: give the release and pointer keys"),))
    if last:
        bundle = with_tombstones(bundle, _published(directory, last.version), last.version)
    bundle_bytes = canonical(bundle)
    manifest = ReleaseManifest(
        schema_version=bundle.manifest.schema_version,
        version=version,
        sequence=len(ledger.releases) + 1,
        published=now.date(),
        clinical_review=bundle.manifest.clinical_review,
        languages=bundle.manifest.languages,
        bundle=FileStamp(digest=digest(bundle_bytes), length=len(bundle_bytes)),
        items=tuple(_stamps(bundle)),
    )
    manifest_bytes = canonical(manifest)
    entry = LedgerEntry(
        version=version,
        sequence=manifest.sequence,
        published=manifest.published,
        bundle=manifest.bundle.digest,
        manifest=digest(manifest_bytes),
        assurance=digest(reports[ASSURANCE]) if ASSURANCE in reports else MISSING,
        changes=changes,
    )
    files = {**reports, "bundle.json": bundle_bytes, "manifest.json": manifest_bytes}
    if signers is not None:
        files[SIGNATURE] = sign(manifest_bytes, signers.release)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".freezing-") as scratch:
        made = Path(scratch) / version
        made.mkdir()
        for name, data in files.items():
            replace_file(made / name, data)
        made.rename(directory / version)
    after = Ledger(releases=(*ledger.releases, entry))
    replace_file(directory / "ledger.json", canonical(after))
    point(after, read_recalls(directory), now, directory, signers.pointer if signers else None)
    return entry


def unsigned_releases(directory: Path) -> tuple[Version, ...]:
    """Give the releases beside which no signature lies, oldest first."""
    versions = [entry.version for entry in read_ledger(directory).releases]
    return tuple(one for one in versions if not (directory / one / SIGNATURE).exists())


def sign_unsigned(key: PrivateKey, directory: Path) -> tuple[Version, ...]:
    """Sign the releases that were published before there were keys, and give them.

    A signature is a file of its own: nothing that was published changes.

    Raises:
        ContentRefused: the key is no release key in use here, or a manifest is not the one that the ledger names.

    """
    if not any(one.kid == key.kid and one.retired is MISSING for one in read_keys(directory).keys):
        raise ContentRefused((Fault("keys.json", "/keys", "no key in use has this thumbprint"),))
    unsigned = unsigned_releases(directory)
    faults: list[Fault] = []
    manifests: dict[Version, bytes] = {}
    for entry in read_ledger(directory).releases:
        name = f"{entry.version}/manifest.json"
        if entry.version in unsigned and (data := fitting(read_files(directory, [name]), name, entry.manifest, faults)):
            manifests[entry.version] = data
    if faults:
        raise ContentRefused(tuple(faults))
    for version, data in manifests.items():
        replace_file(directory / version / SIGNATURE, sign(data, key))
    return unsigned


def with_tombstones(bundle: Bundle, before: Bundle, last_version: Version) -> Bundle:
    """Mark what a release before held and this content does not, and keep every older mark.

    Raises:
        ContentRefused: an id that has a tombstone is used again.

    """
    here = {(kind, item.id) for name, kind in KINDS.items() for item in getattr(bundle, name)}
    marks: dict[tuple[Kind, Identifier], Tombstone] = {(one.kind, one.id): one for one in before.tombstones}
    again = sorted(marks.keys() & here)
    if again:
        raise ContentRefused(
            tuple(
                Fault(f"{_folder(kind)}/{identifier}.json", "/id", "this id was removed and is never used again")
                for kind, identifier in again
            )
        )
    for name, kind in KINDS.items():
        for item in getattr(before, name):
            if (kind, item.id) not in here:
                marks[kind, item.id] = Tombstone(kind=kind, id=item.id, last_release=last_version)
    return bundle.model_copy(update={"tombstones": tuple(marks[key] for key in sorted(marks))})


def read_recalls(directory: Path) -> tuple[Recall, ...]:
    """Read the recalls that the pointer of a folder holds; none where nothing was ever published.

    Raises:
        ContentRefused: the pointer cannot be read: a recall must never be lost.

    """
    path = directory / "latest.json"
    if not path.exists():
        return ()
    faults: list[Fault] = []
    latest = parse(path.name, path.read_bytes(), Latest, faults)
    if latest is None:
        raise ContentRefused(tuple(faults))
    return latest.recalls


def read_ledger(directory: Path) -> Ledger:
    """Read the ledger of a folder of releases; an empty one where nothing was ever published."""
    path = directory / "ledger.json"
    return Ledger.model_validate_json(path.read_bytes()) if path.exists() else Ledger(releases=())


def _stamps(bundle: Bundle) -> list[ItemStamp]:
    stamps: list[ItemStamp] = []
    for name, kind in KINDS.items():
        for item in getattr(bundle, name):
            data = canonical(item)
            stamps.append(ItemStamp(kind=kind, id=item.id, digest=digest(data), length=len(data)))
    return stamps


def _published(directory: Path, version: Version) -> Bundle:
    return Bundle.model_validate_json((directory / version / "bundle.json").read_bytes())


def _folder(kind: Kind) -> str:
    return next(name for name, one in KINDS.items() if one == kind).replace("_", "-")
