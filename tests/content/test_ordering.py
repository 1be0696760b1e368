"""The order of questions: numbers first, then what rules out most, and nothing that the others make needless."""

from typing import Any

from api.red_flags.ordering import question_order
from tests.builders import bundle_of, documents, finding, leaf, number, red_flag

Json = Any


def both(*names: str) -> Json:
    return {"op": "all_of", "of": [leaf(name) for name in names]}


def order(findings: list[Json], flags: list[Json]) -> tuple[str, ...]:
    return question_order(bundle_of(documents(findings, flags)))


def test_a_question_that_the_others_make_needless_moves_behind() -> None:
    """The greedy choice takes `wide` first, for it rules out four; the two others rule out all six without it."""
    flags = [
        red_flag("one", "urgent", both("wide", "left")),
        red_flag("two", "urgent", both("wide", "left")),
        red_flag("three", "urgent", both("wide", "right")),
        red_flag("four", "urgent", both("wide", "right")),
        red_flag("five", "urgent", leaf("left")),
        red_flag("six", "urgent", leaf("right")),
    ]
    assert order([finding("wide"), finding("left"), finding("right")], flags) == ("left", "right", "wide")


def test_numbers_that_stand_alone_come_first_and_grave_questions_before_mild_ones() -> None:
    findings = [finding("mild"), finding("grave"), number("age", 0, 120), finding("gate"), finding("child", ["gate"])]
    young = {"op": "number", "id": "age", "below": 2}
    flags = [
        red_flag("a", "routine", leaf("mild")),
        red_flag("b", "emergency", leaf("grave")),
        red_flag("c", "soon", {"op": "all_of", "of": [young, leaf("mild")]}),
        red_flag("d", "urgent", leaf("child")),
    ]
    assert order(findings, flags) == ("age", "grave", "gate", "child", "mild")


def test_questions_of_an_age_that_decide_an_emergency_stand_right_behind_it() -> None:
    findings = [number("age", 0, 120), finding("grave"), finding("blue"), finding("late")]
    young = {"op": "number", "id": "age", "below": 2}
    flags = [
        red_flag("a", "emergency", leaf("grave")),
        red_flag("b", "emergency", {"op": "all_of", "of": [young, leaf("blue")]}),
        red_flag("c", "urgent", {"op": "all_of", "of": [young, leaf("late")]}),
    ]
    assert order(findings, flags) == ("age", "blue", "grave", "late")


def test_two_mild_questions_in_one_come_before_a_graver_one_and_one_alone_after_it() -> None:
    flags = [
        red_flag("one", "routine", leaf("of-two")),
        red_flag("two", "routine", leaf("of-two")),
        red_flag("three", "soon", leaf("graver")),
        red_flag("four", "routine", leaf("alone")),
    ]
    assert order([finding("alone"), finding("graver"), finding("of-two")], flags) == ("of-two", "graver", "alone")
