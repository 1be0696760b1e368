"""What the tests of releases share: signing keys, and a folder of two signed releases."""

from pathlib import Path
from typing import Any, NamedTuple

from api.content.loading import load_draft
from api.releases.freezing import Signers, freeze
from api.releases.keyring import add_key
from api.releases.signing import new_key
from tests.builders import NOW, write
from tests.content.test_loading import good

Json = Any


class Published(NamedTuple):
    """A folder of signed releases, and the keys that signed them."""

    folder: Path
    signers: Signers


def with_keys(folder: Path) -> Signers:
    """Make a release key and a pointer key, and their key set in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    signers = Signers(new_key("release"), new_key("pointer"))
    add_key(signers.release, None, NOW, folder)
    add_key(signers.pointer, signers.release, NOW, folder)
    return signers


def publish(place: Path, signers: Signers | None, *, folder: Path) -> None:
    """Publish 1.0.0 and 1.1.0 of the small content; the second has other words and no cause `arm-cause`."""
    files = good()
    freeze(load_draft(write(place / "one", files)), "1.0.0", folder, NOW, signers=signers)
    files["phrases.json"] = {**files["phrases.json"], "no_advice_yet": "Newer words."}
    del files["causes/arm-cause.json"]
    freeze(load_draft(write(place / "two", files)), "1.1.0", folder, NOW, signers=signers)


def signed_releases(place: Path) -> Published:
    """Publish two signed releases."""
    folder = place / "releases"
    signers = with_keys(folder)
    publish(place, signers, folder=folder)
    return Published(folder, signers)
