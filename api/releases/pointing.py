"""Holds the pointer to the newest release, the one document that changes: written, renewed, and told of recalls."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.releases.files import replace_file
from api.releases.signing import sign
from schemas.keys import PrivateKey
from schemas.problems import ContentRefused, Fault
from schemas.releases import Latest, Ledger, Recall
from schemas.words import Version

VALID_FOR: Final = timedelta(days=30)
"""How long a pointer to the newest release may be believed without being renewed."""
REMOVABLE: Final = frozenset({"cause", "remedy", "reassurance"})
"""The kinds of item that can be taken out of a release without changing what it decides of a person."""


def point(
    ledger: Ledger, recalls: tuple[Recall, ...], now: datetime, directory: Path, key: PrivateKey | None
) -> Latest:
    """Write the pointer to the last release of a ledger, signed where a key is given.

    Raises:
        ContentRefused: the ledger names no release, or a recall cannot be followed.

    """
    if not ledger.releases:
        raise ContentRefused((Fault("ledger.json", "/releases", "there is no release"),))
    last = ledger.releases[-1]
    latest = Latest(
        version=last.version,
        sequence=last.sequence,
        digest=last.bundle,
        manifest=last.manifest,
        ledger=digest(canonical(ledger)),
        updated=now,
        expires=now + VALID_FOR,
        recalls=recalls,
    )
    faults = recall_faults(latest, ledger)
    if faults:
        raise ContentRefused(tuple(faults))
    data = canonical(latest)
    replace_file(directory / "latest.json", data)
    if key is not None:
        replace_file(directory / "latest.signature", sign(data, key))
    return latest


def recall_faults(latest: Latest, ledger: Ledger) -> list[Fault]:
    """List what is wrong with the recalls of a pointer: a release that answers must always be left."""
    versions = {entry.version for entry in ledger.releases}
    unsafe = unsafe_releases(latest)
    faults: list[Fault] = []
    for index, recall in enumerate(latest.recalls):
        place = f"/recalls/{index}"
        replacement = latest.version if recall.replacement is MISSING else recall.replacement
        if recall.version not in versions:
            faults.append(Fault("latest.json", f"{place}/version", "no release has this version"))
        if replacement not in versions:
            faults.append(Fault("latest.json", f"{place}/replacement", "no release has this version"))
        if replacement in unsafe and recall.severity == "unsafe":
            faults.append(
                Fault("latest.json", f"{place}/replacement", "it is recalled itself; name a release that is safe")
            )
        if recall.severity == "unsafe" and recall.kind is not MISSING and recall.kind not in REMOVABLE:
            faults.append(
                Fault("latest.json", f"{place}/kind", "without it other answers would change; recall the release")
            )
        if (recall.kind is MISSING) != (recall.id is MISSING):
            faults.append(Fault("latest.json", place, "give both kind and id, or neither"))
    return faults


def unsafe_releases(latest: Latest) -> dict[Version, Recall]:
    """Give the releases that must not answer any more, each with its recall; the last word on a release counts."""
    return {recall.version: recall for recall in latest.recalls if recall.severity == "unsafe" and recall.id is MISSING}
