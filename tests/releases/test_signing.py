"""Signatures: what a trusted key signed is proved, whatever else stands there is refused; the docs' recipes work."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api.content.canonical import canonical
from api.releases.freezing import Signers, freeze, read_ledger
from api.releases.keyring import add_key, check_keys, read_keys, retire_key
from api.releases.library import load_library
from api.releases.pointing import point
from api.releases.signing import new_key, public_half, read_private_key, sign, verify, write_private_key
from api.settings import ROOT
from schemas.keys import KeySet
from schemas.problems import ContentRefused, SignatureRefused
from tests.builders import NOW, bundle_of
from tests.content.test_loading import good
from tests.releases.signed import Published, publish, signed_releases, with_keys

DAY = NOW.date()
LATER = NOW + timedelta(days=400)


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """Two signed releases."""
    return signed_releases(tmp_path)


def test_a_signature_proves_the_very_bytes_and_nothing_else() -> None:
    key, other = new_key("release"), new_key("release")
    keys = KeySet(keys=(public_half(other), public_half(key)))
    signature = sign(b"data", key)
    verify(b"data", signature, keys, "release", DAY)
    refused = [
        (b"Data", signature, keys),
        (b"data", signature, KeySet(keys=(public_half(other),))),
        (b"data", signature, KeySet()),
        (b"data", b"", keys),
        (b"data", b"a.b.c", keys),
        (b"data", b"\xff..\xff", keys),
        (b"data", b"x" * 2000, keys),
        (b"data", signature + b"x" * 2000, keys),
        (b"data", signature[:-4] + b"AAAA", keys),
        (b"data", sign(b"data", new_key("release")), keys),
    ]
    for data, wrong, trusted in refused:
        with pytest.raises(SignatureRefused):
            verify(data, wrong, trusted, "release", DAY)


def test_a_key_signs_for_its_own_purpose_alone() -> None:
    key = new_key("pointer")
    keys = KeySet(keys=(public_half(key),))
    verify(b"data", sign(b"data", key), keys, "pointer", DAY)
    with pytest.raises(SignatureRefused):
        verify(b"data", sign(b"data", key), keys, "release", DAY)


def test_a_signature_that_names_another_key_is_refused() -> None:
    key, other = new_key("release"), new_key("release")
    lying = sign(b"data", key.model_copy(update={"kid": other.kid}))
    with pytest.raises(SignatureRefused):
        verify(b"data", lying, KeySet(keys=(public_half(key), public_half(other))), "release", DAY)


def test_no_thumbprint_is_taken_for_an_option_of_a_command() -> None:
    assert not [name for name in (new_key("release").kid for _ in range(600)) if name.startswith("-")]


def test_a_retired_release_key_still_proves_what_it_signed_before() -> None:
    key = new_key("release")
    keys = KeySet(keys=(public_half(key).model_copy(update={"retired": DAY}),))
    verify(b"data", sign(b"data", key), keys, "release", DAY)
    with pytest.raises(SignatureRefused):
        verify(b"data", sign(b"data", key), keys, "release", DAY + timedelta(days=1))


def test_a_private_key_is_read_as_it_was_written() -> None:
    key = new_key("pointer")
    assert read_private_key(write_private_key(key)) == key
    with pytest.raises(SignatureRefused, match="holds no private key"):
        read_private_key(b"{}")
    assert "d" not in json.loads(canonical(public_half(key)))


def test_signed_releases_load_and_say_that_they_are_signed(published: Published) -> None:
    library = load_library(published.folder)
    assert library.signed("1.0.0")
    assert library.signed("1.1.0")
    assert load_library(published.folder, read_keys(published.folder)).latest.version == "1.1.0"


def test_no_private_key_is_published(published: Published) -> None:
    held = b"".join(path.read_bytes() for path in published.folder.rglob("*") if path.is_file())
    for key in published.signers:
        assert key.d.encode() not in held


def sign_again(name: str, key: str) -> Callable[[Published], None]:
    """Sign a file with one of the two keys, or with one that nobody knows."""

    def apply(published: Published) -> None:
        found = new_key("release") if key == "stranger" else getattr(published.signers, key)
        target = name.replace("signature", "manifest.json") if "/" in name else name.replace("signature", "json")
        (published.folder / name).write_bytes(sign((published.folder / target).read_bytes(), found))

    return apply


def take_away(name: str) -> Callable[[Published], None]:
    """Take a file away."""

    def apply(published: Published) -> None:
        (published.folder / name).unlink()

    return apply


def swap(one: str, other: str) -> Callable[[Published], None]:
    """Put one file in another's place."""

    def apply(published: Published) -> None:
        shutil.copyfile(published.folder / one, published.folder / other)

    return apply


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (sign_again("latest.signature", "stranger"), "latest.signature: no trusted pointer key"),
        (sign_again("latest.signature", "release"), "latest.signature: no trusted pointer key"),
        (sign_again("1.0.0/signature", "stranger"), "1.0.0/signature: no trusted release key"),
        (sign_again("1.0.0/signature", "pointer"), "1.0.0/signature: no trusted release key"),
        (sign_again("keys.signature", "pointer"), "keys.signature: no trusted release key"),
        (sign_again("keys.signature", "stranger"), "keys.signature: no trusted release key"),
        (take_away("latest.signature"), "latest.signature: there is no signature"),
        (take_away("1.1.0/signature"), "1.1.0/signature: there is no signature"),
        (take_away("keys.signature"), "keys.signature: there is no signature"),
        (swap("1.0.0/signature", "1.1.0/signature"), "1.1.0/signature: no trusted release key"),
        (lambda published: (published.folder / "keys.json").write_text("{"), "keys.json: The text is not JSON"),
        (
            lambda published: (published.folder / "keys.json").write_text('{"keys": []}'),
            "keys.signature: the key set does not say when it was issued",
        ),
    ],
)
def test_whatever_is_not_signed_by_the_right_key_is_refused(
    published: Published, spoil: Callable[[Published], object], expected: str
) -> None:
    spoil(published)
    with pytest.raises(ContentRefused) as error:
        load_library(published.folder)
    assert any(str(fault).startswith(expected) for fault in error.value.faults), error.value.faults


def test_a_folder_that_signs_for_itself_does_not_pass_for_the_keys_that_are_trusted(
    tmp_path: Path, published: Published
) -> None:
    stranger = tmp_path / "stranger"
    publish(tmp_path / "again", with_keys(stranger), folder=stranger)
    assert load_library(stranger).signed("1.0.0")
    with pytest.raises(ContentRefused, match="no trusted release key"):
        load_library(stranger, read_keys(published.folder))
    (stranger / "keys.json").unlink()
    with pytest.raises(ContentRefused, match="no trusted pointer key"):
        load_library(stranger, read_keys(published.folder))


def test_the_next_key_is_trusted_before_it_is_used_and_the_old_one_is_retired_after(published: Published) -> None:
    folder, signers = published
    first = read_keys(folder)
    following = new_key("release")
    add_key(following, signers.release, NOW + timedelta(days=1), folder)
    retire_key(signers.release.kid, following, LATER, folder)
    files = good()
    files["phrases.json"] = {**files["phrases.json"], "no_advice_yet": "Newest words."}
    del files["causes/arm-cause.json"]
    freeze(bundle_of(files), "2.0.0", folder, LATER, signers=Signers(following, signers.pointer))
    assert load_library(folder).latest.version == "2.0.0"
    assert load_library(folder, first).latest.version == "2.0.0"  # who trusts the first set can follow to the last
    old = Signers(signers.release, signers.pointer)
    freeze(bundle_of(files), "2.0.1", folder, LATER + timedelta(days=1), signers=old)
    with pytest.raises(ContentRefused, match=r"2\.0\.1/signature"):
        load_library(folder)


def test_a_key_set_changes_only_by_a_release_key_that_stays(published: Published) -> None:
    folder, signers = published
    for key, signer in [
        (new_key("release"), None),
        (new_key("release"), new_key("release")),
        (new_key("pointer"), signers.pointer),
    ]:
        with pytest.raises(ContentRefused):
            add_key(key, signer, NOW, folder)
    with pytest.raises(ContentRefused):
        retire_key(signers.release.kid, signers.release, NOW, folder)
    with pytest.raises(ContentRefused, match="no key in use"):
        retire_key("A" * 43, signers.release, NOW, folder)
    retire_key(signers.pointer.kid, signers.release, NOW, folder)
    assert read_keys(folder).keys[1].retired == DAY


def test_the_first_key_is_a_release_key(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match="must be a release key"):
        add_key(new_key("pointer"), None, NOW, tmp_path)
    assert not read_keys(tmp_path).keys


def test_an_older_key_set_is_never_taken_for_a_newer(published: Published) -> None:
    older = read_keys(published.folder)
    data, signature = (published.folder / "keys.json").read_bytes(), (published.folder / "keys.signature").read_bytes()
    add_key(new_key("release"), published.signers.release, NOW + timedelta(days=1), published.folder)
    with pytest.raises(SignatureRefused, match="older than the one that is trusted"):
        check_keys(data, signature, older, read_keys(published.folder))


def test_a_folder_with_keys_takes_no_release_that_is_not_signed(published: Published) -> None:
    with pytest.raises(ContentRefused, match="give the release and pointer keys"):
        freeze(bundle_of(good()), "2.0.0", published.folder, NOW)


def test_the_recipes_of_the_docs_verify_a_release_and_refuse_a_changed_one(
    tmp_path: Path, published: Published
) -> None:
    text = (ROOT / "docs" / "verifying.md").read_text()
    recipes = dict(re.findall(r"```(python|js)\n(.*?)```", text, re.DOTALL))
    for name in ("manifest.json", "signature"):
        shutil.copyfile(published.folder / "1.1.0" / name, tmp_path / name)
    shutil.copyfile(published.folder / "keys.json", tmp_path / "keys.json")
    commands = {"python": [sys.executable, "-c"], "js": ["node", "-e"]}
    for language, command in commands.items():
        done = subprocess.run([*command, recipes[language]], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout == "verified\n", done.stderr
    changed = (tmp_path / "manifest.json").read_bytes().replace(b"1.1.0", b"1.1.1")
    (tmp_path / "manifest.json").write_bytes(changed)
    for language, command in commands.items():
        done = subprocess.run([*command, recipes[language]], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "verified\n" not in done.stdout


def test_a_pointer_is_signed_whenever_it_is_renewed(published: Published) -> None:
    point(read_ledger(published.folder), (), LATER, published.folder, published.signers.pointer)
    assert load_library(published.folder).latest.updated == LATER
    point(read_ledger(published.folder), (), LATER + timedelta(days=1), published.folder, None)
    with pytest.raises(ContentRefused, match=r"latest\.signature"):
        load_library(published.folder)
