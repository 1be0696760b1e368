"""The laws of simulated interviews, on the shipped release: short for the well, never blind to an emergency."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.cli.simulating import LABELS, OLDEST, YOUNGEST, Draw, chart, drawn, report
from api.logic import identifier, leaves
from api.red_flags.asking import SCREEN, answered_no
from api.red_flags.compiled import Rules, View, compile_rules
from api.red_flags.deciding import decide
from api.red_flags.facts import Given, weigh
from api.red_flags.simulating import (
    ADULT,
    AGE,
    OTHER_AGES,
    Interview,
    Simulation,
    benign_findings,
    no_sayer,
    person_with,
    simulate,
    smallest_way,
    spread,
)
from api.releases.library import Library
from schemas.words import RANK
from tests.builders import bundle_of, documents, finding, leaf, number, red_flag

Json = Any
DRAW = Draw(people=60, seed=20261122, chart=None)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def rules(shipped: Library) -> Rules:
    return shipped.newest().edition.rules


@pytest.fixture(scope="module")
def view(rules: Rules) -> View:
    return rules.views["leg-twitching"]


@pytest.fixture(scope="module")
def found(rules: Rules, view: View) -> Simulation:
    return simulate(drawn(DRAW, rules, view), rules, view, lambda _done, _total: None)


def rules_of(findings: list[Json], red_flags: list[Json]) -> Rules:
    return compile_rules(bundle_of(documents(findings, red_flags)))


def nothing_drawn(rules: Rules) -> Simulation:
    return simulate((), rules, rules.views[""], lambda _done, _total: None)


def test_half_of_benign_adults_settle_in_four_exchanges_and_28_questions(found: Simulation) -> None:
    for group in (found.volunteering, found.silent):
        assert len(group) == DRAW.people
        assert spread(len(one.screens) for one in group).median <= 4
        assert spread(len(one.asked()) for one in group).median <= 28
        for one in group:
            assert one.statuses[-1] == "settled"
            assert RANK[one.levels[-1]] <= RANK["routine"]
            assert len(set(one.asked())) == len(one.asked())
            assert all(len(screen) <= SCREEN for screen in one.screens)


def test_what_is_volunteered_is_not_asked_and_changes_no_answer(found: Simulation, rules: Rules, view: View) -> None:
    for adult, told, silent in zip(drawn(DRAW, rules, view), found.volunteering, found.silent, strict=True):
        assert not adult.volunteered & set(told.asked())
        assert told.levels[-1] == silent.levels[-1]


def test_benign_adults_have_two_findings_that_no_grave_red_flag_reads(rules: Rules, view: View) -> None:
    grave = {
        identifier(leaf)
        for flag in view.red_flags
        if RANK[flag.level] > RANK["routine"]
        for leaf in leaves(flag.criterion)
    }
    for adult in drawn(DRAW, rules, view):
        assert len(adult.volunteered) == 2
        assert not adult.has & grave
        assert YOUNGEST <= adult.numbers[AGE] <= OLDEST
    assert not any(name.startswith(("infant-", "child-")) for name in benign_findings(rules, view))


def test_an_emergency_that_is_volunteered_is_recognised_in_the_first_answer(found: Simulation, view: View) -> None:
    assert [one.red_flag for one in found.emergencies] == [
        flag.id for flag in view.red_flags if flag.level == "emergency"
    ]
    for one in found.emergencies:
        assert one.volunteering == Interview((), ("emergency",), ("settled",)), one.red_flag


def test_an_emergency_that_is_not_volunteered_is_found_in_the_end(found: Simulation) -> None:
    for one in found.emergencies:
        screens = one.screens_until_found()
        assert screens is not None, one.red_flag
        assert screens == len(one.silent.screens), "nothing is asked after it"
        assert one.silent.levels[-1] == "emergency"


def test_people_of_other_ages_who_say_no_to_everything_end_at_self_care(found: Simulation) -> None:
    assert tuple(age for age, _ in found.ages) == OTHER_AGES
    for _, one in found.ages:
        assert (one.levels[-1], one.statuses[-1]) == ("self_care", "settled")


def test_a_question_is_forced_by_exactly_what_stays_open_without_it(
    found: Simulation, rules: Rules, view: View
) -> None:
    asked = [question.finding for question in found.no_sayer.questions]
    aged = weigh(Given((), (), (), {AGE: ADULT}), rules, rules.views[""])
    denied = tuple(name for name in asked if name != AGE)
    assert decide(answered_no(aged, denied, rules), view).status == "settled"
    for question in found.no_sayer.questions[1:]:
        others = tuple(name for name in denied if name != question.finding)
        left = answered_no(aged, others, rules)
        assert set(question.forced_by) == {flag.id for flag in view.red_flags if flag.rule.holds(~left.absent)}
    assert asked[0] == AGE
    assert found.no_sayer.gates() == sum(len(rules.words.descendants[name]) > 1 for name in asked)


def test_the_same_seed_gives_the_same_report_and_another_seed_other_people(
    found: Simulation, rules: Rules, view: View
) -> None:
    again = simulate(drawn(DRAW, rules, view), rules, view, lambda _done, _total: None)
    assert report(again) == report(found)
    assert drawn(DRAW._replace(seed=2), rules, view) != drawn(DRAW, rules, view)


def test_progress_is_told_once_an_interview_even_where_nothing_is_benign(small: Library) -> None:
    rules = small.newest().edition.rules
    view = rules.views["legs"]
    told: list[tuple[int, int]] = []
    adults = drawn(DRAW._replace(people=2), rules, view)
    simulate(adults, rules, view, lambda done, total: told.append((done, total)))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    assert len(told) == 2 * len(adults) + 2 + len(OTHER_AGES)
    assert not any(adult.volunteered for adult in adults)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([3], (3, 3, 3, 3)), ([2, 1], (1, 1, 2, 2)), (range(1, 11), (1, 5, 9, 10)), (range(101), (0, 50, 90, 100))],
)
def test_a_percentile_is_a_count_that_somebody_has(counts: list[int], expected: tuple[int, ...]) -> None:
    assert spread(counts) == expected


def test_a_person_with_a_way_has_its_numbers_in_every_band_of_it() -> None:
    young = {"op": "number", "id": AGE, "below": 18}
    grown = {"op": "number", "id": AGE, "at_least": 2}
    late = {"op": "number", "id": "weeks", "at_least": 20}
    flag = red_flag("ill", "emergency", {"op": "all_of", "of": [young, grown, late]})
    rules = rules_of([number(AGE, 0, 120, 2), finding("pregnant"), number("weeks", 0, 45, of="pregnant")], [flag])
    ill = person_with(smallest_way(rules.views[""].red_flags[0]), rules)
    assert (ill.has, ill.numbers, ill.volunteered) == (frozenset({"pregnant"}), {AGE: 2, "weeks": 20}, frozenset())
    young_only = rules_of([number(AGE, 0, 120, 2)], [red_flag("ill", "emergency", young)])
    assert person_with(smallest_way(young_only.views[""].red_flags[0]), young_only).numbers == {AGE: 0}


def test_a_number_that_a_person_does_not_have_is_answered_as_in_no_band() -> None:
    rules = rules_of([number("hours", 0, 24)], [red_flag("short", "soon", {"op": "number", "id": "hours", "below": 4})])
    asked = no_sayer(rules, rules.views[""])
    assert (asked.screens, asked.gates()) == (1, 0)
    assert asked.questions == (("hours", 0, ("short",)),)


def test_an_emergency_that_no_question_leads_to_is_reported_as_never_found() -> None:
    files = documents([finding("gate"), finding("numb")], [red_flag("squeezed", "emergency", leaf("numb"))], ["gate"])
    rules = compile_rules(bundle_of(files))
    found = nothing_drawn(rules)
    assert found.emergencies[0].screens_until_found() is None
    assert found.emergencies[0].silent.statuses == ("ask",)


def test_a_chart_is_well_formed_and_loads_nothing(found: Simulation) -> None:
    drawing = chart(found.volunteering)
    svg = ET.fromstring(drawing)  # noqa: S314 -- our own output
    assert svg.tag == f"{SVG}svg"
    assert {one.tag.removeprefix(SVG) for one in svg.iter()} == {"svg", "title", "rect", "line", "text"}
    assert not re.search(r"href|url\(|@import|<script|\son", drawing.replace(SVG, ""))
    texts = [one.text for one in svg.iter(f"{SVG}text")]
    assert {"Exchanges", "Findings asked", "people", "exchanges until settled"} <= set(texts)
    assert svg.findtext(f"{SVG}title") == "Interviews with 60 benign adults who volunteer two findings"


def test_a_chart_labels_no_more_counts_than_can_be_read() -> None:
    many = [Interview((tuple(map(str, range(count))),), ("routine",), ("settled",)) for count in (1, 3 * LABELS)]
    svg = ET.fromstring(chart(many))  # noqa: S314 -- our own output
    labels = [one.text for one in svg.iter(f"{SVG}text") if one.get("y") == "288.0" and float(one.get("x", 0)) > 400]
    assert labels == [str(count) for count in range(1, 3 * LABELS + 1, 3)]
