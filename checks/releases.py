"""Holds releases for a checker to look at where the shipped ones lack something: the same, signed, some recalled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.releases.freezing import ASSURANCE, Signers, freeze, read_ledger
from api.releases.keyring import add_key
from api.releases.library import load_library
from api.releases.pointing import point
from api.releases.signing import new_key
from api.settings import ROOT
from schemas.releases import Recall


def publish_signed(folder: Path, *recalls: Mapping[str, Any]) -> None:
    """Publish the shipped releases anew in a folder, signed by keys made for it, with some recalls.

    A recall is as `latest.json` writes it, without its time and its reason.
    """
    now = datetime.now(UTC)
    folder.mkdir()
    signers = Signers(new_key("release"), new_key("pointer"))
    add_key(signers.release, None, now, folder)
    add_key(signers.pointer, signers.release, now, folder)
    shipped = load_library(ROOT / "data" / "releases")
    for entry in shipped.ledger.releases:
        report = shipped.files.get(f"{entry.version}/{ASSURANCE}")
        reports = {} if report is None else {ASSURANCE: report}
        freeze(shipped.releases[entry.version].bundle, entry.version, folder, now, signers=signers, reports=reports)
    said = tuple(Recall.model_validate({"reason": "To be looked at.", "recalled": now, **one}) for one in recalls)
    point(read_ledger(folder), said, now, folder, signers.pointer)
