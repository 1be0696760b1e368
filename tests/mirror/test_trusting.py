"""What a mirror believes, rule by rule, without a network: each rule is broken alone, and kept at its very edge."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.content.canonical import canonical, digest
from api.content.strict_json import read_json
from api.mirror.trusting import (
    AHEAD,
    Signed,
    Trusted,
    expired,
    follow_keys,
    follow_ledger,
    follow_manifest,
    follow_pointer,
)
from api.releases.keyring import SignedKeys, walk
from api.releases.pointing import VALID_FOR
from api.releases.signing import new_key, public_half, sign
from schemas.keys import KeySet, PrivateKey
from schemas.problems import ContentRefused
from schemas.releases import Latest, Ledger
from tests.mirror.histories import History, Step

Json = Any
SECOND = timedelta(seconds=1)


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(ContentRefused) as error:
        attempt()
    return "\n".join(map(str, error.value.faults))


def keys_of(step: Step) -> SignedKeys:
    return SignedKeys(step.files["keys.json"], step.files["keys.signature"])


def pointer_of(step: Step) -> Signed:
    return Signed(step.files["latest.json"], step.files["latest.signature"])


def trusted_at(history: History, number: int) -> Trusted:
    """What a mirror believes that followed to a step."""
    files = history.steps[number].files
    return Trusted(
        KeySet.model_validate_json(files["keys.json"]),
        Latest.model_validate_json(files["latest.json"]),
        files["latest.json"],
        Ledger.model_validate_json(files["ledger.json"]),
    )


def pointer(history: History, *, before: Trusted, **fields: Json) -> Signed:
    data = canonical({**read_json(before.latest_bytes), **fields})
    assert history.publisher.signers is not None
    return Signed(data, sign(data, history.publisher.signers.pointer))


def moment(when: datetime) -> str:
    return when.isoformat()


def key_set(signer: PrivateKey, *keys: PrivateKey, issued: datetime | None) -> SignedKeys:
    at = {} if issued is None else {"issued": issued}
    data = canonical(KeySet.model_validate({"keys": [public_half(key) for key in keys], **at}))
    return SignedKeys(data, sign(data, signer))


def test_each_step_of_a_history_is_believed_after_the_one_before(history: History) -> None:
    trusted = Trusted(history.keys)
    for step in history.steps:
        keys = follow_keys(trusted.keys, keys_of(step), step.now)
        latest = follow_pointer(trusted._replace(keys=keys), pointer_of(step), step.now)
        ledger = follow_ledger(trusted.ledger, latest, step.files["ledger.json"])
        for entry in ledger.releases:
            names = f"{entry.version}/manifest.json", f"{entry.version}/signature"
            manifest = follow_manifest(keys, entry, Signed(step.files[names[0]], step.files[names[1]]))
            assert manifest.version == entry.version
        trusted = Trusted(keys, latest, step.files["latest.json"], ledger)
    assert [len(trusted.ledger.releases), len(trusted.keys.keys)] == [3, 3]


def test_a_key_that_was_announced_leads_on_and_one_that_was_not_does_not(history: History) -> None:
    first, announced, retired = (history.steps[number] for number in (0, 3, 5))
    reached = follow_keys(history.keys, keys_of(announced), announced.now)
    assert len(follow_keys(reached, keys_of(retired), retired.now).keys) == 3
    assert "no trusted release key" in refusal(lambda: follow_keys(history.keys, keys_of(retired), retired.now))
    assert "older than the one that is trusted" in refusal(lambda: follow_keys(reached, keys_of(first), first.now))


def test_whoever_trusts_any_key_set_can_walk_to_the_last(history: History) -> None:
    last = history.steps[-1]
    older = [
        SignedKeys(data, last.older_keys[name.replace(".json", ".signature")])
        for name, data in sorted(last.older_keys.items())
        if name.endswith(".json")
    ]
    newest = KeySet.model_validate_json(last.files["keys.json"])
    assert len(older) == 4
    for step in older:
        assert walk(KeySet.model_validate_json(step.data), older) == newest
    assert walk(KeySet(), older) == KeySet()
    stranger = KeySet(keys=(public_half(new_key("release")),))
    assert walk(stranger, older) == stranger
    damaged = [step._replace(signature=b"x..y") for step in older]
    assert walk(history.keys, [SignedKeys(b"{", b""), *damaged]) == history.keys


def test_a_retired_release_key_signs_no_key_set(history: History) -> None:
    last = history.steps[-1]
    trusted = KeySet.model_validate_json(last.files["keys.json"])
    offered = key_set(history.old_key, history.old_key, history.new_key, issued=last.now)
    assert "no trusted release key" in refusal(lambda: follow_keys(trusted, offered, last.now))


def test_a_key_set_that_its_own_keys_do_not_sign_is_refused(history: History) -> None:
    now = history.steps[1].now
    offered = key_set(history.old_key, new_key("release"), issued=now)
    assert "no trusted release key" in refusal(lambda: follow_keys(history.keys, offered, now))


@pytest.mark.parametrize(
    ("late", "says"),
    [
        (AHEAD + SECOND, "keys.json#/issued: it is in the future"),
        (AHEAD, ""),
        (timedelta(0), ""),
        (None, "does not say when it was issued"),
    ],
)
def test_a_key_set_is_at_most_five_minutes_ahead(history: History, late: timedelta | None, says: str) -> None:
    now = history.steps[1].now
    offered = key_set(history.old_key, history.old_key, issued=None if late is None else now + late)
    if says:
        assert says in refusal(lambda: follow_keys(history.keys, offered, now))
    else:
        assert len(follow_keys(history.keys, offered, now).keys) == 1


def test_two_key_sets_of_one_moment_are_not_both_believed(history: History) -> None:
    now = history.steps[1].now
    one = key_set(history.old_key, history.old_key, history.new_key, issued=now)
    other = key_set(history.old_key, history.old_key, issued=now)
    trusted = follow_keys(history.keys, one, now)
    assert follow_keys(trusted, one, now) == trusted
    assert "another set of the same moment" in refusal(lambda: follow_keys(trusted, other, now))


def test_without_trusted_keys_the_first_set_is_trusted_and_then_never_lost(history: History) -> None:
    step = history.steps[0]
    assert follow_keys(KeySet(), None, step.now) == KeySet()
    trusted = follow_keys(KeySet(), keys_of(step), step.now)
    assert trusted == history.keys
    assert "shows no keys any more" in refusal(lambda: follow_keys(trusted, None, step.now))
    alone = SignedKeys(step.files["keys.json"], b"x..y")
    assert "no trusted release key" in refusal(lambda: follow_keys(KeySet(), alone, step.now))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda now: {"updated": moment(now + AHEAD), "expires": moment(now + AHEAD + SECOND)}, ""),
        (lambda now: {"updated": moment(now + AHEAD + SECOND), "expires": moment(now + VALID_FOR)}, "in the future"),
        (lambda now: {"updated": moment(now), "expires": moment(now + VALID_FOR)}, ""),
        (lambda now: {"updated": moment(now), "expires": moment(now + VALID_FOR + SECOND)}, "within 30 days"),
        (lambda now: {"updated": moment(now), "expires": moment(now)}, "within 30 days"),
        (lambda now: {"updated": moment(now - SECOND), "expires": moment(now)}, ""),
        (lambda now: {"updated": moment(now - 2 * SECOND), "expires": moment(now - SECOND)}, "it has expired"),
        (lambda now: {"updated": moment(now - timedelta(days=25))}, "it is older than the one that is held"),
        (lambda _: {"recalls": []}, "another pointer of the same moment is held already"),
        (lambda now: {"updated": moment(now), "sequence": 1}, "it goes back behind 2, which is held"),
        (lambda now: {"updated": moment(now), "sequence": "two"}, "latest.json#/sequence"),
    ],
)
def test_a_pointer_is_held_to_the_clock_and_to_the_one_before(
    history: History, change: Callable[[datetime], Mapping[str, Json]], says: str
) -> None:
    trusted, now = trusted_at(history, 2), history.steps[2].now
    offered = pointer(history, before=trusted, **change(now))
    if says:
        assert says in refusal(lambda: follow_pointer(trusted, offered, now))
    else:
        assert follow_pointer(trusted, offered, now).version == "1.1.0"


def test_the_pointer_that_is_held_stays_believed_when_it_has_expired(history: History) -> None:
    trusted = trusted_at(history, 1)
    assert trusted.latest is not None
    later = trusted.latest.expires + SECOND
    assert expired(trusted.latest, later)
    assert not expired(trusted.latest, trusted.latest.expires)
    assert follow_pointer(trusted, pointer_of(history.steps[1]), later) == trusted.latest
    assert "it has expired" in refusal(lambda: follow_pointer(trusted, pointer_of(history.steps[2]), later + VALID_FOR))


def test_a_pointer_is_not_signed_by_a_release_key_nor_a_release_by_a_pointer_key(history: History) -> None:
    step, trusted = history.steps[1], trusted_at(history, 1)
    assert history.publisher.signers is not None
    by_release = Signed(trusted.latest_bytes, sign(trusted.latest_bytes, history.old_key))
    assert "no trusted pointer key" in refusal(lambda: follow_pointer(trusted, by_release, step.now))
    data = step.files["1.1.0/manifest.json"]
    by_pointer = Signed(data, sign(data, history.publisher.signers.pointer))
    entry = trusted.ledger.releases[-1]
    assert "1.1.0/signature: no trusted release key" in refusal(
        lambda: follow_manifest(trusted.keys, entry, by_pointer)
    )


def test_a_retired_key_still_proves_what_was_published_while_it_was_in_use(history: History) -> None:
    last, trusted = history.steps[-1], trusted_at(history, -1)
    entry = trusted.ledger.releases[0]
    signed = Signed(last.files["1.0.0/manifest.json"], last.files["1.0.0/signature"])
    assert follow_manifest(trusted.keys, entry, signed).version == "1.0.0"
    later = entry.model_copy(update={"published": last.now.date() + timedelta(days=1)})
    assert "no trusted release key" in refusal(lambda: follow_manifest(trusted.keys, later, signed))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines[0].update(published="2026-11-01"), "/releases/0: the line of 1.0.0 was changed"),
        (lambda lines: lines[0].update(changes=[{"type": "wording", "summary": "Other."}]), "/releases/0: the line"),
        (lambda lines: lines.pop(), "/releases/1: the line of 1.1.0 was changed or taken out"),
        (lambda lines: lines.insert(0, lines[0]), "/releases/1/sequence: it must be 2"),
        (lambda lines: lines[1].update(version="1.0.0"), "/releases/1/version: it must be above the one before"),
        (lambda lines: lines[1].update(version="1.0"), "ledger.json#/releases/1/version"),
    ],
)
def test_history_is_only_ever_appended_to(history: History, change: Callable[[Json], object], says: str) -> None:
    trusted = trusted_at(history, 1)
    assert trusted.latest is not None
    ledger = json.loads(history.steps[1].files["ledger.json"])
    change(ledger["releases"])
    data = canonical(ledger)
    latest = trusted.latest.model_copy(update={"ledger": digest(data)})
    assert says in refusal(lambda: follow_ledger(trusted.ledger, latest, data))


def test_a_manifest_that_is_none_is_refused_although_it_is_signed(history: History) -> None:
    trusted = trusted_at(history, 1)
    data = canonical({"version": "1.1.0"})
    entry = trusted.ledger.releases[-1].model_copy(update={"manifest": digest(data)})
    offered = Signed(data, sign(data, history.old_key))
    assert "1.1.0/manifest.json#/sequence: Field required" in refusal(
        lambda: follow_manifest(trusted.keys, entry, offered)
    )
