"""Which questions come next where the rules of asking meet: each case is a small content of its own."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import MISSING

from api.red_flags.asking import answered_no
from api.red_flags.checking import as_model, check, parse_profile
from api.red_flags.facts import Given, weigh
from schemas.checks import AskNext
from tests.builders import bundle_of, documents, edition_of, finding, leaf, number, red_flag
from tests.plain.answering import plain_answer
from tests.test_guiding import cause

Json = Any
SIGNS = [f"sign-{letter}" for letter in "abcdefgh"]
"""More than one screen of findings, each of which alone is a mild red flag."""
MILD = [red_flag(f"mild-{name}", "routine", leaf(name)) for name in SIGNS]


def any_of(*names: str) -> Json:
    return {"op": "any_of", "of": [leaf(name) for name in names]}


def asked(findings: Sequence[Json], red_flags: Sequence[Json], profile: Json, causes: Sequence[Json] = ()) -> AskNext:
    """What is asked next, in the order of the findings; the plain way asks the same."""
    bundle = bundle_of(documents(findings, red_flags, causes=causes))
    edition = edition_of(bundle)
    sent = parse_profile(json.dumps(profile).encode())
    answer = as_model(check(sent, edition))
    assert answer == plain_answer(sent, bundle, edition)
    assert answer.ask_next is not MISSING
    return answer.ask_next


def test_a_gate_is_not_asked_where_all_that_is_waited_for_below_it_is_denied_already() -> None:
    findings = [finding("gate"), finding("child", ["gate"]), finding("other")]
    screen = asked(findings, [red_flag("either", "urgent", any_of("child", "other"))], {"absent": ["child"]})
    assert [question.id for question in screen.findings] == ["other"]


def test_a_gate_is_asked_where_something_else_below_it_is_waited_for() -> None:
    findings = [finding("gate"), finding("child", ["gate"]), finding("sibling", ["gate"])]
    screen = asked(findings, [red_flag("either", "urgent", any_of("child", "sibling"))], {"absent": ["child"]})
    assert [question.id for question in screen.findings] == ["gate"]


def test_a_gate_is_asked_though_only_some_of_what_is_below_it_is_waited_for() -> None:
    findings = [finding("gate"), *(finding(name, ["gate"]) for name in ("first", "second", "third")), finding("other")]
    settled = red_flag("both", "urgent", {"op": "all_of", "of": [leaf("third"), leaf("other")]})
    flags = [red_flag("either", "urgent", any_of("first", "second")), settled]
    screen = asked(findings, flags, {"absent": ["second", "other"]})
    assert [question.id for question in screen.findings] == ["gate"]


def test_what_rules_of_single_parts_wait_for_is_asked_though_the_rule_before_is_ruled_out() -> None:
    """Nothing is counted to more than one here, so what is counted stands as close together as it ever does."""
    flags = [red_flag(name, "urgent", {"op": "all_of", "of": [any_of(name)]}) for name in ("first", "second")]
    screen = asked([finding("first"), finding("second")], flags, {"absent": ["first"]})
    assert [question.id for question in screen.findings] == ["second"]


def test_what_a_screen_could_raise_to_is_not_raised_by_what_is_denied_already() -> None:
    findings = [finding("gate"), *map(finding, SIGNS[:6]), finding("child", ["gate"]), finding("last")]
    flags = [
        *MILD[:6],
        red_flag("mild-gate", "routine", leaf("gate")),
        red_flag("grave", "emergency", any_of("child", "last")),
    ]
    screen = asked(findings, flags, {"absent": ["child"]})
    assert [question.id for question in screen.findings] == ["gate", *SIGNS[:6]]
    assert (screen.could_raise_to, screen.left) == ("routine", 1)


def test_what_a_screen_could_raise_to_is_raised_by_the_first_of_its_gates_as_by_the_last() -> None:
    findings = [finding("first"), finding("second")]
    findings += [finding(f"{gate}-{sign}", [gate]) for gate in ("first", "second") for sign in ("a", "b")]
    flags = [
        red_flag("grave", "emergency", any_of("first-a", "first-b")),
        red_flag("mild", "routine", any_of("second-a", "second-b")),
    ]
    screen = asked(findings, flags, {"absent": ["first-b", "second-b"]})
    assert ([question.id for question in screen.findings], screen.could_raise_to) == (["first", "second"], "emergency")


def test_a_number_says_that_there_is_what_it_is_of_and_the_screens_after_it_are_counted_so() -> None:
    findings = [finding("pregnant"), number("weeks", 0, 45, of="pregnant"), *map(finding, SIGNS)]
    late = red_flag("late", "urgent", {"op": "number", "id": "weeks", "at_least": 20})
    unsure = {"unsure": ["pregnant"]}
    assert asked(findings, [late, *MILD], unsure).left == 1
    grave = red_flag("grave", "emergency", leaf("pregnant"))
    assert asked(findings, [late, grave, *MILD], unsure).left == 0


def test_a_finding_that_is_used_with_a_number_alone_is_asked_once_the_number_is_known() -> None:
    findings = [finding("fever"), number("age", 0, 120), *map(finding, SIGNS)]
    young: Json = {"op": "all_of", "of": [{"op": "number", "id": "age", "below": 2}, leaf("fever")]}
    flags = [red_flag("young", "emergency", young), *MILD]
    assert "fever" not in {question.id for question in asked(findings, flags, {}).findings}
    known = asked(findings, flags, {"measurements": [{"finding": "age", "value": 1}]})
    assert known.findings[0].id == "fever"
    doubted = asked(findings, flags, {"unsure": ["age"]})
    assert doubted.findings[0].id == "fever"


def test_a_finding_that_any_rule_uses_without_the_number_does_not_wait_for_it() -> None:
    findings = [finding("fever"), number("age", 0, 120), *map(finding, SIGNS)]
    young: Json = {"op": "all_of", "of": [{"op": "number", "id": "age", "below": 2}, leaf("fever")]}
    flags = [red_flag("at-any-age", "soon", leaf("fever")), red_flag("young", "emergency", young), *MILD]
    assert asked(findings, flags, {}).findings[0].id == "fever"


def test_who_does_not_know_a_number_that_no_rule_reads_is_asked_all_the_same() -> None:
    findings = [finding("first"), number("weight", 0, 200)]
    heavy = cause("heavy", ["weight"], [])
    screen = asked(findings, [red_flag("grave", "urgent", leaf("first"))], {"unsure": ["weight"]}, [heavy])
    assert [question.id for question in screen.findings] == ["first"]


def test_numbers_that_are_only_used_with_each_other_are_asked_where_nothing_else_is_left() -> None:
    findings = [number("age", 0, 120), number("weight", 0, 200)]
    bands = [{"op": "number", "id": "age", "below": 2}, {"op": "number", "id": "weight", "below": 5}]
    screen = asked(findings, [red_flag("small", "urgent", {"op": "all_of", "of": bands})], {})
    assert ([question.id for question in screen.findings], screen.left) == (["age", "weight"], 0)


def test_every_screen_that_follows_is_counted() -> None:
    names = [f"sign-{place:02}" for place in range(22)]
    flags = [red_flag(f"mild-{name}", "routine", leaf(name)) for name in names]
    assert asked(list(map(finding, names)), flags, {}).left == 3


def test_all_the_screens_after_a_number_that_says_something_are_counted() -> None:
    more = [f"more-{letter}" for letter in "abcdefgh"]
    findings = [finding("pregnant"), number("weeks", 0, 45, of="pregnant"), *map(finding, [*SIGNS, *more])]
    late = red_flag("late", "urgent", {"op": "number", "id": "weeks", "at_least": 20})
    flags = [late, *MILD, *(red_flag(f"mild-{name}", "routine", leaf(name)) for name in more)]
    assert asked(findings, flags, {"unsure": ["pregnant"]}).left == 2


def test_no_screen_is_counted_for_a_gate_below_which_all_is_denied_or_in_doubt() -> None:
    """The first screen is full, the gate would stand alone on the next."""
    findings = [*map(finding, SIGNS[:7]), finding("gate"), finding("child", ["gate"]), finding("other")]
    flags = [*MILD[:7], red_flag("either", "soon", any_of("child", "other"))]
    assert asked(findings, flags, {"absent": ["child"], "unsure": ["other"]}).left == 0
    assert asked(findings, flags, {"unsure": ["other"]}).left == 1
    findings = [*map(finding, SIGNS[:7]), finding("pregnant"), number("weeks", 0, 45, of="pregnant")]
    flags = [*MILD[:7], red_flag("late", "soon", {"op": "number", "id": "weeks", "at_least": 20})]
    assert asked(findings, flags, {"unsure": ["weeks"]}).left == 0
    assert asked(findings, flags, {}).left == 1


def test_what_was_said_already_is_not_denied_by_the_count_of_screens() -> None:
    findings = [finding("first"), *map(finding, SIGNS)]
    both: Json = {"op": "all_of", "of": [leaf("first"), leaf("sign-h")]}
    assert asked(findings, [*MILD[:7], red_flag("both", "urgent", both)], {"present": ["first"]}).left == 1


def test_who_does_not_know_a_number_is_still_asked_for_what_it_is_of() -> None:
    findings = [finding("pregnant"), number("weeks", 0, 45, of="pregnant")]
    late = red_flag("late", "urgent", {"op": "number", "id": "weeks", "at_least": 20})
    screen = asked(findings, [late, red_flag("grave", "emergency", leaf("pregnant"))], {"unsure": ["weeks"]})
    assert ([question.id for question in screen.findings], screen.could_raise_to) == (["pregnant"], "emergency")


def test_a_no_takes_the_place_of_a_doubt_and_is_the_same_as_having_said_no() -> None:
    findings = [finding("gate"), finding("child", ["gate"]), finding("other")]
    rules = edition_of(bundle_of(documents(findings, [red_flag("any", "urgent", any_of("child", "other"))]))).rules
    doubted = weigh(Given((), (), ("child", "other"), {}), rules, rules.views[""])
    assert answered_no(doubted, ["gate"], rules) == weigh(Given((), ("gate",), ("other",), {}), rules, rules.views[""])
