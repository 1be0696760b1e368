"""The proof of versions, on random pairs of contents, against an oracle that tries every complete person."""

import json
import time
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from pydantic import MISSING

from api.changes.bumping import largest
from api.changes.comparing import differences
from api.content.canonical import canonical
from api.proofs.encoding import encode
from api.proofs.proving import prove
from api.proofs.searching import Search
from api.red_flags.checking import as_model, check, parse_profile
from api.red_flags.edition import Edition
from schemas.releases import Change, Witness
from schemas.words import RANK
from tests.builders import bundle_of, edition_of
from tests.laws.pairs import Files, pairs
from tests.laws.version_oracle import (
    asked,
    deciding_bands,
    described,
    everybody,
    implied,
    items,
    kept_back,
    level,
    read_as,
    step,
    views,
    vocabulary_grows,
    ways_of,
)
from tests.oracle import Person

Json = Any
LAW = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def told_to(edition: Edition, topic: str, present: list[str], measured: dict[str, float]) -> str:
    """The level of the check itself; what nobody asks about in a topic is left out."""
    readable = edition.rules.views[topic].readable
    profile: Json = {
        "present": [name for name in present if name in readable],
        "measurements": [{"finding": name, "value": value} for name, value in measured.items() if name in readable],
        **({"topic": topic} if topic else {}),
    }
    return as_model(check(parse_profile(json.dumps(profile).encode()), edition)).level


def described_in(witness: Witness) -> tuple[int, list[str], list[float]]:
    """What describes a witness, and how much it is."""
    named = sorted([*witness.present, *(one.finding for one in witness.measurements)])
    return len(named), named, [one.value for one in witness.measurements]


def proved(before: Files, after: Files) -> tuple[Change, ...]:
    old, new = bundle_of(before), bundle_of(after)
    return prove(differences(old, new), Search(encode(old, new), time.perf_counter))


@LAW
@given(pairs())
def test_the_step_is_the_one_of_the_definition(pair: tuple[Files, Files]) -> None:
    before, after = pair
    assert largest(one.bump for one in proved(before, after) if one.bump is not MISSING) == step(before, after)


@LAW
@given(pairs())
def test_what_a_changed_red_flag_does_is_what_it_does_to_somebody(pair: tuple[Files, Files]) -> None:
    before, after = pair
    assume(vocabulary_grows(before, after))
    people = list(everybody(before, after))
    for one in proved(before, after):
        if one.kind == "red_flag" and one.type not in {"wording", "sources"} and "cannot tell" not in one.summary:
            name = str(one.id)
            ways = {ways_of(name, before, after, seen, topic) for seen in people for topic in views(before, after)} - {
                ""
            }
            assert set(one.answers_can) == (ways or {"same"}), one
            assert len(one.witnesses) == len(ways)


@LAW
@given(pairs())
def test_a_witness_is_the_smallest_and_shows_the_change_to_the_check_itself(pair: tuple[Files, Files]) -> None:
    before, after = pair
    assume(vocabulary_grows(before, after))
    people = list(everybody(before, after))
    old, new = edition_of(bundle_of(before)), edition_of(bundle_of(after))
    bands = deciding_bands(before, after)
    for one in proved(before, after):
        for witness, way in zip(one.witnesses, one.answers_can, strict=False):
            if one.kind != "red_flag":
                continue
            topic = "" if witness.topic is MISSING else witness.topic
            showing = [seen for seen in people if ways_of(str(one.id), before, after, seen, topic) == way]
            calm = [seen for seen in showing if level(before, topic, seen.before) == level(after, topic, seen.after)]
            first = min(described(seen.after, after, bands) for seen in (calm if way == "same" and calm else showing))
            assert described_in(witness) == first
            for view in views(before, after)[: views(before, after).index(topic)]:
                assert not any(ways_of(str(one.id), before, after, seen, view) == way for seen in people)
            measured = {value.finding: value.value for value in witness.measurements}
            assert told_to(new, topic, list(witness.present), measured) == witness.after
            today = {name: read_as(name, after) for name in asked(before)}
            climbed = {above for name in [*witness.present, *measured] for above in implied(name, after)}
            present = [name for name, now in today.items() if now in climbed and asked(after)[now]["kind"] == "yes_no"]
            numbers = {name: measured[now] for name, now in today.items() if now in measured}
            assert told_to(old, topic, present, numbers) == witness.before
            change = RANK[witness.after] - RANK[witness.before]
            assert way == "same" or (change > 0) == (way == "rise")
            assert way == "same" or change != 0


@LAW
@given(pairs())
def test_whatever_the_edit_a_witness_has_the_answers_that_the_check_gives(pair: tuple[Files, Files]) -> None:
    before, after = pair
    old, new = edition_of(bundle_of(before)), edition_of(bundle_of(after))
    today = {name: read_as(name, after) if name in items(after, "findings") else name for name in asked(before)}
    for one in proved(before, after):
        for witness, way in zip(one.witnesses, one.answers_can, strict=False):
            topic = "" if witness.topic is MISSING else witness.topic
            measured = {value.finding: value.value for value in witness.measurements}
            here = [name for name in witness.present if name in asked(after)]
            assert told_to(new, topic, here, {n: v for n, v in measured.items() if n in asked(after)}) == witness.after
            climbed = {
                *witness.present,
                *(above for name in [*here, *measured] for above in _agreed(name, pair, today)),
            }
            findings = items(before, "findings")
            there = [name for name, now in today.items() if now in climbed and findings[name]["kind"] == "yes_no"]
            numbers = {name: measured[now] for name, now in today.items() if now in measured}
            assert told_to(old, topic, there, numbers) == witness.before
            change = RANK[witness.after] - RANK[witness.before]
            assert one.kind == "remedy" or way == "same" or (change > 0, change < 0) == (way == "rise", way == "fall")
            assert f"before, {witness.before.replace('_', ' ')}" in witness.words
            assert f"after, {witness.after.replace('_', ' ')}" in witness.words


def _agreed(name: str, pair: tuple[Files, Files], today: dict[str, str]) -> set[str]:
    """What follows from a finding for the newer content; of those that both know, only what the older says as well."""
    before, after = pair
    if name not in asked(after):
        return set()
    if name not in today.values():
        return implied(name, after)
    old = {today[high] for low, now in today.items() if now == name for high in implied(low, before)}
    return {high for high in implied(name, after) if high in old or high not in today.values()}


@LAW
@given(pairs())
def test_a_remedy_is_kept_from_whom_it_was_not_and_the_check_shows_it(pair: tuple[Files, Files]) -> None:
    before, after = pair
    assume(vocabulary_grows(before, after))
    people = list(everybody(before, after))
    old, new = edition_of(bundle_of(before)), edition_of(bundle_of(after))
    bands = deciding_bands(before, after)
    for one in proved(before, after):
        if one.kind != "remedy" or one.type in {"wording", "sources"}:
            continue
        was, now = items(before, "remedies")[str(one.id)], items(after, "remedies")[str(one.id)]
        more = [seen for seen in people if kept_back(now, seen.after) and not kept_back(was, seen.before)]
        fewer = [seen for seen in people if kept_back(was, seen.before) and not kept_back(now, seen.after)]
        assert one.bump == ("major" if fewer else "minor" if more else "patch")
        assert len(one.witnesses) == bool(more) + bool(fewer)
        for witness, affected in zip(one.witnesses, [some for some in (more, fewer) if some], strict=True):
            mild = [
                seen
                for seen in affected
                if max(level(before, "", seen.before), level(after, "", seen.after)) < RANK["urgent"]
            ]
            assert ("names no remedies" in witness.words) == (not mild)
            first = min(described(seen.after, after, bands) for seen in mild or affected)
            assert described_in(witness) == first
            fits = [seen for seen in mild if described(seen.after, after, bands) == first]
            assert bool(fits) == bool(mild)
            for seen in fits[:1]:
                suggested = [_suggested(edition, person) for edition, person in ((old, seen.before), (new, seen.after))]
                wanted = [affected is fewer, affected is more]
                assert [one.id not in ids for ids in suggested] == wanted


def _suggested(edition: Edition, person: Person) -> set[str]:
    """The remedies that the check suggests to a complete person."""
    readable = edition.rules.views[""].readable
    findings = edition.rules.words.findings
    profile: Json = {"present": [], "absent": [], "measurements": []}
    for name in readable:
        if findings[name].replaced_by is not MISSING:
            continue
        if findings[name].kind == "yes_no":
            profile["present" if name in person.has else "absent"].append(name)
        elif name in person.numbers:
            profile["measurements"].append({"finding": name, "value": person.numbers[name]})
    guidance = as_model(check(parse_profile(json.dumps(profile).encode()), edition)).guidance
    assert guidance is not MISSING
    assert not guidance.check_first
    return {remedy.id for remedy in guidance.remedies}


@LAW
@given(pairs())
def test_there_is_a_difference_exactly_where_the_bytes_differ(pair: tuple[Files, Files]) -> None:
    before, after = pair
    old, new = bundle_of(before), bundle_of(after)
    assert bool(differences(old, new)) == (canonical(old) != canonical(new))
    assert differences(new, new) == ()
