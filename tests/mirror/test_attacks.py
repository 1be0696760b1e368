"""What an upstream, or whoever stands before it, can do to a mirror: it keeps the last good release, or gets the next.

The list is that of the TUF specification: rollback, freeze, fast-forward, mix-and-match, endless data, wrong keys, slow
retrieval, and what breaks on the way. Each is tried on a mirror that holds an older step, and on one that holds none.
"""

import gzip
import re
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from api.content.canonical import canonical, digest
from api.content.strict_json import read_json
from api.releases.signing import new_key, sign
from schemas.keys import KeySet, PrivateKey
from tests.mirror.conftest import Count
from tests.mirror.histories import History, held, look, plan
from tests.mirror.upstreams import Handler, Upstream, upstream_of

Attack = Callable[[History, Upstream], None]
HELD: Final = 1
"""The step that is held: 1.1.0."""
OFFERED: Final = 4
"""The step that the upstream has: 1.2.0, signed by the next key."""


def with_files(changes: Callable[[History], Mapping[str, bytes | None]]) -> Attack:
    """Offer the newer step with some files otherwise, or without them."""

    def attack(history: History, upstream: Upstream) -> None:
        merged: dict[str, bytes | None] = {**history.steps[OFFERED].files, **changes(history)}
        upstream.files = {name: data for name, data in merged.items() if data is not None}

    return attack


def doing(fault: Callable[[Handler], None], name: str = "") -> Attack:
    """Answer otherwise: where one file is asked for, or every one."""

    def attack(_history: History, upstream: Upstream) -> None:
        upstream.faults[name] = fault

    return attack


def flipped(name: str, place: float) -> Attack:
    def change(history: History) -> Mapping[str, bytes]:
        data = bytearray(history.steps[OFFERED].files[name])
        data[int(place * (len(data) - 1))] ^= 1
        return {name: bytes(data)}

    return with_files(change)


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


def forged_release(history: History, key: PrivateKey, bundle: bytes | None = None) -> dict[str, bytes]:
    """One more release in every file that the pointer key answers for; its manifest is signed by another key."""
    files = history.steps[OFFERED].files
    bundle = files["1.2.0/bundle.json"] if bundle is None else bundle
    manifest = read_json(files["1.2.0/manifest.json"])
    stamp = {"digest": digest(bundle), "length": len(bundle)}
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


def without(name: str) -> Attack:
    return with_files(lambda _: {name: None})


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def endless_head(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        handler.wfile.flush()


def drip(handler: Handler) -> None:
    """A byte now and then, never so late that the other side thinks nothing comes any more."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_head(handler: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 9:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def silent(handler: Handler) -> None:
    time.sleep(0.6)
    handler.hang_up()


def bomb(handler: Handler) -> None:
    handler.send(200, gzip.compress(b" " * 10_000_000), **{"Content-Encoding": "gzip"})


def coded(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, gzip.compress(data), **{"Content-Encoding": "gzip"})


def cut(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data[: len(data) // 2], **{"Content-Length": str(len(data))})
    handler.hang_up()


def cut_unsaid(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data[: len(data) // 2])


def swollen(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data + b" " * 100)


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(code, b"no", **headers)


def no_http(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
    handler.hang_up()


def body(data: bytes) -> Callable[[Handler], None]:
    return lambda handler: handler.send(200, data)


FILES: Final = (
    "keys.json", "keys.signature", "latest.json", "latest.signature", "ledger.json",
    "1.2.0/manifest.json", "1.2.0/signature", "1.2.0/bundle.json", "1.2.0/assurance.json",
)  # fmt: skip
"""The files that a mirror which holds 1.1.0 must bring."""
CUT_OFF: Final = r"\(RemoteProtocolError\)"
UNPROVED: Final = r"has signed these bytes|not a detached JWS"
NO_DIGEST: Final = "its digest is not the one that was published"
FUTURE: Final = "it is in the future; one of the two clocks is wrong"
NO_JSON: Final = "The text is not JSON"
WITHIN: Final = "/expires: it must be within 30 days after `updated`"
BROKEN: Final = f"{NO_JSON}|Field required|Extra inputs|{UNPROVED}|{NO_DIGEST}"
"""What may be said of a file whose bytes are not its own."""
ATTACKS: Final[dict[str, tuple[Attack, str]]] = {
    **{
        f"a flipped byte at {place} of {name}": (flipped(name, place), BROKEN)
        for name in FILES
        for place in (0.0, 0.5, 0.9)
    },
    **{f"{name} cut off": (doing(cut, name), f"^{name}: .*{CUT_OFF}") for name in FILES},
    **{
        f"{name} cut off without a word": (doing(cut_unsaid, name), f"^{name}: .*({BROKEN}|ended after 4080 of 8160)")
        for name in FILES
    },
    **{
        f"{name} taken away": (without(name), f"^{name}: .*(there is none|has no such|shows no keys|404)")
        for name in FILES
    },
    **{
        f"{name} is a page of words": (doing(body(b"<p>Hello</p>"), name), f"^{name}: .*({BROKEN}|ended after 12 of)")
        for name in FILES
    },
    **{f"{name} is empty": (doing(body(b""), name), f"^{name}: .*({BROKEN}|ended after 0 of)") for name in FILES},
    **{
        f"status {code}": (doing(status(code)), f"answered with status {code}")
        for code in (204, 206, 301, 302, 400, 403, 410, 416, 429, 500, 503)
    },
    "status 404": (doing(status(404)), "keys.json: the upstream shows no keys any more"),
    "status 304 to what was never asked so": (doing(status(304)), "answered with status 304"),
    "status 500 for the bundle": (doing(status(500), "1.2.0/bundle.json"), "^1.2.0/bundle.json: .* status 500"),
    "no HTTP": (doing(no_http), CUT_OFF),
    "hanging up": (doing(Handler.hang_up), CUT_OFF),
    "silence": (doing(silent), r"\(ReadTimeout\)"),
    "a slow drip": (doing(drip), "keys.json: it took longer than 1 second"),
    "a slow drip of the bundle": (doing(drip, "1.2.0/bundle.json"), "bundle.json: it took longer"),
    "a slow drip of headers": (doing(drip_head), "keys.json: it took longer than 1 second"),
    "endless headers": (doing(endless_head), CUT_OFF),
    **{f"an endless {name}": (doing(endless, name), f"^{name}: it is longer than") for name in FILES},
    "a longer bundle": (doing(swollen, "1.2.0/bundle.json"), "it is longer than 8160 bytes"),
    "a longer ledger": (doing(swollen, "ledger.json"), NO_DIGEST),
    "a longer pointer": (doing(swollen, "latest.json"), UNPROVED),
    **{
        f"a bomb for {name}": (doing(bomb, name), f"^{name}: it comes in a coding that was not asked for")
        for name in ("latest.json", "ledger.json", "1.2.0/bundle.json")
    },
    "a coding that was not asked for": (doing(coded, "1.2.0/manifest.json"), "manifest.json: it comes in a coding"),
    "garbage": (with_files(lambda _: {"latest.json": b"\xff\xfe{]"}), "The text must be encoded as UTF-8"),
    "JSON too deep": (with_files(lambda _: {"latest.json": b"[" * 100_000}), "at most 16 deep in one another"),
    "JSON that is no pointer": (with_files(lambda _: {"latest.json": b"[1, 2]"}), "Input should be an object"),
    "a number without end": (with_files(lambda _: {"latest.json": b'{"sequence": ' + b"9" * 100_000 + b"}"}), NO_JSON),
    "a name that writes on the terminal": (
        with_files(lambda _: {"latest.json": b'{"\\u001b[31m' + b"x" * 100_000 + b'": 1}'}),
        r"^latest.json#/\?\[31mx{100,300}…$",
    ),
    "swapped files: bundles": (
        with_files(lambda history: {"1.2.0/bundle.json": history.steps[OFFERED].files["1.1.0/bundle.json"]}),
        NO_DIGEST,
    ),
    "swapped files: manifests with their signatures": (
        with_files(
            lambda history: {
                f"1.2.0/{name}": history.steps[OFFERED].files[f"1.1.0/{name}"]
                for name in ("manifest.json", "signature")
            }
        ),
        NO_DIGEST,
    ),
    "mix and match: the older ledger": (
        with_files(lambda history: {"ledger.json": history.steps[HELD].files["ledger.json"]}),
        f"ledger.json: {NO_DIGEST}",
    ),
    "mix and match: the oldest pointer": (
        with_files(
            lambda history: {name: history.steps[0].files[name] for name in ("latest.json", "latest.signature")}
        ),
        f"goes back behind 2, which is held|ledger.json: {NO_DIGEST}",
    ),
    "the signature of another file": (
        with_files(lambda history: {"latest.signature": history.steps[OFFERED].files["1.2.0/signature"]}),
        f"latest.signature: .*{UNPROVED}",
    ),
    "the signature of the older pointer": (
        with_files(lambda history: {"latest.signature": history.steps[HELD].files["latest.signature"]}),
        f"latest.signature: .*{UNPROVED}",
    ),
    "an expired pointer": (
        with_files(lambda history: pointer(history, updated=at(history, -9), expires=at(history, -1))),
        "/expires: it has expired: the upstream stands still",
    ),
    "a pointer without an end": (with_files(lambda history: pointer(history, expires=at(history, 40))), WITHIN),
    "a pointer that ends before it begins": (
        with_files(lambda history: pointer(history, updated=at(history, 0), expires=at(history, -1))),
        WITHIN,
    ),
    "a pointer without a time zone": (
        with_files(lambda history: pointer(history, updated="2026-11-25T12:00:00")),
        "/updated: Input should have timezone info",
    ),
    "a pointer from the end of time": (
        with_files(lambda history: pointer(history, updated="9999-12-30T00:00:00Z", expires="9999-12-31T23:59:59Z")),
        f"latest.json#/updated: {FUTURE}",
    ),
    "fast forward: a pointer of tomorrow": (
        with_files(lambda history: pointer(history, updated=at(history, 1), expires=at(history, 20))),
        f"latest.json#/updated: {FUTURE}",
    ),
    "fast forward: a sequence ahead of the ledger": (
        with_files(lambda history: pointer(history, sequence=1_000_000)),
        "it does not name the last release of the ledger",
    ),
    "fast forward: a ledger that leaves sequences out": (
        with_files(lambda history: ledger(history, lambda entries: entries[-1].update(sequence=1_000_000))),
        "/releases/2/sequence: it must be 3: none is ever left out",
    ),
    "a ledger without a release": (
        with_files(
            lambda history: {
                "ledger.json": b'{"releases":[]}',
                **pointer(history, ledger=digest(b'{"releases":[]}')),
            }
        ),
        "ledger.json#/releases: there is no release",
    ),
    "a ledger that is no ledger": (
        with_files(lambda history: {"ledger.json": b"[]", **pointer(history, ledger=digest(b"[]"))}),
        "ledger.json: Input should be an object",
    ),
    "a ledger whose versions fall": (
        with_files(lambda history: ledger(history, lambda entries: entries[-1].update(version="0.9.0"))),
        "/releases/2/version: it must be above the one before it",
    ),
    "a ledger that names other bytes": (
        with_files(lambda history: ledger(history, lambda entries: entries[-1].update(bundle=entries[0]["bundle"]))),
        "manifest.json: it is not the release of its line in the ledger",
    ),
    "a recall that leaves nothing to answer": (
        with_files(lambda history: pointer(history, recalls=[unsafe(history, "1.2.0")])),
        "it is recalled itself; name a release that is safe",
    ),
    "a recall of what never was": (
        with_files(lambda history: pointer(history, recalls=[unsafe(history, "7.0.0")])),
        "/recalls/0/version: no release has this version",
    ),
    "a pointer signed by a release key": (
        with_files(lambda history: pointer(history, signers(history)[0])),
        "no trusted pointer key has signed",
    ),
    "a pointer signed by an unknown key": (
        with_files(lambda history: pointer(history, new_key("pointer"))),
        "no trusted pointer key has signed",
    ),
    "a pointer signed by an unknown key under a known name": (
        with_files(
            lambda history: pointer(history, new_key("pointer").model_copy(update={"kid": signers(history)[1].kid}))
        ),
        "no trusted pointer key has signed",
    ),
    "a release signed by the pointer key": (
        with_files(lambda history: forged_release(history, signers(history)[1])),
        "1.3.0/signature: no trusted release key has signed",
    ),
    "a release signed by an unknown key": (
        with_files(lambda history: forged_release(history, new_key("release"))),
        "1.3.0/signature: no trusted release key has signed",
    ),
    "a release that cannot be served": (
        with_files(lambda history: unfit_release(history, signers(history)[0])),
        "1.3.0/bundle.json#/colour: ",
    ),
    "a new key set signed by its own new key": (
        with_files(lambda history: key_set(history, (new := new_key("release")), new)),
        "keys.signature: no trusted release key has signed",
    ),
    "a new key set signed by the pointer key": (
        with_files(lambda history: key_set(history, signers(history)[1], new_key("release"))),
        "keys.signature: no trusted release key has signed",
    ),
    "a new key set that is not signed": (
        with_files(lambda history: {**key_set(history, history.old_key, new_key("release")), "keys.signature": None}),
        "keys.signature: there is none",
    ),
    "a key set of tomorrow": (
        with_files(lambda history: key_set(history, history.old_key, days=1)),
        f"keys.json#/issued: {FUTURE}",
    ),
    "a key set without a time": (
        with_files(lambda _: {"keys.json": canonical({"keys": []}), "keys.signature": b"x..y"}),
        "does not say when it was issued",
    ),
    "everything signed anew by somebody else": (
        with_files(taken_over),
        "keys.signature: no trusted release key has signed",
    ),
    "no signature anywhere": (
        with_files(lambda history: dict.fromkeys(name for name in history.steps[OFFERED].files if "s" in name[-9:-5])),
        "keys.json: the upstream shows no keys any more",
    ),
    "no signatures, but the keys": (
        with_files(lambda history: dict.fromkeys(name for name in history.steps[OFFERED].files if "signature" in name)),
        "keys.signature: there is none",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_the_last_good_release_and_its_end_brings_the_next(
    history: History, holding: Path, tmp_path: Path, name: str, tried: Count
) -> None:
    after = history.steps[OFFERED]
    attack, says = ATTACKS[name]
    with upstream_of(after.files) as upstream:
        attack(history, upstream)
        for directory in (holding, tmp_path / "new"):
            good = held(directory, history.keys)
            outcome = look(plan(upstream.address, directory, history.keys, after.now))
            assert outcome.kind in {"refused", "unreachable"}, outcome
            assert any(re.search(says, reason) for reason in outcome.reasons), outcome
            assert held(directory, history.keys) == good
            tried(1)
        upstream.files, upstream.faults = after.files, {}
        assert look(plan(upstream.address, holding, history.keys, after.now)).kind == "updated"
        assert held(holding, history.keys) == after.files


@pytest.fixture
def holding(history: History, held_before: Path, tmp_path: Path) -> Path:
    """The folder of a mirror that holds the older step."""
    del history
    return Path(shutil.copytree(held_before, tmp_path / "holding", symlinks=True))


@pytest.fixture(scope="session")
def held_before(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a mirror that holds the older step, for all to copy."""
    directory = tmp_path_factory.mktemp("held") / "mirror"
    before = history.steps[HELD]
    with upstream_of(before.files) as upstream:
        assert look(plan(upstream.address, directory, history.keys, before.now)).kind == "updated"
    assert held(directory, history.keys) == before.files
    return directory
