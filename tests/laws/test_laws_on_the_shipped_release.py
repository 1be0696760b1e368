"""The laws on the shipped release: each red flag by exhaustion over its own leaves, the whole at random."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import MISSING

from api.logic import Truth, evaluate, identifier, leaves, ways
from api.red_flags.asking import SCREEN, next_screen
from api.red_flags.checking import as_model, check
from api.red_flags.compiled import Rules
from api.red_flags.deciding import decide
from api.red_flags.edition import Edition
from api.red_flags.facts import NOTHING, Given, weigh
from api.releases.library import Library
from schemas.checks import Measurement, Profile
from schemas.criteria import Criterion
from schemas.words import RANK
from tests.oracle import RANKS, Person, level_of, true_of

Json = Any
MOST_EXHAUSTED = 11
"""Criteria of up to so many leaves are tried whole (3 to the 11th is 177,147 states); larger ones at random."""
SEED = 20261122


def states(count: int, chance: random.Random) -> Iterator[tuple[Truth, ...]]:
    """Every state of so many leaves, or many of them where there are too many to try."""
    if count <= MOST_EXHAUSTED:
        yield from itertools.product(Truth, repeat=count)
    else:
        for _ in range(8000):
            yield tuple(chance.choice(list(Truth)) for _ in range(count))


def bit_of(leaf: Criterion, rules: Rules) -> int:
    name = identifier(leaf)
    return dict(rules.bands[name])[leaf] if leaf.op == "number" else rules.bits[name]


def plain(when: Criterion, told: dict[Criterion, bool]) -> bool:
    """Two-valued truth, written apart from the code under test."""
    if when.op in {"finding", "number"}:
        return told[when]
    assert isinstance(when.of, tuple)
    hits = [plain(part, told) for part in when.of]
    if when.op == "some_of":
        assert isinstance(when.count, int)
        return sum(hits) >= when.count
    return all(hits) if when.op == "all_of" else any(hits)


def red_flag_ids() -> list[str]:
    from api.content.loading import load_draft  # noqa: PLC0415 -- names for the cases, read once
    from api.settings import ROOT  # noqa: PLC0415

    return [flag.id for flag in load_draft(ROOT / "data" / "content").red_flags]


@pytest.fixture(scope="module")
def edition(shipped: Library) -> Edition:
    return shipped.newest().edition


@pytest.mark.parametrize("name", red_flag_ids())
def test_each_red_flag_has_the_truth_of_two_valued_logic_at_both_ends_and_asks_what_settles_it(
    name: str, edition: Edition
) -> None:
    rules = edition.rules
    flag = next(one for one in rules.views[""].red_flags if one.id == name)
    found = list(dict.fromkeys(leaves(flag.criterion)))
    bits = [bit_of(leaf, rules) for leaf in found]
    for state in states(len(found), random.Random(SEED)):
        lower = sum(bit for bit, truth in zip(bits, state, strict=True) if truth is Truth.PRESENT)
        upper = sum(bit for bit, truth in zip(bits, state, strict=True) if truth is not Truth.ABSENT)
        told = dict(zip(found, state, strict=True))
        at_least = plain(flag.criterion, {leaf: truth is Truth.PRESENT for leaf, truth in told.items()})
        at_most = plain(flag.criterion, {leaf: truth is not Truth.ABSENT for leaf, truth in told.items()})
        assert (flag.rule.holds(lower), flag.rule.holds(upper)) == (at_least, at_most)
        truth = evaluate(flag.criterion, told.__getitem__)
        assert truth is (Truth.PRESENT if at_least else Truth.UNKNOWN if at_most else Truth.ABSENT)
        unknown = flag.rule.unknown(lower, upper)
        assert bool(unknown) == (truth is Truth.UNKNOWN)
        assert unknown & ~(upper & ~lower) == 0, "only unknown leaves are asked"


@pytest.mark.parametrize("name", red_flag_ids())
def test_each_red_flag_can_be_reached_and_each_of_its_ways_is_enough(name: str, edition: Edition) -> None:
    rules = edition.rules
    flag = next(one for one in rules.views[""].red_flags if one.id == name)
    for way in ways(flag.criterion):
        numbers = {identifier(leaf): _inside(leaf) for leaf in way if leaf.op == "number"}
        given = Given(tuple(identifier(leaf) for leaf in way if leaf.op == "finding"), (), (), numbers)
        decision = decide(weigh(given, rules, rules.views[""]), rules.views[""])
        assert name in {one.id for one in decision.matched}


def _inside(band: Criterion) -> float:
    """A value in a band."""
    return (
        band.at_least
        if isinstance(band.at_least, float | int)
        else band.below - 0.01
        if isinstance(band.below, float | int)
        else 0.0
    )


def person(edition: Edition, chance: random.Random) -> Person:
    """A random person of whom everything is known and nothing contradicts itself."""
    words = edition.rules.words
    has: set[str] = set()
    for name in chance.sample(sorted(words.findings), chance.randint(0, 12)):
        if words.findings[name].kind == "yes_no":
            has |= words.ancestors[name]
    numbers = {"age-years": round(chance.uniform(0, 100), 2)}
    if "pregnant" in has:
        numbers["pregnancy-weeks"] = chance.randint(0, 45)
    return Person(frozenset(has), numbers)


def told_of(someone: Person, edition: Edition, chance: random.Random) -> Profile:
    """What a person might have told: some of it, some of it unsure."""
    lists: dict[str, list[str]] = {"present": [], "absent": [], "unsure": []}
    for name, finding in edition.rules.words.findings.items():
        place = chance.random()
        if finding.kind == "yes_no" and place < 0.6:
            lists["unsure" if place < 0.1 else "present" if name in someone.has else "absent"].append(name)
    above_doubt = {above for name in lists["unsure"] for above in edition.rules.words.ancestors[name]}
    lists["absent"] = [name for name in lists["absent"] if name not in above_doubt]
    measured = [
        Measurement(finding=name, value=value) for name, value in someone.numbers.items() if chance.random() < 0.5
    ]
    return Profile.model_validate({**lists, "measurements": measured})


def test_random_people_have_a_level_between_both_ends_of_what_they_told(edition: Edition) -> None:
    chance = random.Random(SEED)
    red_flags = [flag.model_dump(mode="json") for flag in edition.texts["en"].red_flags.values()]
    for _ in range(400):
        someone = person(edition, chance)
        answer = as_model(check(told_of(someone, edition, chance), edition))
        assert RANK[answer.level] <= level_of(someone, red_flags) <= RANK[answer.worst_case]
        for one in answer.matched:
            assert true_of(next(flag["when"] for flag in red_flags if flag["id"] == one.red_flag), someone)


def test_an_empty_profile_is_never_an_all_clear(edition: Edition) -> None:
    answer = as_model(check(Profile(), edition))
    assert (answer.level, answer.worst_case, answer.settled, answer.status) == ("self_care", "emergency", False, "ask")


def interview(someone: Person, edition: Edition, start: Profile) -> tuple[int, int, list[tuple[str, ...]], Json]:
    """Answer every screen truthfully; give exchanges, findings asked, the screens and the last answer."""
    lists: dict[str, Any] = {
        name: list(getattr(start, name)) for name in ("present", "absent", "unsure", "measurements")
    }
    screens: list[tuple[str, ...]] = []
    while True:
        answer = as_model(check(Profile.model_validate({**lists, "topic": "leg-twitching"}), edition))
        if answer.ask_next is MISSING:
            return len(screens), sum(map(len, screens)), screens, answer
        screens.append(tuple(question.id for question in answer.ask_next.findings))
        for question in answer.ask_next.findings:
            if question.kind == "number":
                lists["measurements"].append(Measurement(finding=question.id, value=someone.numbers[question.id]))
            else:
                lists["present" if question.id in someone.has else "absent"].append(question.id)


def benign(edition: Edition) -> list[str]:
    """The findings that a benign adult may have: they and their families stand in no red flag above routine."""
    words = edition.rules.words
    grave = {
        identifier(leaf)
        for flag in edition.rules.views[""].red_flags
        if flag.rank > RANK["routine"]
        for leaf in leaves(flag.criterion)
    }
    return sorted(
        name
        for name, one in words.findings.items()
        if one.kind == "yes_no"
        and not (words.ancestors[name] | words.descendants[name]) & grave
        and not name.startswith(("infant-", "child-"))
    )


def test_an_adult_with_nothing_serious_settles_in_four_exchanges_and_28_questions(edition: Edition) -> None:
    chance = random.Random(SEED)
    words = edition.rules.words
    exchanges: list[int] = []
    asked: list[int] = []
    for _ in range(200):
        has = {above for name in chance.sample(benign(edition), 2) for above in words.ancestors[name]}
        someone = Person(frozenset(has), {"age-years": chance.randint(20, 70)})
        count, questions, screens, answer = interview(someone, edition, Profile())
        assert answer.status == "settled"
        assert RANK[answer.level] <= RANK["routine"]
        exchanges.append(count)
        asked.append(questions)
        for screen in screens:
            assert len(screen) <= SCREEN
            assert not any(words.findings[name].id.startswith(("infant-", "child-")) for name in screen)
            for name in screen:
                assert not (words.ancestors[name] - {name}) & set(screen)
    assert sorted(exchanges)[100] <= 4
    assert sorted(asked)[100] <= 28


def test_what_decides_an_emergency_is_asked_of_an_adult_within_two_screens(edition: Edition) -> None:
    rules, view = edition.rules, edition.rules.views["leg-twitching"]
    nobody = Person(frozenset(), {"age-years": 40})
    _, _, screens, _ = interview(nobody, edition, Profile())
    denied = tuple(name for screen in screens[:2] for name in screen if name != "age-years")
    decision = decide(weigh(Given((), denied, (), {"age-years": 40.0}), rules, rules.views[""]), view)
    assert all(one.red_flag.level != "emergency" for one in decision.open)


def test_an_emergency_that_is_volunteered_is_recognised_in_the_first_answer(edition: Edition) -> None:
    rules = edition.rules
    for flag in rules.views[""].red_flags:
        if flag.level == "emergency":
            way = min(ways(flag.criterion), key=lambda one: (len(one), sorted(map(str, one))))
            present = [identifier(leaf) for leaf in way if leaf.op == "finding"]
            measured = [
                Measurement(finding=identifier(leaf), value=round(_inside(leaf), 2))
                for leaf in way
                if leaf.op == "number"
            ]
            answer = as_model(check(Profile.model_validate({"present": present, "measurements": measured}), edition))
            assert (answer.level, answer.status) == ("emergency", "settled")


@pytest.mark.parametrize("age", [0.1, 1.5, 8, 16, 30, 60, 85])
def test_an_interview_ends_for_people_of_every_age_who_say_no_or_are_unsure_of_everything(
    age: float, edition: Edition
) -> None:
    nobody = Person(frozenset(), {"age-years": age})
    count, _, _, answer = interview(nobody, edition, Profile())
    assert answer.status == "settled"
    assert answer.level == "self_care"
    assert count <= 5
    unsure: list[str] = []
    while True:
        answer = as_model(check(Profile.model_validate({"unsure": unsure}), edition))
        if answer.ask_next is MISSING:
            break
        unsure += [question.id for question in answer.ask_next.findings]
    assert answer.status == "cannot_tell"
    assert answer.advice is not MISSING
    assert answer.advice.level == "emergency"


def test_the_first_screen_asks_age_first_and_follows_the_frozen_order(edition: Edition) -> None:
    rules = edition.rules
    screen = next_screen(NOTHING, decide(NOTHING, rules.views[""]), rules, rules.views[""])
    assert screen is not None
    assert len(screen.findings) == SCREEN
    assert screen.findings[0] == rules.order[0] == "age-years"
    places = [rules.order.index(name) for name in screen.findings]
    assert places == sorted(places)


def test_the_red_flags_that_must_call_an_ambulance_on_doubt_do(edition: Edition) -> None:
    rules = edition.rules
    must = {
        "chest-pain", "breathlessness-sudden", "saddle-numbness", "bladder-change-new", "suicidal-plan-or-intent",
        "suicide-attempt", "overdose-on-purpose", "one-side-weakness-sudden", "speech-trouble-sudden",
        "sight-loss-sudden", "fit-five-minutes", "fit-repeated", "fit-not-recovered", "collapse-sudden",
    }  # fmt: skip
    for flag in rules.views[""].red_flags:
        if flag.level == "emergency" and {identifier(leaf) for leaf in leaves(flag.criterion)} & must:
            assert flag.emergency_if_unsure, flag.id


def test_ranks_of_the_oracle_and_of_the_code_are_the_same() -> None:
    assert RANKS == RANK
