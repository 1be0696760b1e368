"""Holds how a checked draft becomes a release: canonical bytes, digests, one more line in the ledger."""

import os
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import MISSING

from api.content.canonical import canonical, digest
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
)
from schemas.words import Kind, Version

VALID_FOR: Final = timedelta(days=30)
"""How long a pointer to the newest release may be believed without being renewed."""

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
ASSURANCE: Final = "assurance.json"
"""The file of a release that holds its assurance report."""


def freeze(
    bundle: Bundle,
    version: Version,
    directory: Path,
    now: datetime,
    changes: tuple[Change, ...] = (),
    reports: Mapping[str, bytes] = NO_REPORTS,
) -> LedgerEntry:
    """Publish a checked bundle as a release and give its line in the ledger.

    `reports` are more files of the release, by name.

    The release's folder is complete before the ledger names it, and the ledger before `latest.json` does, so that
    whoever reads meanwhile finds either the old state or the new one. `now` is in UTC.

    Raises:
        ContentRefused: the version is not above the last one, or its folder exists.

    """
    ledger = read_ledger(directory)
    last = ledger.releases[-1] if ledger.releases else None
    if last and _parts(version) <= _parts(last.version):
        raise ContentRefused((Fault("ledger.json", "/releases", f"the version must be above {last.version}"),))
    if (directory / version).exists():
        raise ContentRefused((Fault(version, "", "this folder exists: a published release never changes"),))
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
    latest = Latest(
        version=version,
        sequence=entry.sequence,
        digest=entry.bundle,
        manifest=entry.manifest,
        updated=now,
        expires=now + VALID_FOR,
        recalls=_recalls(directory),
    )
    with tempfile.TemporaryDirectory(dir=directory, prefix=".freezing-") as scratch:
        made = Path(scratch) / version
        made.mkdir()
        (made / "bundle.json").write_bytes(bundle_bytes)
        (made / "manifest.json").write_bytes(manifest_bytes)
        for name, data in reports.items():
            (made / name).write_bytes(data)
        made.rename(directory / version)
    _replace(directory / "ledger.json", canonical(Ledger(releases=(*ledger.releases, entry))))
    _replace(directory / "latest.json", canonical(latest))
    return entry


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


def _recalls(directory: Path) -> tuple[Recall, ...]:
    path = directory / "latest.json"
    return Latest.model_validate_json(path.read_bytes()).recalls if path.exists() else ()


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    scratch = path.with_name(f".{path.name}.new")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def _parts(version: Version) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
