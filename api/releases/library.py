"""Holds the loading of published releases: each byte is held to the ledger before anything is served."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.canonical import digest
from api.content.loading import read_bundle
from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.edition import Edition, make_edition
from api.releases.freezing import ASSURANCE
from schemas.problems import ContentRefused, Fault, ReleaseUnknown
from schemas.releases import Bundle, Latest, Ledger, LedgerEntry, ReleaseManifest, ReleaseReference
from schemas.words import Frozen

Document = TypeVar("Document", bound=Frozen)


class Release(NamedTuple):
    """One published release: its exact bytes, and itself made ready to answer."""

    entry: LedgerEntry
    manifest: ReleaseManifest
    manifest_bytes: bytes
    bundle_bytes: bytes
    bundle: Bundle
    edition: Edition


class Library(NamedTuple):
    """Every release held here, and which of them is the newest. It never changes; a newer one takes its place."""

    latest: Latest
    ledger: Ledger
    releases: Mapping[str, Release]
    answering: Mapping[str, Edition]
    """The edition that answers for each version: its own, or its replacement's where it is recalled as unsafe."""
    files: Mapping[str, bytes]
    """Assurance reports by their path, byte for byte."""

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
        """Give the edition that answers for a version, the newest where none is named.

        Raises:
            ReleaseUnknown: none of that version is held here.

        """
        if version is None:
            return self.answering[self.latest.version]
        if version not in self.answering:
            raise ReleaseUnknown
        return self.answering[version]


def load_library(directory: Path) -> Library:
    """Load and verify every release in a folder.

    Raises:
        ContentRefused: a file is missing or unreadable, a digest differs from the ledger's, or the newest release is
            not the ledger's last.

    """
    faults: list[Fault] = []
    latest = _document(directory, "latest.json", Latest, faults)
    ledger = _document(directory, "ledger.json", Ledger, faults)
    if latest is None or ledger is None:
        raise ContentRefused(tuple(faults))
    faults += _ledger_faults(latest, ledger)
    releases: dict[str, Release] = {}
    for entry in ledger.releases:
        release = _release(directory, entry, latest, faults)
        if release is not None:
            releases[entry.version] = release
    files = _reports(directory, ledger, faults)
    if faults:
        raise ContentRefused(tuple(faults))
    return Library(latest, ledger, releases, _answering(latest, releases), files)


def _ledger_faults(latest: Latest, ledger: Ledger) -> list[Fault]:
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
    return faults


def _release(directory: Path, entry: LedgerEntry, latest: Latest, faults: list[Fault]) -> Release | None:
    manifest_bytes = _bytes(directory, f"{entry.version}/manifest.json", entry.manifest, faults)
    bundle_bytes = _bytes(directory, f"{entry.version}/bundle.json", entry.bundle, faults)
    if manifest_bytes is None or bundle_bytes is None:
        return None
    manifest = _document(directory, f"{entry.version}/manifest.json", ReleaseManifest, faults)
    try:
        bundle = read_bundle(bundle_bytes)
    except ContentRefused as error:
        faults += [fault._replace(file=f"{entry.version}/{fault.file}") for fault in error.faults]
        return None
    if manifest is None:
        return None
    if manifest.bundle.digest != entry.bundle or manifest.version != entry.version:
        faults.append(Fault(f"{entry.version}/manifest.json", "/bundle", "it does not name the bundle of the ledger"))
    reference = ReleaseReference(
        version=entry.version,
        sequence=entry.sequence,
        digest=entry.bundle,
        clinical_review=manifest.clinical_review,
        superseded_by=latest.version if entry.version != latest.version else MISSING,
    )
    return Release(entry, manifest, manifest_bytes, bundle_bytes, bundle, make_edition(bundle, reference))


def _answering(latest: Latest, releases: Mapping[str, Release]) -> Mapping[str, Edition]:
    """Put the replacement of every release recalled as unsafe in its place; where none is named, the newest."""
    answering = {version: release.edition for version, release in releases.items()}
    for recall in latest.recalls:
        if recall.severity == "unsafe" and recall.id is MISSING and recall.version in releases:
            version = latest.version if recall.replacement is MISSING else recall.replacement
            edition = releases[version].edition
            answering[recall.version] = edition._replace(
                reference=edition.reference.model_copy(update={"recalled": recall.version})
            )
    return answering


def _reports(directory: Path, ledger: Ledger, faults: list[Fault]) -> dict[str, bytes]:
    """Read the assurance reports; a release that was published before there were any has none."""
    files: dict[str, bytes] = {}
    for entry in ledger.releases:
        if entry.assurance is not MISSING:
            name = f"{entry.version}/{ASSURANCE}"
            data = _bytes(directory, name, entry.assurance, faults)
            if data is not None:
                files[name] = data
    return files


def _bytes(directory: Path, name: str, wanted: str, faults: list[Fault]) -> bytes | None:
    try:
        data = (directory / name).read_bytes()
    except OSError:
        faults.append(Fault(name, "", "the file is missing or cannot be read"))
        return None
    if digest(data) != wanted:
        faults.append(Fault(name, "", "its digest is not the ledger's: a published release never changes"))
        return None
    return data


def _document(directory: Path, name: str, model: type[Document], faults: list[Fault]) -> Document | None:
    try:
        data = (directory / name).read_bytes()
        read_json(data)
        return TypeAdapter(model).validate_json(data, strict=True)
    except OSError:
        faults.append(Fault(name, "", "the file is missing or cannot be read"))
    except NotStrictJson as error:
        faults.append(Fault(name, "", error.detail))
    except ValidationError as error:
        faults += [
            Fault(name, "".join(f"/{part}" for part in one["loc"]), one["msg"])
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    return None
