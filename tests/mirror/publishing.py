"""Somebody who publishes signed releases: a history in steps, each step the whole folder as files in memory."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.content.canonical import canonical, digest
from api.content.loading import load_draft
from api.releases.files import replace_file
from api.releases.freezing import Signers, freeze, read_ledger, read_recalls
from api.releases.keyring import add_key, read_keys, retire_key
from api.releases.pointing import point
from api.releases.signing import new_key
from schemas.keys import KeySet, PrivateKey, Purpose
from schemas.releases import Ledger, Recall
from tests.builders import NOW, write
from tests.content.test_loading import good

Json = Any
Files = Mapping[str, bytes]
DAY: Final = timedelta(days=1)


class Publisher(NamedTuple):
    """A folder of releases, the keys that sign them, and the time it is there."""

    folder: Path
    signers: Signers | None
    now: datetime

    def files(self) -> dict[str, bytes]:
        """The folder as it is now."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    def keys(self) -> KeySet:
        """The keys as they are published now."""
        return read_keys(self.folder)

    def later(self, more: timedelta = DAY) -> "Publisher":
        return self._replace(now=self.now + more)

    def release(self, version: str) -> "Publisher":
        """Publish a release whose words name its version, in the topic and in the check."""
        files = good()
        files["topics/legs.json"] = {**files["topics/legs.json"], "summary": f"Legs of {version}."}
        files["phrases.json"] = {**files["phrases.json"], "no_advice_yet": f"Words of {version}."}
        draft = write(self.folder.parent / f"draft-{version}", files)
        freeze(load_draft(draft), version, self.folder, self.now, signers=self.signers)
        return self.later()

    def report(self, text: bytes) -> "Publisher":
        """Publish an assurance report with the newest release."""
        ledger = read_ledger(self.folder)
        last = ledger.releases[-1]
        replace_file(self.folder / last.version / "assurance.json", text)
        named = Ledger(releases=(*ledger.releases[:-1], last.model_copy(update={"assurance": digest(text)})))
        replace_file(self.folder / "ledger.json", canonical(named))
        return self.refresh()

    def refresh(self, *recalls: Recall) -> "Publisher":
        """Renew the pointer, with more recalls."""
        key = self.signers.pointer if self.signers else None
        point(read_ledger(self.folder), (*read_recalls(self.folder), *recalls), self.now, self.folder, key)
        return self.later()

    def recall(self, version: str) -> "Publisher":
        return self.refresh(Recall(version=version, severity="unsafe", reason="Wrong.", recalled=self.now))

    def announce(self, purpose: Purpose) -> tuple["Publisher", PrivateKey]:
        """Add the next key to the set, before it is used."""
        key = new_key(purpose)
        add_key(key, self.signers.release if self.signers else None, self.now, self.folder)
        return self.later(), key

    def sign_with(self, **keys: PrivateKey) -> "Publisher":
        """Sign with other keys from now on."""
        assert self.signers is not None
        return self._replace(signers=self.signers._replace(**keys))

    def retire(self, key: PrivateKey) -> "Publisher":
        assert self.signers is not None
        retire_key(key.kid, self.signers.release, self.now, self.folder)
        return self.later()


def publisher(place: Path, *, signed: bool = True, now: datetime = NOW) -> Publisher:
    """Somebody who has published nothing yet."""
    folder = place / "releases"
    folder.mkdir(parents=True)
    if not signed:
        return Publisher(folder, None, now)
    one = Publisher(folder, Signers(new_key("release"), new_key("pointer")), now)
    assert one.signers is not None
    add_key(one.signers.release, None, now, folder)
    add_key(one.signers.pointer, one.signers.release, now + timedelta(seconds=1), folder)
    return one.later(timedelta(seconds=2))
