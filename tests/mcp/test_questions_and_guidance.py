"""The tools that ask and look up: the check's own questions and words, and guidance as the routes give it."""

from typing import Any

import pytest
from starlette.types import ASGIApp

from tests.face.calling import call, check
from tests.mcp.calling import GENERATIONS, NOTHING, call_tool, post, refused, texts, tool_message

Json = Any
ASKED: Json = {**NOTHING, "words": ""}
LOOKED: Json = {"words": "", "id": "", "topic": "every_topic", "language": "en"}


def answered(app: ASGIApp, name: str, arguments: Json) -> Json:
    """Call a tool in the process and give its answer."""
    result = post(app, tool_message(name, arguments)).json()["result"]
    assert result["isError"] is False
    assert result["content"][0]["text"] == result["structuredContent"]["say"]
    return result["structuredContent"]


@pytest.mark.parametrize("mode", GENERATIONS)
def test_the_client_takes_what_every_tool_answers(address: str, mode: str) -> None:
    for name, arguments in (("list_questions", ASKED), ("find_guidance", {**LOOKED, "words": "cramps"})):
        result = call_tool(address, mode, name, arguments)
        assert result.is_error is False
        assert texts(result)[0] == result.structured_content["say"]


def test_the_next_screen_is_the_one_that_the_check_asks(shipped_app: ASGIApp) -> None:
    known = {
        "present": ["jerks-falling-asleep"],
        "absent": ["fever"],
        "measurements": [{"finding": "age-years", "value": 34}],
    }
    for profile in ({}, known):
        checked = check(shipped_app, {**profile, "topic": "leg-twitching"}).json()
        found = answered(shipped_app, "list_questions", {**ASKED, **profile, "topic": "leg-twitching"})
        assert found["ask_next"] == checked["ask_next"]
        assert (found["status"], found["say"], found["release"]) == (
            checked["status"],
            checked["say"],
            checked["release"],
        )
        assert found["findings"] == []


def test_questions_never_come_without_the_advice_that_is_known(shipped_app: ASGIApp) -> None:
    found = answered(shipped_app, "list_questions", {**ASKED, "present": ["saddle-numbness"], "region": "GB"})
    assert found["advice"]["level"] == "emergency"
    assert "999" in found["say"]


def test_findings_are_found_by_plain_words_and_only_those_of_the_topic(small_app: ASGIApp) -> None:
    found = answered(small_app, "list_questions", {**ASKED, "words": "numb"})
    assert found["findings"][0] == {"id": "numb", "kind": "yes_no", "question": "Is there numb?"}
    assert "arm-cold" in [
        one["id"] for one in answered(small_app, "list_questions", {**ASKED, "words": "arm-cold"})["findings"]
    ]
    assert answered(small_app, "list_questions", {**ASKED, "words": "arm-cold", "topic": "legs"})["findings"] == []
    assert answered(small_app, "list_questions", {**ASKED, "words": "?!"})["findings"] == []


def test_what_is_known_must_be_right_to_be_asked_further(shipped_app: ASGIApp) -> None:
    told = refused(shipped_app, "list_questions", {**ASKED, "present": ["fever"], "absent": ["fever"]})
    assert "`absent`, entry 1 (/absent/0)" in told
    assert "`words`: It must be a text." in refused(shipped_app, "list_questions", {**ASKED, "words": ["fever"]})


def test_guidance_is_found_by_plain_words_with_the_first_items_whole(shipped_app: ASGIApp) -> None:
    found = answered(shipped_app, "find_guidance", {**LOOKED, "words": "restless legs"})
    assert found["found"][0]["id"] == "restless-legs-syndrome"
    assert found["causes"][0] == call(shipped_app, "GET", "/v1/causes/restless-legs-syndrome").json()["item"]
    assert len(found["causes"]) <= 3
    assert len(found["remedies"]) <= 3
    assert {one["kind"] for one in found["found"]} <= {"topic", "cause", "remedy"}
    assert "No clinician has reviewed it." in found["say"]
    assert "call your local emergency number" in found["say"]


def test_a_cause_comes_with_its_remedies_and_a_remedy_with_its_causes(shipped_app: ASGIApp) -> None:
    over_http = call(shipped_app, "GET", "/v1/remedies?cause=nocturnal-leg-cramps").json()["items"]
    found = answered(shipped_app, "find_guidance", {**LOOKED, "id": "nocturnal-leg-cramps"})
    assert found["found"][0]["id"] == "nocturnal-leg-cramps"
    assert [one["id"] for one in found["found"][1:]] == [one["id"] for one in over_http]
    assert found["remedies"] == over_http[:3]
    found = answered(shipped_app, "find_guidance", {**LOOKED, "id": over_http[0]["id"]})
    assert found["remedies"] == over_http[:1]
    assert "nocturnal-leg-cramps" in [one["id"] for one in found["found"]]


def test_guidance_is_narrowed_to_a_topic(small_app: ASGIApp) -> None:
    found = answered(small_app, "find_guidance", {**LOOKED, "topic": "arms"})["found"]
    assert [one["id"] for one in found] == ["arms", "arm-cause", "arm-remedy"]
    every = [one["id"] for one in answered(small_app, "find_guidance", LOOKED)["found"]]
    assert {"arms", "legs", "cold", "arm-cause", "rest", "arm-remedy"} <= set(every)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"id": "zqmarker"}, "`id`: There is no cause or remedy of this id."),
        ({"topic": "zqmarker"}, "`topic`: There is no topic of this id."),
        ({"language": "zq"}, "`language`: The content has no such language."),
        ({"words": 5}, "`words`: It must be a text."),
        ({"words": "zqmarker" * 30}, "`words`: It may have at most 200 characters."),
        ({"cause": "zqmarker"}, "The arguments: An argument is given that the tool does not take."),
    ],
)
def test_what_cannot_be_looked_up_is_refused(shipped_app: ASGIApp, changed: Json, says: str) -> None:
    told = refused(shipped_app, "find_guidance", {**LOOKED, **changed})
    assert says in told
    assert "zqmarker" not in told
