"""Freezing and loading: what is published never changes, and nothing is served that does not match the ledger."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from api.content.canonical import canonical, digest
from api.content.loading import load_draft
from api.releases.freezing import freeze, read_ledger
from api.releases.library import Library, load_library
from api.releases.pointing import VALID_FOR, point
from api.settings import ROOT
from schemas.problems import ContentRefused, ReleaseUnknown
from schemas.releases import Recall
from tests.builders import NOW, write
from tests.content.test_loading import good

Json = Any


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """A folder with one published release."""
    folder = tmp_path / "releases"
    folder.mkdir()
    freeze(load_draft(write(tmp_path / "draft", good())), "1.0.0", folder, NOW)
    return folder


def refused(folder: Path) -> list[str]:
    with pytest.raises(ContentRefused) as error:
        load_library(folder)
    return [str(fault) for fault in error.value.faults]


def test_a_release_holds_canonical_bytes_with_their_digests(releases: Path) -> None:
    bundle = (releases / "1.0.0" / "bundle.json").read_bytes()
    manifest = json.loads((releases / "1.0.0" / "manifest.json").read_bytes())
    ledger = read_ledger(releases).releases
    assert bundle == rfc8785.dumps(json.loads(bundle))
    assert manifest["bundle"] == {"digest": digest(bundle), "length": len(bundle)}
    assert manifest["clinical_review"] == "none"
    assert [(one.version, one.sequence, one.bundle) for one in ledger] == [("1.0.0", 1, digest(bundle))]
    stamped = {(one["kind"], one["id"]): one["digest"] for one in manifest["items"]}
    cause = next(one for one in json.loads(bundle)["causes"] if one["id"] == "cold")
    assert stamped["cause", "cold"] == digest(rfc8785.dumps(cause))


def test_the_pointer_to_the_newest_expires_within_thirty_days(releases: Path) -> None:
    latest = load_library(releases).latest
    assert latest.expires - latest.updated == VALID_FOR <= timedelta(days=30)


def test_equal_drafts_freeze_to_equal_bytes_whatever_the_order_of_their_files(tmp_path: Path, releases: Path) -> None:
    files = good()
    other = tmp_path / "other"
    other.mkdir()
    freeze(load_draft(write(tmp_path / "again", dict(reversed(files.items())))), "1.0.0", other, NOW)
    for name in ("1.0.0/bundle.json", "1.0.0/manifest.json", "ledger.json", "latest.json"):
        assert (other / name).read_bytes() == (releases / name).read_bytes()


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "0.10.0"])
def test_a_version_that_is_not_above_the_last_is_refused(tmp_path: Path, releases: Path, version: str) -> None:
    with pytest.raises(ContentRefused, match=r"the version must be above 1\.0\.0"):
        freeze(load_draft(tmp_path / "draft"), version, releases, NOW)


def test_a_folder_that_exists_is_never_written_again(tmp_path: Path, releases: Path) -> None:
    (releases / "1.10.0").mkdir()
    with pytest.raises(ContentRefused, match="a published release never changes"):
        freeze(load_draft(tmp_path / "draft"), "1.10.0", releases, NOW)


def flip(name: str) -> Callable[[Path], None]:
    """Change one byte of a file."""

    def apply(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(bytes(data))

    return apply


def drop(name: str) -> Callable[[Path], None]:
    """Take a file away."""

    def apply(folder: Path) -> None:
        (folder / name).unlink()

    return apply


def edit(name: str, **fields: Json) -> Callable[[Path], None]:
    """Change fields of a document."""

    def apply(folder: Path) -> None:
        document = json.loads((folder / name).read_bytes())
        (folder / name).write_bytes(canonical({**document, **fields}))

    return apply


def reseal(name: str, **fields: Json) -> Callable[[Path], None]:
    """Change a file of the release and put its new digest into the ledger and the pointer."""

    def apply(folder: Path) -> None:
        edit(f"1.0.0/{name}.json", **fields)(folder)
        sealed = digest((folder / "1.0.0" / f"{name}.json").read_bytes())
        entry = json.loads((folder / "ledger.json").read_bytes())["releases"][0]
        edit("ledger.json", releases=[{**entry, name: sealed}])(folder)
        edit("latest.json", **{"digest" if name == "bundle" else "manifest": sealed})(folder)

    return apply


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (flip("1.0.0/bundle.json"), "1.0.0/bundle.json: its digest is not the ledger's"),
        (flip("1.0.0/manifest.json"), "1.0.0/manifest.json: its digest is not the ledger's"),
        (drop("1.0.0/bundle.json"), "1.0.0/bundle.json: the file is missing"),
        (drop("latest.json"), "latest.json: the file is missing"),
        (drop("ledger.json"), "ledger.json: the file is missing"),
        (edit("latest.json", sequence=2), "latest.json: it does not name the last release"),
        (edit("latest.json", version="one"), "latest.json#/version"),
        (edit("ledger.json", releases=[]), "ledger.json#/releases: there is no release"),
        (lambda folder: (folder / "latest.json").write_text("{"), "latest.json: The text is not JSON."),
        (reseal("bundle", manifest={"schema_version": "9.0"}), "1.0.0/bundle.json#/schema_version"),
        (reseal("bundle", colour="red"), "1.0.0/bundle.json#/colour"),
        (reseal("manifest", version="1.0.1"), "1.0.0/manifest.json#/bundle: it does not name the bundle"),
        (reseal("manifest", colour="red"), "1.0.0/manifest.json#/colour"),
    ],
)
def test_whatever_does_not_match_the_ledger_is_refused(
    releases: Path, spoil: Callable[[Path], object], expected: str
) -> None:
    spoil(releases)
    assert any(fault.startswith(expected) for fault in refused(releases))


def test_a_gap_in_the_sequence_is_refused(tmp_path: Path, releases: Path) -> None:
    freeze(load_draft(tmp_path / "draft"), "1.1.0", releases, NOW)
    entries = json.loads((releases / "ledger.json").read_bytes())["releases"]
    edit("ledger.json", releases=entries[1:])(releases)
    assert "ledger.json#/releases/0/sequence: it must be 1: none is ever left out" in refused(releases)


def test_a_release_that_is_not_held_is_unknown(releases: Path) -> None:
    library = load_library(releases)
    for ask in (library.release, library.edition):
        with pytest.raises(ReleaseUnknown):
            ask("2.0.0")


def test_recalls_outlive_the_next_release(tmp_path: Path, releases: Path) -> None:
    recall = Recall(version="1.0.0", severity="withdrawn", reason="Old.", recalled=NOW)
    point(read_ledger(releases), (recall,), NOW, releases, None)
    freeze(load_draft(tmp_path / "draft"), "1.1.0", releases, NOW)
    assert [one.version for one in load_library(releases).latest.recalls] == ["1.0.0"]


def test_the_shipped_newest_release_is_the_draft_frozen(shipped: Library, draft: Path) -> None:
    assert shipped.newest().bundle_bytes == canonical(load_draft(draft))


def test_every_shipped_release_says_that_no_clinician_reviewed_it(shipped: Library) -> None:
    for release in shipped.releases.values():
        assert release.manifest.clinical_review == "none"
        assert release.bundle.manifest.clinical_review == "none"
        assert "No clinician" in release.bundle.manifest.intended_use
    assert "No clinician has reviewed" in (ROOT / "README.md").read_text()
