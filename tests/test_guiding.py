"""Guidance where several causes fit: the likeliest first, each remedy with what it is there for or waits for."""

import json
from typing import Any

import pytest
from pydantic import MISSING

from api.red_flags.checking import as_model, check, parse_profile
from api.red_flags.edition import Edition
from schemas.checks import Guidance
from tests.builders import CITED, bundle_of, documents, edition_of, finding, leaf, red_flag

Json = Any


def cause(name: str, clues: list[str], remedies: list[str]) -> Json:
    return {
        "id": name, "title": f"The {name}", "summary": "A cause.", "topics": ["legs"], "category": "body_or_mind",
        "tells_apart": [{"text": "So.", "findings": [clue]} for clue in clues], "remedies": remedies, **CITED,
    }  # fmt: skip


def remedy(name: str, *unsuitable: Json) -> Json:
    return {
        "id": name, "title": f"The {name}", "summary": "A remedy.", "topics": ["legs"], "category": "body",
        "use": "self_care", "for_whom": "All.", "outcome": "Sleep.", "steps": ["Rest."],
        "cautions": [{"text": "Not so.", "unsuitable_when": when} for when in unsuitable], **CITED,
    }  # fmt: skip


@pytest.fixture(scope="module")
def edition() -> Edition:
    """Three causes, told by one, two and one of the clues; two remedies of one caution more than one finding."""
    both = {"op": "all_of", "of": [leaf("weak"), leaf("old")]}
    files = documents(
        [finding(name) for name in ("grave", "cold", "late", "tired", "weak", "old")],
        [red_flag("grave-sign", "emergency", leaf("grave"))],
        causes=[
            cause("a-night", ["late"], ["warmth", "rest"]),
            cause("b-winter", ["cold", "late"], ["warmth"]),
            cause("c-winter", ["cold"], ["warmth"]),
            cause("d-work", ["tired"], ["walk"]),
        ],
        remedies=[remedy("rest", both, leaf("tired")), remedy("walk"), remedy("warmth", leaf("cold"))],
    )
    files["topics/legs.json"]["remedies"] = []
    return edition_of(bundle_of(files))


def guided(edition: Edition, **profile: Json) -> Guidance:
    answer = as_model(check(parse_profile(json.dumps({"absent": ["grave"], **profile}).encode()), edition))
    assert answer.guidance is not MISSING
    return answer.guidance


def test_the_cause_that_most_speaks_for_comes_first_and_equals_by_name(edition: Edition) -> None:
    found = guided(edition, present=["cold", "late"])
    assert [(one.id, one.because) for one in found.causes] == [
        ("b-winter", ("cold", "late")),
        ("a-night", ("late",)),
        ("c-winter", ("cold",)),
    ]


def test_a_remedy_is_withheld_for_all_that_speaks_against_it_and_else_waits_for_what_is_unknown(
    edition: Edition,
) -> None:
    found = guided(edition, present=["late", "tired", "weak", "old"])
    assert [(one.remedy, one.because) for one in found.withheld] == [("rest", ("old", "tired", "weak"))]
    assert [(one.remedy, one.findings) for one in found.check_first] == [("warmth", ("cold",))]
    assert [(one.id, one.because) for one in found.remedies] == [("walk", ("d-work",))]
    found = guided(edition, present=["late", "weak"])
    assert [(one.remedy, one.findings) for one in found.check_first] == [
        ("rest", ("old", "tired")),
        ("warmth", ("cold",)),
    ]
    found = guided(edition, absent=["grave", "cold", "tired", "old"], present=["late"])
    assert [(one.id, one.because) for one in found.remedies] == [
        ("rest", ("a-night",)),
        ("warmth", ("a-night", "b-winter")),
    ]
    assert (found.withheld, found.check_first) == ((), ())


def test_a_remedy_is_not_withheld_for_half_of_a_reason() -> None:
    either = [{"op": "any_of", "of": [leaf(name) for name in pair]} for pair in (("weak", "old"), ("cold", "tired"))]
    files = documents(
        [finding(name) for name in ("grave", "cold", "tired", "weak", "old")],
        [red_flag("grave-sign", "emergency", leaf("grave"))],
        remedies=[remedy("rest", {"op": "all_of", "of": either})],
    )
    edition = edition_of(bundle_of(files))
    assert [one.remedy for one in guided(edition, present=["weak"]).withheld] == []
    assert [one.findings for one in guided(edition, present=["weak"]).check_first] == [("cold", "tired")]
    assert [one.because for one in guided(edition, present=["weak", "cold"]).withheld] == [("cold", "weak")]


def test_causes_and_kind_words_are_those_of_the_topic() -> None:
    calm = {"title": "Calm", "text": "Rest.", "when": leaf("cold"), **CITED}
    files = documents(
        [finding("grave"), finding("cold")],
        [red_flag("grave-sign", "emergency", leaf("grave"))],
        causes=[cause("leg-cold", ["cold"], []), {**cause("arm-cold", ["cold"], []), "topics": ["arms"]}],
        reassurance=[{**calm, "id": f"{topic}-calm", "topics": [topic]} for topic in ("arms", "legs")],
    )
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms"}
    edition = edition_of(bundle_of(files))
    for topic, causes, words in (
        ({"topic": "legs"}, ["leg-cold"], ["legs-calm"]),
        ({"topic": "arms"}, ["arm-cold"], ["arms-calm"]),
        ({}, ["arm-cold", "leg-cold"], ["arms-calm", "legs-calm"]),
    ):
        found = guided(edition, present=["cold"], **topic)
        assert [one.id for one in found.causes] == causes
        assert [one.id for one in found.reassurance] == words


def test_a_remedy_of_no_cause_that_fits_is_not_named(edition: Edition) -> None:
    found = guided(edition)
    assert (found.causes, found.remedies, found.withheld, found.check_first) == ((), (), (), ())
