"""Whatever is wrong with a request gets a clear 4xx with a pointer; never a 500, never an echo of what was sent."""

import json
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from tests.face.calling import call, check

Json = Any
MARKER = "zq-marker-7f3a"
DEEP = b'{"present":' * 40 + b"[]" + b"}" * 40


def problem(answer: httpx.Response, status: int) -> Json:
    """Hold an answer to the one shape of errors and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body.keys() <= {"type", "title", "status", "detail", "errors", "emergency"}
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert MARKER not in answer.text
    return body


@pytest.mark.parametrize(
    ("profile", "pointer", "code"),
    [
        ({"present": [MARKER]}, "/present/0", "unknown_finding"),
        ({"absent": ["numb", MARKER]}, "/absent/1", "unknown_finding"),
        ({"measurements": [{"finding": MARKER, "value": 1}]}, "/measurements/0/finding", "unknown_finding"),
        ({"present": ["numb", "numb"]}, "/present/1", "repeated"),
        ({"present": ["numb"], "unsure": ["numb"]}, "/unsure/0", "repeated"),
        ({"measurements": [{"finding": "age", "value": 1}] * 2}, "/measurements/1/finding", "repeated"),
        ({"unsure": ["age"], "measurements": [{"finding": "age", "value": 1}]}, "/measurements/0/finding", "repeated"),
        ({"present": ["numb"], "absent": ["numb"]}, "/absent/0", "contradiction"),
        ({"present": ["numb"], "absent": ["weak", "gate"]}, "/absent/1", "contradiction"),
        ({"unsure": ["numb"], "absent": ["gate"]}, "/absent/0", "contradiction"),
        ({"measurements": [{"finding": "weeks", "value": 1}], "absent": ["pregnant"]}, "/absent/0", "contradiction"),
        ({"present": ["old-numb"], "absent": ["gate"]}, "/absent/0", "contradiction"),
        ({"present": ["age"]}, "/present/0", "wrong_kind"),
        ({"measurements": [{"finding": "numb", "value": 1}]}, "/measurements/0/finding", "wrong_kind"),
        ({"measurements": [{"finding": "age", "value": 121}]}, "/measurements/0/value", "out_of_range"),
        ({"measurements": [{"finding": "age", "value": -1}]}, "/measurements/0/value", "out_of_range"),
        ({"measurements": [{"finding": "age", "value": 1.005}]}, "/measurements/0/value", "too_many_decimals"),
        ({"measurements": [{"finding": "weeks", "value": 20.5}]}, "/measurements/0/value", "too_many_decimals"),
        ({"measurements": [{"finding": "age", "value": True}]}, "/measurements/0/value", "wrong_type"),
        ({"measurements": [{"finding": "age", "value": "34"}]}, "/measurements/0/value", "wrong_type"),
        ({"measurements": [{"finding": "age"}]}, "/measurements/0/value", "missing_field"),
        ({"measurements": [{"finding": "age", "value": 1, MARKER: 1}]}, "/measurements/0", "unknown_field"),
        ({MARKER: 1}, "", "unknown_field"),
        ({"presnt": ["numb"]}, "", "unknown_field"),
        ({"present": MARKER}, "/present", "wrong_type"),
        ({"present": [1]}, "/present/0", "wrong_type"),
        ({"present": [""]}, "/present/0", "wrong_type"),
        ({"present": ["x" * 61]}, "/present/0", "too_long"),
        ({"present": ["numb"] * 401}, "/present", "too_long"),
        ({"topic": MARKER}, "/topic", "unknown_topic"),
        ({"topic": ""}, "/topic", "unknown_topic"),
        ({"language": MARKER}, "/language", "unknown_language"),
        ({"region": "XX"}, "/region", "unknown_region"),
        ({"region": None}, "/region", "wrong_type"),
        ({"release": "9.9.9"}, "/release", "unknown_release"),
        ({"include": [MARKER]}, "/include/0", "wrong_type"),
        ({"include": ["possible", "possible"]}, "/include", "too_long"),
        ([], "", "wrong_type"),
        (MARKER, "", "wrong_type"),
        (0, "", "wrong_type"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_a_pointer(
    small_app: ASGIApp, profile: Json, pointer: str, code: str
) -> None:
    body = problem(check(small_app, profile), 422)
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in body["errors"]]
    assert "emergency" in body


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"present": ["numb"], "present": []}', "repeated_key"),
        (b'{"measurements": [{"finding": "age", "value": 1, "value": 2}]}', "repeated_key"),
        (b'{"measurements": [{"finding": "age", "value": NaN}]}', "not_a_number"),
        (b'{"measurements": [{"finding": "age", "value": Infinity}]}', "not_a_number"),
        (b'{"measurements": [{"finding": "age", "value": 1e999}]}', "not_a_number"),
        (b'{"present": ["\\ud800"]}', "broken_text"),
        ('{"present": ["numb"]}'.encode("utf-16"), "not_utf8"),
        (DEEP, "too_deep"),
        (b"{", "not_json"),
        (b"", "not_json"),
        (MARKER.encode(), "not_json"),
    ],
)
def test_bytes_that_are_not_strict_json_are_refused(small_app: ASGIApp, content: bytes, code: str) -> None:
    answer = call(
        small_app, "POST", "/v1/red-flag-checks", content=content, headers={"Content-Type": "application/json"}
    )
    body = problem(answer, 400)
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [("", code)]
    assert "emergency" in body


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json; charset=utf-16", "application/xml"])
def test_a_body_of_another_media_type_is_refused(small_app: ASGIApp, media_type: str) -> None:
    answer = call(small_app, "POST", "/v1/red-flag-checks", content=b"{}", headers={"Content-Type": media_type})
    assert problem(answer, 415)["errors"][0]["pointer"] == "header:content-type"


@pytest.mark.parametrize("media_type", ["application/json", 'Application/JSON; charset="UTF-8"'])
def test_json_in_utf8_is_taken_however_it_is_announced(small_app: ASGIApp, media_type: str) -> None:
    answer = call(small_app, "POST", "/v1/red-flag-checks", content=b"{}", headers={"Content-Type": media_type})
    assert answer.status_code == 200


def test_ten_megabytes_are_refused_before_they_are_read(small_app: ASGIApp) -> None:
    taken = 0

    async def endless() -> Any:  # noqa: ANN401 -- an async generator of bytes
        nonlocal taken
        for _ in range(10_000):
            taken += 1024
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    for content in (endless(), b" " * 10_000_000):
        body = problem(call(small_app, "POST", "/v1/red-flag-checks", content=content, headers=headers), 413)
        assert body["type"] == "/problems/too-large"
        assert "emergency" in body
    assert taken < 20_000


def test_a_false_content_length_is_refused(small_app: ASGIApp) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "many"}
    problem(call(small_app, "POST", "/v1/red-flag-checks", content=b"{}", headers=headers), 413)


@pytest.mark.parametrize(
    ("path", "pointer", "code"),
    [
        (f"/v1/topics?{MARKER}=1", "query:", "unknown_field"),
        ("/v1/topics?language=en&language=en", "query:", "repeated"),
        (f"/v1/topics?language={MARKER}", "query:language", "unknown_language"),
        ("/v1/topics?release=9.9.9", "query:release", "unknown_release"),
        (f"/v1/causes?topic={MARKER}", "query:topic", "unknown_topic"),
        (f"/v1/causes?category={MARKER}", "query:category", "wrong_type"),
        (f"/v1/remedies?cause={MARKER}", "query:cause", "unknown_cause"),
        ("/v1/red-flags?level=grave", "query:level", "wrong_type"),
        ("/v1/search", "query:q", "missing_field"),
        ("/v1/search?q=" + "x" * 201, "query:q", "too_long"),
        ("/v1/search?q=", "query:q", "wrong_type"),
        ("/v1/search?q=leg%00cramps", "query:q", "wrong_type"),
        ("/v1/search?q=leg%0Acramps", "query:q", "wrong_type"),
        ("/v1/search?q=leg%7Fcramps", "query:q", "wrong_type"),
        ("/v1/releases?x=1", "query:", "unknown_field"),
        ("/v1/releases/1.0.0?x=1", "query:", "unknown_field"),
        ("/v1/topics/" + "x" * 61, "path:topic", "too_long"),
    ],
)
def test_a_query_that_cannot_be_used_is_refused_with_a_pointer(
    small_app: ASGIApp, path: str, pointer: str, code: str
) -> None:
    body = problem(call(small_app, "GET", path), 422)
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in body["errors"]]
    assert "emergency" not in body


def test_the_check_takes_no_query(small_app: ASGIApp) -> None:
    body = problem(call(small_app, "POST", f"/v1/red-flag-checks?{MARKER}=1", json={}), 422)
    assert body["errors"][0]["pointer"] == "query:"


@pytest.mark.parametrize(
    "path",
    [
        "/", f"/{MARKER}", f"/v1/topics/{MARKER}", f"/v1/causes/{MARKER}", f"/v1/remedies/{MARKER}",
        f"/v1/red-flags/{MARKER}", f"/v1/findings/{MARKER}", f"/v1/sources/{MARKER}", "/v1/regions/XX",
        "/v1/releases/9.9.9", f"/v1/releases/{MARKER[:9]}/bundle", f"/problems/{MARKER}", f"/docs/assets/{MARKER}",
        "/v1/topics/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_too(small_app: ASGIApp, path: str) -> None:
    assert problem(call(small_app, "GET", path), 404)["type"] == "/problems/not-found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
def test_another_method_is_a_problem_that_names_the_right_ones(small_app: ASGIApp, method: str) -> None:
    answer = call(small_app, method, "/v1/red-flag-checks")
    assert problem(answer, 405)["emergency"]
    assert (
        answer.headers["allow"] == call(small_app, "OPTIONS", "/v1/red-flag-checks").headers["allow"] == "OPTIONS, POST"
    )
    assert call(small_app, method, "/v1/topics").headers.get("allow", "OPTIONS, GET, HEAD") == "OPTIONS, GET, HEAD"


def test_a_coded_body_is_refused(small_app: ASGIApp) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = call(small_app, "POST", "/v1/red-flag-checks", content=b"{}", headers=headers)
    assert problem(answer, 415)["errors"][0]["code"] == "coded"
    headers["Content-Encoding"] = "identity"
    assert call(small_app, "POST", "/v1/red-flag-checks", content=b"{}", headers=headers).status_code == 200


def test_every_reason_is_given_at_once(small_app: ASGIApp) -> None:
    body = problem(check(small_app, {"present": ["none", "age"], "unsure": ["nothing"]}), 422)
    assert [one["pointer"] for one in body["errors"]] == ["/present/0", "/present/1", "/unsure/0"]


def test_an_unknown_finding_is_told_its_nearest_neighbours_and_to_send_emergencies_now(small_app: ASGIApp) -> None:
    detail = problem(check(small_app, {"present": ["nummb"]}), 422)["errors"][0]["detail"]
    assert "numb" in detail
    assert "send the rest now" in detail


def test_a_finding_that_nothing_of_the_topic_reads_is_refused(small_app: ASGIApp) -> None:
    body = problem(check(small_app, {"topic": "legs", "present": ["numb", "arm-cold"]}), 422)
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [("/present/1", "outside_topic")]
    assert check(small_app, {"topic": "arms", "present": ["arm-cold"]}).status_code == 200
    assert check(small_app, {"present": ["arm-cold"]}).status_code == 200


@pytest.mark.parametrize("text", ["\u0000", "\U0001f9b5" * 30, "\u202e", "a\u0301" * 30, "'; DROP TABLE findings; --"])
def test_strange_texts_are_refused_without_an_echo(small_app: ASGIApp, text: str) -> None:
    for profile in ({"present": [text]}, {"topic": text}, {"language": text}, {text: 1}):
        answer = check(small_app, profile)
        assert answer.status_code == 422
        assert text not in json.dumps(answer.json(), ensure_ascii=False)
