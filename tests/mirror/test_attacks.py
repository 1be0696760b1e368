"""What an upstream, or whoever stands before it, can do to a mirror: it keeps the last good release, or gets the next.

The list is that of the TUF specification: rollback, freeze, fast-forward, mix-and-match, endless data, wrong keys, slow
retrieval, and what breaks on the way. Each is tried on a mirror that holds an older step, and on one that holds none.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from api.content.canonical import canonical, digest
from api.mirror.fetching import Patience
from api.releases.signing import new_key
from tests.mirror.conftest import Count
from tests.mirror.forging import (
    HELD,
    OFFERED,
    at,
    forged_release,
    key_set,
    ledger,
    pointer,
    signers,
    taken_over,
    unfit_release,
    unsafe,
)
from tests.mirror.histories import PATIENT, History, held, look, plan
from tests.mirror.misbehaving import (
    body,
    bomb,
    coded,
    cut,
    cut_unsaid,
    drip,
    drip_head,
    endless,
    endless_head,
    no_http,
    silent,
    status,
    swollen,
)
from tests.mirror.upstreams import Handler, Upstream, upstream_of

Attack = Callable[[History, Upstream], None]


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


def without(*names: str) -> Attack:
    return with_files(lambda _: dict.fromkeys(names))


FILES: Final = (
    "keys.json", "keys.signature", "latest.json", "latest.signature", "ledger.json",
    "1.2.0/manifest.json", "1.2.0/signature", "1.2.0/bundle.json", "1.2.0/assurance.json",
)  # fmt: skip
"""The files that a mirror which holds 1.1.0 must bring."""
CUT_OFF: Final = r"\(RemoteProtocolError\)"
UNPROVED: Final = r"has signed these bytes|not a detached JWS|there is no signature"
NO_DIGEST: Final = "its digest is not the one that was published"
FUTURE: Final = "it is in the future; one of the two clocks is wrong"
NO_JSON: Final = "The text is not JSON"
WITHIN: Final = "/expires: it must be within 30 days after `updated`"
BROKEN: Final = f"{NO_JSON}|Field required|Extra inputs|should match pattern|{UNPROVED}|{NO_DIGEST}"
"""What may be said of a file whose bytes are not its own."""


def spoilt(name: str) -> str:
    return f"^{name}: .*({BROKEN}|it ended after [0-9]+ of [0-9]+ bytes)"


ATTACKS: Final[dict[str, tuple[Attack, str]]] = {
    **{
        f"a flipped byte at {place} of {name}": (flipped(name, place), BROKEN) for name in FILES for place in (0.1, 0.6)
    },
    **{f"{name} cut off": (doing(cut, name), f"^{name}: .*{CUT_OFF}") for name in FILES},
    **{
        f"{name} cut off without a word": (
            doing(cut_unsaid, name),
            spoilt(name),
        )
        for name in FILES
    },
    **{
        f"{name} taken away": (without(name), f"^{name}: .*(there is none|has no such|shows no keys|404)")
        for name in FILES
    },
    **{
        f"{name} is a page of words": (
            doing(body(b"<p>Hello</p>"), name),
            spoilt(name),
        )
        for name in FILES
    },
    **{f"{name} is empty": (doing(body(b""), name), spoilt(name)) for name in FILES},
    **{
        f"status {code}": (doing(status(code)), f"answered with status {code}")
        for code in (204, 206, 301, 302, 400, 403, 410, 416, 429, 500, 503)
    },
    "status 404": (doing(status(404)), "keys.json: the upstream shows no keys any more"),
    "status 304 to what was never asked so": (doing(status(304)), "answered with status 304"),
    "status 500 for the bundle": (
        doing(status(500), "1.2.0/bundle.json"),
        "^1.2.0/bundle.json: .* status 500",
    ),
    "no HTTP": (doing(no_http), CUT_OFF),
    "hanging up": (doing(Handler.hang_up), CUT_OFF),
    "silence": (doing(silent), r"\(ReadTimeout\)"),
    "a slow drip": (doing(drip), "keys.json: it took longer than 1 second"),
    "a slow drip of the bundle": (doing(drip, "1.2.0/bundle.json"), "bundle.json: it took longer"),
    "a slow drip of headers": (doing(drip_head), "keys.json: it took longer than 1 second"),
    "endless headers": (doing(endless_head), CUT_OFF),
    **{f"an endless {name}": (doing(endless, name), f"^{name}: it is longer than") for name in FILES},
    "a longer bundle": (doing(swollen, "1.2.0/bundle.json"), "it is longer than [0-9]{4} bytes"),
    "a longer ledger": (doing(swollen, "ledger.json"), NO_DIGEST),
    "a longer pointer": (doing(swollen, "latest.json"), UNPROVED),
    **{
        f"a bomb for {name}": (doing(bomb, name), f"^{name}: it comes in a coding that was not asked for")
        for name in ("latest.json", "ledger.json", "1.2.0/bundle.json")
    },
    "a coding that was not asked for": (
        doing(coded, "1.2.0/manifest.json"),
        "manifest.json: it comes in a coding",
    ),
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
    "a pointer without an end": (
        with_files(lambda history: pointer(history, expires=at(history, 40))),
        WITHIN,
    ),
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
    "a release that promises too much": (
        with_files(lambda history: forged_release(history, signers(history)[0], length=1 << 30)),
        "1.3.0/bundle.json: it is longer than 134217728 bytes",
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


IMPATIENT: Final = {
    "silence": Patience(silence=0.3),
    "a slow drip": Patience(whole=1.0),
    "a slow drip of the bundle": Patience(whole=1.0),
    "a slow drip of headers": Patience(whole=1.0),
}
"""How long to wait where waiting is what is attacked."""


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_the_last_good_release_and_its_end_brings_the_next(
    history: History, holding: Path, tmp_path: Path, name: str, tried: Count
) -> None:
    after = history.steps[OFFERED]
    attack, says = ATTACKS[name]
    with upstream_of(after.files) as upstream:
        attack(history, upstream)
        for directory, good in ((holding, history.steps[HELD].files), (tmp_path / "new", {})):
            patience = IMPATIENT.get(name, PATIENT)
            outcome = look(plan(upstream.address, directory, history.keys, after.now, patience=patience))
            assert outcome.kind in {"refused", "unreachable"}, outcome
            assert any(re.search(says, reason) for reason in outcome.reasons), outcome
            assert held(directory, history.keys) == good
            tried(1)
        upstream.files, upstream.faults = after.files, {}
        assert look(plan(upstream.address, holding, history.keys, after.now)).kind == "updated"
        assert held(holding, history.keys) == after.files
