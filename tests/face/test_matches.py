"""Plain words over HTTP: what an answer holds, what is refused, and that nothing of a text comes back."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from api.releases.library import Library
from api.routes.matches import EXAMPLE, answer_matches, match_findings
from api.settings import ROOT
from schemas.matches import LONGEST_TEXT, LayText, MatchAnswer
from tests.face.calling import call

Json = Any
PATH = "/v1/finding-matches"
MARKER = "zq-marker-7f3a"


def send(app: ASGIApp, told: Json, **more: Json) -> httpx.Response:
    return call(app, "POST", PATH, json=told, **more)


def test_there_is_no_second_path_beside_the_one_function_on_bytes() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(match_findings(LayText(text="x")))


def test_an_answer_names_its_release_and_proposes_and_is_kept_by_nobody(shipped_app: ASGIApp) -> None:
    answer = send(shipped_app, EXAMPLE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = MatchAnswer.model_validate_json(answer.content, strict=True)
    assert body.release.clinical_review == "none"
    assert "does not diagnose" in body.intended_use
    told = {one.finding: one for one in body.findings}
    assert told["jerks-falling-asleep"].propose == "present"
    assert (told["chest-pain"].propose, told["chest-pain"].denied) == ("absent", True)
    assert told["chest-pain"].question.endswith("?")
    assert [(one.finding, one.value, one.propose) for one in body.measurements] == [("age-years", 34.0, "measurement")]


def test_the_same_text_is_answered_with_the_same_bytes(shipped: Library) -> None:
    sent = json.dumps(EXAMPLE).encode()
    assert answer_matches(sent, shipped) == answer_matches(sent, shipped)


def test_nothing_of_the_text_is_given_back(shipped_app: ASGIApp) -> None:
    answer = send(shipped_app, {"text": "I have zqmarker and chest pain, qwertz"})
    assert answer.status_code == 200
    assert not any(word in answer.text for word in ("marker", "qwertz"))
    spans = [(one["start"], one["end"]) for one in answer.json()["not_understood"]]
    assert spans == [(7, 15), (32, 38)]


def test_a_topic_leaves_out_what_its_check_does_not_take(small_app: ASGIApp) -> None:
    told = {"text": "the arm-cold, the numb"}
    assert {one["finding"] for one in send(small_app, told).json()["findings"]} == {"arm-cold", "numb"}
    body = send(small_app, {**told, "topic": "legs", "release": "1.0.0", "language": "en"}).json()
    assert [one["finding"] for one in body["findings"]] == ["numb"]
    assert send(small_app, {"text": "I'm 34, arm-cold", "topic": "legs"}).json()["measurements"][0]["finding"] == "age"


@pytest.mark.parametrize(
    ("told", "pointer", "code"),
    [
        ({}, "/text", "missing_field"),
        ({"text": ""}, "/text", "wrong_type"),
        ({"text": 5}, "/text", "wrong_type"),
        ({"text": None}, "/text", "wrong_type"),
        ({"text": [MARKER]}, "/text", "wrong_type"),
        ({"text": "x", MARKER: 1}, "", "unknown_field"),
        ({"text": "x", "topic": MARKER}, "/topic", "unknown_topic"),
        ({"text": "x", "language": MARKER}, "/language", "unknown_language"),
        ({"text": "x", "release": "9.9.9"}, "/release", "unknown_release"),
        ([], "", "wrong_type"),
    ],
)
def test_what_cannot_be_matched_is_refused_with_a_pointer_and_the_emergency_line(
    small_app: ASGIApp, told: Json, pointer: str, code: str
) -> None:
    answer = send(small_app, told)
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [(pointer, code)]
    assert body["emergency"]
    assert MARKER not in answer.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"text": "a", "text": "b"}', 400),
        (b'{"text": "\\ud800"}', 400),
        ('{"text": "x"}'.encode("utf-16"), 400),
        (b"no", 400),
        (b'{"text": "' + b"a" * LONGEST_TEXT + b'"}', 413),
    ],
)
def test_bytes_that_are_not_strict_json_or_too_many_are_refused(
    small_app: ASGIApp, content: bytes, status: int
) -> None:
    answer = call(small_app, "POST", PATH, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["emergency"]


def test_it_takes_no_query_and_no_other_media_type(small_app: ASGIApp) -> None:
    assert call(small_app, "POST", f"{PATH}?{MARKER}=1", json={"text": "x"}).json()["errors"][0]["pointer"] == "query:"
    assert call(small_app, "POST", PATH, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415


@pytest.mark.parametrize(
    "text",
    [
        "chest pain " * 1480,
        "no chest pain, " * 1090,
        "is it " * 2700,
        "\u200b" * 2700 + "a" * 8000,
        "a'" * 8100,
        "?" * 16000,
    ],
    ids=len,
)
def test_a_text_of_sixteen_kilobytes_is_answered(small_app: ASGIApp, text: str) -> None:
    answer = call(
        small_app,
        "POST",
        PATH,
        content=json.dumps({"text": text}, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text


def test_the_example_of_the_readme_is_answered(shipped_app: ASGIApp) -> None:
    readme = (ROOT / "README.md").read_text()
    sent = readme.partition("/v1/finding-matches")[2].partition("-d '")[2].partition("'")[0]
    body = call(shipped_app, "POST", PATH, content=sent.encode(), headers={"Content-Type": "application/json"}).json()
    told = {one["finding"]: one["propose"] for one in body["findings"]}
    assert (told["jerks-falling-asleep"], told["chest-pain"], told["urge-to-move-legs"]) == ("present", "absent", "ask")
    assert [one["value"] for one in body["measurements"]] == [34.0]
