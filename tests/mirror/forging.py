"""What somebody can forge who holds the published files and one or the other key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from api.content.canonical import canonical, digest
from api.content.strict_json import read_json
from api.releases.signing import new_key, sign
from schemas.keys import KeySet, PrivateKey
from tests.mirror.histories import History

HELD: Final = 1
"""The step that is held: 1.1.0."""
OFFERED: Final = 4
"""The step that the upstream has: 1.2.0, signed by the next key."""


def signers(history: History) -> tuple[PrivateKey, PrivateKey]:
    assert history.publisher.signers is not None
    return history.publisher.signers


def pointer(history: History, key: PrivateKey | None = None, **fields: object) -> dict[str, bytes]:
    """The newer pointer with other fields, signed."""
    data = canonical({**read_json(history.steps[OFFERED].files["latest.json"]), **fields})
    return {"latest.json": data, "latest.signature": sign(data, key or signers(history)[1])}


def at(history: History, days: float) -> str:
    return (history.steps[OFFERED].now + timedelta(days=days)).isoformat()


def ledger(history: History, change: Callable[[list[dict[str, object]]], object]) -> dict[str, bytes]:
    """The newer ledger otherwise, and a pointer that names it: what a thief of the pointer key alone can make."""
    entries = read_json(history.steps[OFFERED].files["ledger.json"])["releases"]
    change(entries)
    data = canonical({"releases": entries})
    last = entries[-1]
    named = {"version": last["version"], "sequence": last["sequence"], "digest": last["bundle"]}
    return {"ledger.json": data, **pointer(history, ledger=digest(data), manifest=last["manifest"], **named)}


def forged_release(
    history: History, key: PrivateKey, bundle: bytes | None = None, length: int | None = None
) -> dict[str, bytes]:
    """One more release in every file that the pointer key answers for; its manifest is signed by another key."""
    files = history.steps[OFFERED].files
    bundle = files["1.2.0/bundle.json"] if bundle is None else bundle
    manifest = read_json(files["1.2.0/manifest.json"])
    stamp = {"digest": digest(bundle), "length": len(bundle) if length is None else length}
    manifest |= {"version": "1.3.0", "sequence": manifest["sequence"] + 1, "bundle": stamp}
    made = canonical(manifest)

    def append(entries: list[dict[str, object]]) -> None:
        more = {"version": "1.3.0", "sequence": manifest["sequence"], "manifest": digest(made)}
        entries.append({**entries[-1], **more, "bundle": stamp["digest"]})
        del entries[-1]["assurance"]

    own = {"1.3.0/bundle.json": bundle, "1.3.0/manifest.json": made, "1.3.0/signature": sign(made, key)}
    return {**ledger(history, append), **own}


def key_set(history: History, signer: PrivateKey, *more: PrivateKey, days: float = 0) -> dict[str, bytes]:
    """The newer key set with more keys, signed by somebody."""
    keys = read_json(history.steps[OFFERED].files["keys.json"])
    added = [one.model_dump(mode="json", exclude={"d"}) for one in more]
    data = canonical({"keys": [*keys["keys"], *added], "issued": at(history, days)})
    return {"keys.json": data, "keys.signature": sign(data, signer)}


def taken_over(history: History) -> dict[str, bytes | None]:
    """Everything signed anew by somebody else, in a key set that only they have signed."""
    release, point = new_key("release"), new_key("pointer")
    files = history.steps[OFFERED].files
    keys = KeySet.model_validate(
        {
            "keys": [one.model_dump(mode="json", exclude={"d"}) for one in (release, point)],
            "issued": at(history, 0),
        }
    )
    data = canonical(keys)
    signatures = {
        name: sign(files[name.replace("signature", "manifest.json")], release)
        for name in files
        if name.endswith("/signature")
    }
    own = {"keys.json": data, "keys.signature": sign(data, release)}
    return {**own, **signatures, **pointer(history, point)}


def unfit_release(history: History, key: PrivateKey) -> dict[str, bytes]:
    """One more release, signed by whoever may, with a bundle that this version of the service cannot read."""
    files = history.steps[OFFERED].files
    bundle = canonical({**read_json(files["1.2.0/bundle.json"]), "colour": "red"})
    return forged_release(history, key, bundle)


def unsafe(history: History, version: str) -> dict[str, object]:
    """A recall."""
    return {"version": version, "severity": "unsafe", "reason": "No.", "recalled": at(history, 0)}
