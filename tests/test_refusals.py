"""Refusals word for word: each names its one reason and nothing else, and every value at an edge is accepted."""

import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from api.red_flags.checking import check, parse_profile
from api.red_flags.edition import Edition
from api.red_flags.refusals import as_errors
from api.releases.library import Library
from schemas.checks import Profile
from schemas.problems import ProfileRefused
from tests.builders import CITED, bundle_of, documents, edition_of, finding, leaf, number, red_flag
from tests.content.test_loading import good

Json = Any
NOWHERE = "zzzzzzzzzz"
"""An id that is like no other."""
LEAVE_OUT = "Leave it out, or leave out `topic`."
TAKE_OUT = "Take it out of `absent` and send the rest again."
LIST = "GET /v1/findings lists them all. If the rest holds a sign of an emergency, send the rest now without it."


@pytest.fixture(scope="module")
def edition() -> Edition:
    return edition_of(bundle_of(good()))


def refused(edition: Edition, profile: Json) -> list[tuple[str, str, str]]:
    """Why a profile is refused; nothing where it is accepted."""
    try:
        check(parse_profile(json.dumps(profile).encode()), edition)
    except ProfileRefused as refusal:
        return [(one.pointer, one.code, one.detail) for one in refusal.errors]
    return []


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (
            {"present": ["numb", "numb"]},
            ("/present/1", "repeated", "This finding is given more than once. Give it once."),
        ),
        (
            {"topic": "legs", "present": ["arm-cold"]},
            (
                "/present/0",
                "outside_topic",
                f"Nothing that is considered for this topic asks about this finding. {LEAVE_OUT}",
            ),
        ),
        (
            {"present": ["age"]},
            ("/present/0", "wrong_kind", "This finding is a number: give it in `measurements`."),
        ),
        (
            {"measurements": [{"finding": "numb", "value": 1}]},
            (
                "/measurements/0/finding",
                "wrong_kind",
                "This finding is answered by yes or no: give it in `present`, `absent` or `unsure`.",
            ),
        ),
        (
            {"measurements": [{"finding": "age", "value": 121}]},
            ("/measurements/0/value", "out_of_range", "It must be from 0 to 120."),
        ),
        (
            {"measurements": [{"finding": "age", "value": 1.005}]},
            ("/measurements/0/value", "too_many_decimals", "It takes at most 2 decimals."),
        ),
        (
            {"measurements": [{"finding": "weeks", "value": 20.5}]},
            ("/measurements/0/value", "too_many_decimals", "It takes whole numbers only."),
        ),
        (
            {"present": ["numb"], "absent": ["gate"]},
            (
                "/absent/0",
                "contradiction",
                f"It is denied here, yet something else in the profile says or leaves open that it is so. {TAKE_OUT}",
            ),
        ),
        (
            {"unknown": 1},
            ("", "unknown_field", "A field stands here that is not known. Leave it out, or look for a misspelling."),
        ),
        (
            {"topic": "nothing"},
            ("/topic", "unknown_topic", "There is no topic of this id. GET /v1/topics lists them all."),
        ),
        (
            {"language": "xx"},
            ("/language", "unknown_language", "The content has no such language. It has: en."),
        ),
        (
            {"region": "XX"},
            ("/region", "unknown_region", "It must be the ISO 3166-1 code of a country, such as GB."),
        ),
        ({"present": [NOWHERE]}, ("/present/0", "unknown_finding", f"There is no finding of this id. {LIST}")),
    ],
)
def test_a_refusal_says_in_full_words_what_is_wrong_and_what_to_do(
    profile: Json, reason: tuple[str, str, str], edition: Edition
) -> None:
    assert refused(edition, profile) == [reason]


@pytest.mark.parametrize(
    "fine",
    [
        {"unsure": ["age", "weeks"]},
        {"present": ["numb"], "absent": ["pregnant"]},
        {"measurements": [{"finding": "age", "value": 0}]},
        {"measurements": [{"finding": "age", "value": 120}]},
        {"measurements": [{"finding": "age", "value": 34.25}]},
        {"measurements": [{"finding": "age", "value": 1e-2}]},
        {"measurements": [{"finding": "weeks", "value": 45}]},
        {"measurements": [{"finding": "age", "value": 30}, {"finding": "weeks", "value": 20}]},
        {"present": ["old-numb"]},
    ],
)
def test_what_is_fine_is_not_refused_together_with_what_is_not(fine: Json, edition: Edition) -> None:
    assert refused(edition, fine) == []
    found = refused(edition, {**fine, "present": [*fine.get("present", ()), NOWHERE]})
    assert [code for _, code, _ in found] == ["unknown_finding"]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"absent": ["numb", "numb"]}, [("/absent/1", "repeated")]),
        (
            {"present": ["numb", "numb", "numb"], "measurements": [{"finding": "age", "value": 30}]},
            [("/present/1", "repeated"), ("/present/2", "repeated")],
        ),
        ({"present": ["numb"], "unsure": ["numb"], "absent": ["numb"]}, [("/unsure/0", "repeated")]),
        ({"unsure": ["numb", "numb"], "absent": ["numb"]}, [("/unsure/1", "repeated")]),
        (
            {"present": ["numb"], "absent": ["numb", "gate"]},
            [("/absent/0", "contradiction"), ("/absent/1", "contradiction")],
        ),
        ({"present": ["numb"], "absent": ["weak", "gate"]}, [("/absent/1", "contradiction")]),
        ({"unsure": ["numb"], "absent": ["numb"]}, [("/absent/0", "contradiction")]),
    ],
)
def test_a_repeat_is_told_from_a_contradiction(
    profile: Json, expected: list[tuple[str, str]], edition: Edition
) -> None:
    assert [(pointer, code) for pointer, code, _ in refused(edition, profile)] == expected


@pytest.mark.parametrize("name", ["by-flag", "by-cause", "by-remedy", "by-comfort"])
def test_what_a_topic_reads_anywhere_may_be_sent_for_it_and_for_no_other(name: str) -> None:
    """A finding is read by a red flag of the topic, a clue of a cause, a caution of a remedy or a kind word."""
    names = ["by-flag", "by-cause", "by-remedy", "by-comfort"]
    item = {"title": "It", "summary": "It.", "topics": ["legs"], **CITED}
    care = {"category": "body", "use": "self_care", "for_whom": "All.", "outcome": "Sleep.", "steps": ["Rest."]}
    not_so = {"text": "Not so.", "unsuitable_when": leaf("by-remedy")}
    clue = {"text": "So.", "findings": ["by-cause"]}
    files = documents(
        [finding("grave"), *map(finding, names)],
        [red_flag("mild", "routine", leaf("by-flag")), red_flag("worse", "urgent", leaf("grave"))],
        causes=[{**item, "id": "cold", "category": "body_or_mind", "tells_apart": [clue], "remedies": []}],
        remedies=[{**item, **care, "id": "rest", "cautions": [not_so]}],
        reassurance=[
            {"id": "calm", "title": "Calm", "text": "Rest.", "topics": ["legs"], "when": leaf("by-comfort"), **CITED}
        ],
    )
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms"}
    edition = edition_of(bundle_of(files))
    assert refused(edition, {"present": [name]}) == refused(edition, {"topic": "legs", "present": [name]}) == []
    assert [code for _, code, _ in refused(edition, {"topic": "arms", "present": [name]})] == ["outside_topic"]


def test_an_unknown_language_is_told_those_that_there_are(bilingual_library: Library) -> None:
    ((_, _, detail),) = refused(bilingual_library.newest().edition, {"language": "xx"})
    assert detail == "The content has no such language. It has: en, eo."


def nearest(edition: Edition, name: str) -> str:
    """What a refusal of an unknown id says between its first words and its last."""
    ((_, _, detail),) = refused(edition, {"present": [name]})
    return detail.removeprefix("There is no finding of this id.").removesuffix(LIST).strip()


def test_an_unknown_id_is_told_the_three_nearest_and_none_that_is_unlike() -> None:
    names = ["cramp", "fever-one", "fever-two", "fever-three", "fever-four"]
    flag = red_flag("any", "urgent", {"op": "any_of", "of": [leaf(name) for name in names]})
    edition = edition_of(bundle_of(documents(list(map(finding, names)), [flag])))
    assert nearest(edition, "fever-on") == "The nearest known ids are: fever-one, fever-two, fever-four."
    assert nearest(edition, "craig") == "The nearest known ids are: cramp.", "three letters of five are near enough"
    assert nearest(edition, NOWHERE) == ""


def test_a_pointer_is_never_longer_than_a_refusal_can_hold() -> None:
    (error,) = as_errors([{"type": "string_type", "loc": ("x" * 300,), "msg": "Wrong"}])
    assert error.pointer == "/" + "x" * 199
    assert (error.code, error.detail) == ("wrong_type", "Wrong.")


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_value_that_is_no_number_is_told_so_by_a_door_that_reads_it_itself(value: float) -> None:
    with pytest.raises(ValidationError) as found:
        Profile.model_validate({"measurements": [{"finding": "age", "value": value}]})
    (error,) = as_errors(found.value.errors())
    assert (error.pointer, error.code) == ("/measurements/0/value", "not_a_number")


def test_a_number_is_given_once_though_by_an_old_and_a_new_id() -> None:
    flag = red_flag("old-age", "urgent", {"op": "number", "id": "age", "at_least": 60})
    findings = [number("age", 0, 120), number("years", 0, 120, replaced_by="age"), number("weight", 1, 300)]
    heavy = red_flag("heavy", "urgent", {"op": "number", "id": "weight", "at_least": 150})
    edition = edition_of(bundle_of(documents(findings, [flag, heavy])))

    def measured(**values: float) -> Json:
        return {"measurements": [{"finding": name, "value": value} for name, value in values.items()]}

    repeated = ("/measurements/1/finding", "repeated", "This finding is given more than once. Give it once.")
    assert refused(edition, measured(age=30, years=70)) == refused(edition, measured(years=30, age=70)) == [repeated]
    assert refused(edition, measured(years=30, weight=70)) == refused(edition, measured(age=30, weight=70)) == []
