"""The ten laws of the check, each on random rules and random profiles, against an oracle that knows no three values."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import MISSING as MISSING_FIELD

from api.logic import Truth, evaluate, identifier
from api.red_flags.asking import next_screen
from api.red_flags.checking import as_model, check, parse_profile, render
from api.red_flags.deciding import Decision, decide
from api.red_flags.edition import Edition
from api.red_flags.facts import Facts, facts
from schemas.checks import CheckAnswer, Possible
from schemas.criteria import Criterion
from schemas.problems import ProfileRefused
from schemas.words import LEVELS, RANK
from tests.builders import bundle_of, edition_of
from tests.laws.strategies import VALUES, contents, profiles, world_of
from tests.oracle import RANKS, Person, level_of, people, true_of

Json = Any
LAW = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
ALL = {"include": ["possible"]}


def edition_from(files: Json) -> Edition:
    return edition_of(bundle_of(files))


def answered(profile: Json, edition: Edition) -> CheckAnswer | None:
    """The answer to a profile, None where it is refused."""
    try:
        return as_model(check(parse_profile(json.dumps({**profile, **ALL}).encode()), edition))
    except ProfileRefused:
        return None


def weighed(profile: Json, edition: Edition) -> tuple[Facts, Decision]:
    view = edition.rules.views[""]
    found = facts(parse_profile(json.dumps(profile).encode()), edition.rules, view)
    return found, decide(found, view)


def accepted(profile: Json, edition: Edition) -> CheckAnswer:
    answer = answered(profile, edition)
    assume(answer is not None)
    assert answer is not None
    return answer


def still_possible(answer: CheckAnswer) -> tuple[Possible, ...]:
    """The open red flags of an answer that was asked for them."""
    assert answer.possible is not MISSING_FIELD
    return answer.possible


def places(profile: Json) -> dict[str, str]:
    """Where each finding of a profile stands."""
    found = {name: place for place in ("present", "absent", "unsure") for name in profile[place]}
    return found | {one["finding"]: "measurements" for one in profile["measurements"]}


def moved(profile: Json, name: str, place: str, value: float | None = None) -> Json:
    """The same profile with one finding elsewhere."""
    made = {
        key: [one for one in entries if one != name and (key != "measurements" or one["finding"] != name)]
        for key, entries in profile.items()
    }
    if place:
        made[place] = [*made[place], name if value is None else {"finding": name, "value": value}]
    return made


def answers_to(one: Json) -> list[tuple[str, float | None]]:
    """Every way of answering a finding."""
    if one["kind"] == "number":
        return [("measurements", value) for value in VALUES]
    return [("present", None), ("absent", None)]


@LAW
@given(contents())
def test_silence_is_never_an_all_clear(files: Json) -> None:
    answer = accepted({"present": [], "absent": [], "unsure": [], "measurements": []}, edition_from(files))
    highest = max(RANKS[flag["level"]] for flag in world_of(files).red_flags)
    assert (answer.level, answer.settled) == ("self_care", False)
    assert RANK[answer.worst_case] == highest


@LAW
@given(st.data())
def test_both_ends_are_sound_and_exact(data: st.DataObject) -> None:
    files = data.draw(contents())
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition_from(files))
    world = world_of(files)
    ranks = {level_of(person, world.red_flags) for person in people(world, profile)}
    assert ranks, "an accepted profile has at least one completion"
    assert (RANK[answer.level], RANK[answer.worst_case]) == (min(ranks), max(ranks))


@LAW
@given(st.data())
def test_a_reported_finding_never_lowers_and_an_answer_only_narrows(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    before = accepted(profile, edition)
    asked = set(files["question-order.json"])
    one = data.draw(st.sampled_from([one for one in world_of(files).findings if one["id"] in asked]))
    place, value = data.draw(st.sampled_from(answers_to(one)))
    had = places(profile).get(one["id"], "")
    after = answered(moved(profile, one["id"], place, value), edition)
    if after is None:
        return
    if place == "present":
        assert RANK[after.level] >= RANK[before.level]
    if had in {"", "unsure"}:
        assert RANK[after.level] >= RANK[before.level]
        assert RANK[after.worst_case] <= RANK[before.worst_case]


@LAW
@given(st.data())
def test_order_never_matters(data: st.DataObject) -> None:
    files = data.draw(contents())
    profile = data.draw(profiles(files))
    names = data.draw(st.permutations(list(files)))
    shuffled = {name: files[name] for name in names}
    mixed = {key: data.draw(st.permutations(entries)) for key, entries in profile.items()}
    first, second = answered(profile, edition_from(files)), answered(mixed, edition_from(shuffled))
    assert first == second


@LAW
@given(st.data())
def test_what_a_contradiction_points_at_can_be_taken_out_and_the_rest_is_accepted(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    assume(answered(profile, edition) is None)
    with pytest.raises(ProfileRefused) as refused:
        check(parse_profile(json.dumps(profile).encode()), edition)
    assert {one.code for one in refused.value.errors} == {"contradiction"}
    assert all(one.pointer.startswith("/absent/") for one in refused.value.errors)
    pointed = {int(one.pointer.rpartition("/")[2]) for one in refused.value.errors}
    kept = [name for index, name in enumerate(profile["absent"]) if index not in pointed]
    assert answered({**profile, "absent": kept}, edition) is not None


@LAW
@given(st.data())
def test_a_contradiction_is_never_accepted(data: st.DataObject) -> None:
    files = data.draw(contents())
    profile = data.draw(profiles(files))
    assume(next(people(world_of(files), profile), None) is None)
    assert answered(profile, edition_from(files)) is None


@LAW
@given(st.data())
def test_because_alone_makes_each_matched_red_flag_present(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition)
    world = world_of(files)
    truly = {
        flag["id"] for flag in world.red_flags if all(true_of(flag["when"], one) for one in people(world, profile))
    }
    assert {one.red_flag for one in answer.matched} == truly
    for one in answer.matched:
        assert set(one.because) <= {*profile["present"], *(given["finding"] for given in profile["measurements"])}
        alone = {
            "present": [name for name in profile["present"] if name in one.because],
            "absent": [],
            "unsure": [],
            "measurements": [given for given in profile["measurements"] if given["finding"] in one.because],
        }
        again = accepted(alone, edition)
        assert one.red_flag in {other.red_flag for other in again.matched}


@LAW
@given(st.data())
def test_missing_and_unsure_are_there_exactly_where_unknown_and_answering_them_settles(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition)
    world = world_of(files)
    everybody = list(people(world, profile))
    possible = still_possible(answer)
    for flag in world.red_flags:
        truths = {true_of(flag["when"], person) for person in everybody}
        entry = next((one for one in possible if one.red_flag == flag["id"]), None)
        if RANKS[flag["level"]] > RANK[answer.level]:
            assert (entry is not None) == (truths == {True, False})
        if entry is None:
            continue
        assert entry.missing or entry.unsure
        assert not set(entry.missing) & set(entry.unsure)
        waited = [one for one in world.findings if one["id"] in {*entry.missing, *entry.unsure}]
        for ways in itertools.islice(itertools.product(*map(answers_to, waited)), 40):
            full = profile
            for one, (place, value) in zip(waited, ways, strict=True):
                full = moved(full, one["id"], place, value)
            settled = answered(full, edition)
            if settled is not None:
                assert flag["id"] not in {one.red_flag for one in still_possible(settled)}


@LAW
@given(st.data())
def test_everything_asked_is_relevant(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition)
    waiting = {name for one in still_possible(answer) for name in one.missing}
    assert bool(waiting) == (answer.ask_next is not MISSING_FIELD) == (answer.status == "ask")
    if answer.ask_next is MISSING_FIELD:
        return
    asked = {question.id for question in answer.ask_next.findings}
    words = edition.rules.words
    for name in asked:
        assert name not in places(profile)
        below = words.descendants[name]
        assert below & waiting
        assert not (words.ancestors[name] - {name}) & asked, "never a finding together with its ancestor"
        if words.findings[name].kind == "yes_no":
            denied = accepted(moved(profile, name, "absent"), edition)
            after = {one.red_flag: set(one.missing) for one in still_possible(denied)}
            assert any(set(one.missing) > after.get(one.red_flag, set()) for one in still_possible(answer))


@LAW
@given(st.data())
def test_every_interview_ends_and_asks_something_new_each_time(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    world = world_of(files)
    nobody: Json = {"present": [], "absent": [], "unsure": [], "measurements": []}
    person = data.draw(st.sampled_from(list(people(world, nobody))))
    profile, seen = nobody, set[str]()
    for _ in range(len(world.findings) + 1):
        answer = answered(profile, edition)
        assert answer is not None, "an interview with honest answers never contradicts itself"
        if answer.ask_next is MISSING_FIELD:
            assert answer.status in {"settled", "cannot_tell"}
            return
        for question in answer.ask_next.findings:
            assert question.id not in seen
            seen.add(question.id)
            profile = _told(profile, question.id, person, doubtful=data.draw(st.integers(0, 4)) == 0)
    pytest.fail("the interview did not end")


def _told(profile: Json, name: str, person: Person, *, doubtful: bool) -> Json:
    if doubtful:
        return moved(profile, name, "unsure")
    if name == "n":
        return moved(profile, name, "measurements", person.numbers.get("n", 0))
    return moved(profile, name, "present" if name in person.has else "absent")


@LAW
@given(st.data())
def test_the_count_of_screens_left_is_what_answering_no_takes(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition)
    assume(answer.ask_next is not MISSING_FIELD)
    counts: list[int] = []
    while answer.ask_next is not MISSING_FIELD:
        counts.append(answer.ask_next.left)
        for question in answer.ask_next.findings:
            place, value = ("measurements", 0.0) if question.kind == "number" else ("absent", None)
            profile = moved(profile, question.id, place, value)
        answer = accepted(profile, edition)
    assert counts == list(range(len(counts)))[::-1]


@LAW
@given(st.data())
def test_equal_requests_have_byte_identical_answers(data: st.DataObject) -> None:
    files = data.draw(contents())
    profile = data.draw(profiles(files))
    first, second = edition_from(files), edition_from(json.loads(json.dumps(files)))
    accepted(profile, first)
    body = json.dumps(profile).encode()
    assert render(check(parse_profile(body), first)) == render(check(parse_profile(body), second))


@LAW
@given(st.data())
def test_advice_lies_between_both_ends_and_reassures_only_where_settled(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    answer = accepted(profile, edition)
    assert answer.settled == (answer.status == "settled") == (answer.level == answer.worst_case)
    if answer.status == "ask" and RANK[answer.level] < RANK["urgent"]:
        assert answer.advice is MISSING_FIELD
        return
    assert answer.advice is not MISSING_FIELD
    assert RANK[answer.level] <= answer.advice.rank <= RANK[answer.worst_case]
    assert answer.settled or answer.advice.level != "self_care"
    if answer.status == "cannot_tell":
        world = world_of(files)
        by_id = {flag["id"]: flag for flag in world.red_flags}
        opened = [by_id[one.red_flag] for one in still_possible(answer)]
        ranks = [
            RANKS["urgent"] if flag["level"] == "emergency" and "if_unsure" not in flag else RANKS[flag["level"]]
            for flag in opened
        ]
        assert answer.advice.level == LEVELS[max([RANK[answer.level], *ranks])]


@LAW
@given(st.data())
def test_turning_an_unsure_finding_to_present_never_lowers_the_advice(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    assume(profile["unsure"])
    before = accepted(profile, edition)
    name = data.draw(st.sampled_from(profile["unsure"]))
    places_to_go = [("measurements", value) for value in VALUES] if name == "n" else [("present", None)]
    place, value = data.draw(st.sampled_from(places_to_go))
    after = answered(moved(profile, name, place, value), edition)
    if after is None or before.advice is MISSING_FIELD:
        return
    if place == "present":
        assert after.advice is not MISSING_FIELD
        assert after.advice.rank >= before.advice.rank


@LAW
@given(st.data())
def test_the_compiled_rules_mean_what_the_plain_evaluator_means(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    assume(answered(profile, edition) is not None)
    found, _ = weighed(profile, edition)
    rules = edition.rules

    def plain(one: Criterion) -> Truth:
        name = identifier(one)
        bit = dict(rules.bands[name])[one] if one.op == "number" else rules.bits[name]
        return Truth.PRESENT if found.present & bit else Truth.ABSENT if found.absent & bit else Truth.UNKNOWN

    for flag in rules.views[""].red_flags:
        truth = evaluate(flag.criterion, plain)
        assert flag.rule.holds(found.present) == (truth is Truth.PRESENT)
        assert flag.rule.holds(~found.absent) == (truth is not Truth.ABSENT)
        assert bool(flag.rule.unknown(found.present, ~found.absent)) == (truth is Truth.UNKNOWN)


@LAW
@given(st.data())
def test_a_screen_has_at_most_seven_questions_in_the_frozen_order(data: st.DataObject) -> None:
    files = data.draw(contents())
    edition = edition_from(files)
    profile = data.draw(profiles(files))
    assume(answered(profile, edition) is not None)
    found, decision = weighed(profile, edition)
    screen = next_screen(found, decision, edition.rules, edition.rules.views[""])
    if screen is not None:
        assert len(screen.findings) <= 7
        places_in_order = [edition.rules.order.index(name) for name in screen.findings]
        assert places_in_order == sorted(places_in_order)
