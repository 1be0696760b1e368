"""What partners read besides the content: the feed, published files, signatures, keys; and the publisher's commands."""

import json
import stat
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.types import ASGIApp

from api.cli import main
from api.releases.freezing import freeze
from api.releases.library import load_library
from api.releases.signing import new_key, write_private_key
from api.settings import ROOT
from schemas.keys import KeySet
from schemas.releases import Change, Recall
from tests.builders import NOW, bundle_of, write
from tests.content.test_loading import good
from tests.face.calling import app_of, call
from tests.releases.signed import Published, signed_releases

Json = Any
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """Two signed releases, which are those that the commands work on."""
    made = signed_releases(tmp_path)
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(made.folder))
    for name in ("release", "pointer"):
        (tmp_path / f"{name}.key").write_text(getattr(made.signers, name).model_dump_json())
    return made


@pytest.fixture
def unsigned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of releases."""
    folder = tmp_path / "releases"
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(folder))
    return folder


def test_every_published_file_is_given_byte_for_byte(published: Published) -> None:
    app = app_of(load_library(published.folder))
    for path in sorted(published.folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(published.folder).as_posix()
            answer = call(app, "GET", f"/releases/{name}")
            assert answer.content == path.read_bytes()
            assert ("immutable" in answer.headers.get("cache-control", "")) == ("/" in name)
    for name in ("1.0.0", "../content/manifest.json", "1.0.0/other", "nothing.json", ""):
        assert call(app, "GET", f"/releases/{name}").status_code == 404
    signature = call(app, "GET", "/v1/releases/1.0.0/signature")
    assert signature.content == (published.folder / "1.0.0" / "signature").read_bytes()
    assert signature.headers["content-type"] == "application/jose"
    assert [one["signed"] for one in call(app, "GET", "/v1/releases").json()["items"]] == [True, True]
    keys = call(app, "GET", "/.well-known/jwks.json").json()
    assert {(one["kty"], one["alg"], one["purpose"]) for one in keys["keys"]} == {
        ("OKP", "Ed25519", "release"),
        ("OKP", "Ed25519", "pointer"),
    }
    assert not any("d" in one for one in keys["keys"])


def test_what_is_not_signed_says_so(shipped_app: ASGIApp) -> None:
    answer = call(shipped_app, "GET", "/v1/releases/1.0.0/signature")
    assert (answer.status_code, answer.json()["detail"][:27]) == (404, "This release is not signed.")
    assert call(shipped_app, "GET", "/v1/releases/9.0.0/signature").status_code == 404
    assert call(shipped_app, "GET", "/.well-known/jwks.json").json() == {"keys": []}
    assert not any(one["signed"] for one in call(shipped_app, "GET", "/v1/releases").json()["items"])


def test_the_pointer_is_given_as_it_was_signed(shipped_app: ASGIApp) -> None:
    answer = call(shipped_app, "GET", "/v1/releases/latest")
    assert answer.content == (ROOT / "data" / "releases" / "latest.json").read_bytes()


def test_the_feed_names_each_release_with_its_changes_and_each_recall(tmp_path: Path) -> None:
    changes = (
        Change(type="wording", summary="The summary of Cold was reworded."),
        TypeAdapter(Change).validate_python(
            {"type": "level_raised", "summary": "Late is urgent.", "answers_can": ("rise",)}
        ),
    )
    freeze(bundle_of(good()), "1.0.0", tmp_path, NOW)
    files = good()
    files["phrases.json"] = {**files["phrases.json"], "no_advice_yet": "Newer words."}
    freeze(bundle_of(files), "1.1.0", tmp_path, NOW + timedelta(days=1), changes=changes)
    library = load_library(tmp_path)
    recalls = (
        Recall(version="1.0.0", severity="unsafe", reason="It was <wrong>.", recalled=NOW + timedelta(days=2)),
        Recall(
            version="1.0.0", severity="withdrawn", kind="red_flag", id="mild", reason="Old.",
            recalled=NOW + timedelta(days=3),
        ),
    )  # fmt: skip
    app = app_of(library._replace(latest=library.latest.model_copy(update={"recalls": recalls})))
    answer = call(app, "GET", "/v1/releases/feed")
    assert answer.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(answer.content)  # noqa: S314 -- our own bytes
    entries = root.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == [
        "Recalled as withdrawn: red flag mild, up to release 1.0.0",
        "Recalled as unsafe: release 1.0.0",
        "Release 1.1.0",
        "Release 1.0.0",
    ]
    text = entries[2].findtext(f"{ATOM}content") or ""
    assert text.splitlines() == [
        "wording: The summary of Cold was reworded.",
        "level raised: Late is urgent. Answers can: rise.",
        "No clinician has reviewed this content.",
    ]
    assert entries[1].findtext(f"{ATOM}content") == "It was <wrong>."
    identifiers = [one.findtext(f"{ATOM}id") for one in (root, *entries)]
    assert len(set(identifiers)) == 5
    for one in (root, *entries):
        assert datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "").tzinfo is not None
    assert answer.content == call(app, "GET", "/v1/releases/feed").content


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_keys_are_made_used_and_retired_from_the_command_line(
    tmp_path: Path, unsigned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {name: str(tmp_path / f"{name}.key") for name in ("release", "pointer", "next")}
    draft = write(tmp_path / "draft", good())
    assert run("keys", "new", "--purpose", "release", "--private", keys["release"]) == 0
    signing = ["--release-key", keys["release"]]
    assert run("keys", "new", "--purpose", "pointer", "--private", keys["pointer"], *signing) == 0
    for name in ("release", "pointer"):
        assert stat.S_IMODE(Path(keys[name]).stat().st_mode) == 0o600
    both = [*signing, "--pointer-key", keys["pointer"]]
    assert run("release", "1.0.0", str(draft), *both) == 0
    assert run("release", "refresh", "--pointer-key", keys["pointer"]) == 0
    assert run("keys", "new", "--purpose", "release", "--private", keys["next"], *signing) == 0
    first = json.loads(Path(keys["release"]).read_text())["kid"]
    assert run("keys", "retire", first, "--release-key", keys["next"]) == 0
    told = capsys.readouterr().out
    assert "is retired." in told
    assert "latest.json names 1.0.0 until" in told
    assert run("verify", str(unsigned)) == 0
    assert "a key that lies beside it" in capsys.readouterr().out
    assert run("verify", str(unsigned), "--keys", str(unsigned / "keys.json")) == 0
    assert "a key that you trust" in capsys.readouterr().out


def test_what_was_published_before_there_were_keys_is_signed_by_a_command(
    tmp_path: Path, unsigned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {name: str(tmp_path / f"{name}.key") for name in ("release", "pointer", "other")}
    unsigned.mkdir()
    freeze(bundle_of(good()), "1.0.0", unsigned, NOW)
    freeze(bundle_of(good()), "1.1.0", unsigned, NOW)
    manifests = {path: path.read_bytes() for path in unsigned.glob("*/*.json")}
    signing = ["--release-key", keys["release"]]
    assert run("keys", "new", "--purpose", "release", "--private", keys["release"]) == 0
    assert run("keys", "new", "--purpose", "pointer", "--private", keys["pointer"], *signing) == 0
    assert "Not signed yet: 1.0.0, 1.1.0." in capsys.readouterr().out
    assert run("verify", str(unsigned)) == 1
    assert "1.0.0/signature: there is no signature" in capsys.readouterr().err
    refresh = ["release", "refresh", *signing, "--pointer-key", keys["pointer"]]
    assert run(*refresh) == 0
    assert "Signed: 1.0.0, 1.1.0." in capsys.readouterr().out
    assert run("verify", str(unsigned), "--keys", str(unsigned / "keys.json")) == 0
    assert {path: path.read_bytes() for path in manifests} == manifests, "nothing that was published changes"
    assert run(*refresh) == 0
    assert "Signed: nothing, all releases were." in capsys.readouterr().out
    Path(keys["other"]).write_bytes(write_private_key(new_key("release")))
    assert run("release", "refresh", "--release-key", keys["other"], "--pointer-key", keys["pointer"]) == 1
    assert "no key in use has this thumbprint" in capsys.readouterr().err
    (unsigned / "1.0.0" / "signature").unlink()
    (unsigned / "1.0.0" / "manifest.json").write_text("{}")
    assert run(*refresh) == 1
    assert "1.0.0/manifest.json: its digest is not the ledger's" in capsys.readouterr().err


def test_verify_says_what_an_expired_pointer_means(
    tmp_path: Path, unsigned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsigned.mkdir()
    freeze(bundle_of(good()), "1.0.0", unsigned, datetime.now(UTC) - timedelta(days=40))
    assert run("verify", str(unsigned)) == 0
    told = capsys.readouterr().out
    assert "Nothing is signed." in told
    assert "has expired" in told
    assert run("verify", str(tmp_path / "nowhere")) == 1
    assert "latest.json: the file is missing" in capsys.readouterr().err


def test_recalls_are_made_from_the_command_line(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ["--pointer-key", str(tmp_path / "pointer.key")]
    said = ["recall", "1.0.0", "--severity", "unsafe", "--reason", "It was wrong."]
    assert run(*said, *key) == 0
    assert run(*said, "--kind", "remedy", "--id", "rest", "--replacement", "1.1.0", *key) == 0
    recalls = load_library(published.folder, KeySet()).latest.recalls
    assert [one.model_dump(exclude={"recalled"}) for one in recalls] == [
        {"version": "1.0.0", "severity": "unsafe", "reason": "It was wrong."},
        {
            "version": "1.0.0",
            "kind": "remedy",
            "id": "rest",
            "severity": "unsafe",
            "reason": "It was wrong.",
            "replacement": "1.1.0",
        },
    ]
    before = (published.folder / "latest.json").read_bytes()
    assert run(*said, "--kind", "remedy", "--id", "nothing", *key) == 1
    assert "release 1.0.0 holds no such item" in capsys.readouterr().err
    assert run("recall", "one", "--severity", "unsafe", "--reason", " ", *key) == 1
    assert "recall/version" in capsys.readouterr().err.replace("#", "")
    assert run("recall", "1.1.0", "--severity", "unsafe", "--reason", "Wrong.", *key) == 1
    assert run(*said) == 1
    assert "these releases are signed: give --pointer-key" in capsys.readouterr().err
    assert (published.folder / "latest.json").read_bytes() == before


def test_keys_in_wrong_places_or_of_wrong_kinds_are_refused(
    tmp_path: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    making = ["keys", "new", "--purpose", "pointer", "--private"]
    signing = ["--release-key", str(tmp_path / "release.key")]
    for place in (ROOT / "my.key", published.folder / "my.key"):
        assert run(*making, str(place), *signing) == 1
        assert "kept outside the project" in capsys.readouterr().err
        assert not place.exists()
    assert run(*making, str(tmp_path / "release.key"), *signing) == 1
    assert "cannot be kept there: File exists" in capsys.readouterr().err
    assert run(*making, str(tmp_path / "new.key")) == 1
    assert not (tmp_path / "new.key").exists()
    assert run(*making, str(tmp_path / "new.key"), "--release-key", str(tmp_path / "pointer.key")) == 1
    assert "this must be a release key" in capsys.readouterr().err
    assert run(*making, str(tmp_path / "new.key"), "--release-key", str(tmp_path / "nothing.key")) == 1
    assert "the file cannot be read" in capsys.readouterr().err
    (tmp_path / "empty.key").write_text("{}")
    assert run(*making, str(tmp_path / "new.key"), "--release-key", str(tmp_path / "empty.key")) == 1
    assert "holds no private key" in capsys.readouterr().err
    assert run("keys", "retire", "A" * 43) == 1
    assert "give the --release-key that stays" in capsys.readouterr().err
    assert run("release", "2.0.0", str(write(tmp_path / "three", good())), *signing) == 1
    assert "give both --release-key and --pointer-key" in capsys.readouterr().err
    (tmp_path / "none.json").write_text('{"keys": []}')
    assert run("verify", str(published.folder), "--keys", str(tmp_path / "none.json")) == 1
    assert "it holds no key" in capsys.readouterr().err
    (tmp_path / "broken.json").write_text("[]")
    assert run("verify", str(published.folder), "--keys", str(tmp_path / "broken.json")) == 1


def test_an_unreadable_pointer_stops_a_release_for_it_may_hold_recalls(
    unsigned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsigned.mkdir()
    freeze(bundle_of(good()), "1.0.0", unsigned, NOW)
    (unsigned / "latest.json").write_text("{}")
    assert run("release", "refresh") == 1
    assert "latest.json#/version" in capsys.readouterr().err
    (unsigned / "latest.json").unlink()
    (unsigned / "ledger.json").unlink()
    assert run("release", "refresh") == 1
    assert "there is no release" in capsys.readouterr().err
