"""The reply check over HTTP: both ways to name the answer, what is refused and where, and that nothing is echoed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from api.content.loading import load_draft
from api.releases.freezing import freeze, read_ledger
from api.releases.library import Library, load_library
from api.releases.pointing import point
from api.routes.replies import EXAMPLE, MOST_BODY, check_reply
from schemas.releases import Recall
from schemas.replies import ReplyToCheck, ReplyVerdict
from tests.builders import NOW, documents, finding, leaf, library_of, red_flag
from tests.face.calling import app_of, call, check
from tests.face.test_bad_requests import MARKER, problem

Json = Any
EMERGENCY: Json = {"region": "GB", "present": ["numb"]}
GOOD = "This may be an emergency. Please ring 999 right away."


def send(app: ASGIApp, body: Json, **more: Json) -> httpx.Response:
    return call(app, "POST", "/v1/reply-checks", json=body, **more)


def verdict(app: ASGIApp, body: Json) -> Json:
    sent = send(app, body)
    assert sent.status_code == 200, sent.text
    assert sent.headers["cache-control"] == "no-store"
    ReplyVerdict.model_validate_json(sent.content, strict=True)
    return sent.json()


def answer(app: ASGIApp, profile: Json) -> Json:
    return check(app, profile).json()


def test_there_is_no_second_path_beside_the_one_function_on_bytes() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(check_reply(ReplyToCheck(reply="x")))


def test_a_reply_in_free_words_keeps_an_emergency(small_app: ASGIApp) -> None:
    body = verdict(small_app, {"profile": EMERGENCY, "reply": GOOD})
    assert (body["kept"], body["verdict"], body["missing"], body["wrong"]) == (True, "send", [], [])
    assert body["must_say"] == answer(small_app, EMERGENCY)["must_say"]
    assert body["release"]["version"] == "1.0.0"
    assert body["understands"] == ["en"]
    assert "closing" not in body


def test_what_is_missing_is_told_with_a_closing_to_append(small_app: ASGIApp) -> None:
    body = verdict(small_app, {"profile": EMERGENCY, "reply": "Please call an ambulance now."})
    assert (body["kept"], body["verdict"]) == (False, "append_closing")
    assert [one["kind"] for one in body["missing"]] == ["number"]
    assert body["closing"] == "Mind: It is emergency. Act. Call 999."


def test_what_is_wrong_is_told_with_its_place_in_code_points(small_app: ASGIApp) -> None:
    reply = "\U0001f6a8 Call 999 now. It\u2019s nothing to worry about."
    body = verdict(small_app, {"profile": EMERGENCY, "reply": reply})
    assert (body["kept"], body["verdict"]) == (False, "say_instead")
    found = {one["kind"]: reply[one["start"] : one["end"]] for one in body["wrong"]}
    assert found["reassurance"] == "It\u2019s nothing to worry"
    assert body["closing"].startswith("Mind: ")


def test_while_questions_go_on_the_closing_asks_them(small_app: ASGIApp) -> None:
    body = verdict(small_app, {"profile": {"topic": "legs"}, "reply": "Please tell me about your day."})
    assert [one["kind"] for one in body["missing"]] == ["questions"]
    assert body["status"] == "ask"
    assert body["must_say"] == {"action": "Not known yet.", "ask": "Is any of this so?"}
    assert body["closing"].startswith("Mind: Not known yet. Is any of this so? 1) Is there gate?")
    assert verdict(small_app, {"profile": {"topic": "legs"}, "reply": "Are you pregnant?"})["kept"]


def test_more_than_the_answer_says_is_not_lowered_but_checked_again(small_app: ASGIApp) -> None:
    no = {"topic": "legs", "absent": ["gate", "pregnant"], "measurements": [{"finding": "age", "value": 40}]}
    reply = "Call 999 now. See a doctor if it gets worse."
    body = verdict(small_app, {"profile": {**no, "region": "GB"}, "reply": reply})
    assert body["verdict"] == "check_again"
    assert [one["kind"] for one in body["wrong"]] == ["graver_level"]
    assert "closing" not in body


PROFILES: list[Json] = [
    EMERGENCY,
    {"present": ["numb"]},
    {"topic": "legs"},
    {"measurements": [{"finding": "weeks", "value": 30}], "region": "GB"},
    {"topic": "legs", "unsure": ["numb", "weak"], "absent": ["pregnant"],
     "measurements": [{"finding": "age", "value": 40}]},
    {"topic": "legs", "absent": ["gate", "pregnant"], "measurements": [{"finding": "age", "value": 40}]},
]  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("reply", [GOOD, "You'll be fine, wait and see.", "See a doctor today. How old are you?"])
def test_an_answer_and_the_profile_behind_it_give_the_same_verdict(
    small_app: ASGIApp, profile: Json, reply: str
) -> None:
    by_answer = send(small_app, {"answer": answer(small_app, profile), "reply": reply})
    by_profile = send(small_app, {"profile": profile, "reply": reply})
    assert by_answer.status_code == 200, by_answer.text
    assert by_answer.content == by_profile.content


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"advice": {"level": "routine"}}, "/answer/advice"),
        ({"advice": {"level": "emergency"}}, "/answer/advice"),
        ({"advice": {"level": "emergency", "call": "112"}}, "/answer/advice"),
        ({"level": "soon"}, "/answer/worst_case"),
        ({"worst_case": "urgent"}, "/answer/worst_case"),
        ({"settled": False}, "/answer/settled"),
        ({"status": "ask", "settled": False}, "/answer/worst_case"),
        ({"status": "cannot_tell", "settled": False}, "/answer/worst_case"),
        ({"safety_net": {"call": "123456"}}, "/answer/safety_net"),
        ({"ask_next": {"findings": [{"id": "numb"}]}}, "/answer/ask_next"),
    ],
)
def test_an_answer_that_the_service_could_not_have_given_is_refused(
    small_app: ASGIApp, change: Json, pointer: str
) -> None:
    sent = {**answer(small_app, EMERGENCY), **change}
    body = problem(send(small_app, {"answer": sent, "reply": GOOD}), 422)
    assert (pointer, "not_our_answer") in [(one["pointer"], one["code"]) for one in body["errors"]]
    assert body["emergency"]


@pytest.mark.parametrize(
    "change",
    [
        {"ask_next": {"findings": [{"id": "numb"}, {"id": "numb"}]}},
        {"ask_next": {"findings": [{"id": MARKER}]}},
        {"ask_next": {"findings": [{"id": "old-numb"}]}},
        {"advice": {"level": "self_care"}},
    ],
)
def test_questions_that_are_never_asked_and_advice_that_is_never_given_are_refused(
    small_app: ASGIApp, change: Json
) -> None:
    sent = {**answer(small_app, {"topic": "legs"}), **change}
    body = problem(send(small_app, {"answer": sent, "reply": GOOD}), 422)
    assert {one["code"] for one in body["errors"]} == {"not_our_answer"}


def test_an_answer_without_advice_where_only_unsure_is_left_is_refused(small_app: ASGIApp) -> None:
    sent = answer(small_app, PROFILES[4])
    assert sent["status"] == "cannot_tell"
    for advice in ({}, {"advice": {"level": "self_care"}}):
        changed = {name: value for name, value in sent.items() if name != "advice"} | advice
        body = problem(send(small_app, {"answer": changed, "reply": GOOD}), 422)
        assert [one["pointer"] for one in body["errors"]] == ["/answer/advice"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"release": {"version": "9.9.9", "digest": "sha256:" + "0" * 64}}, "", "unknown_release"),
        ({"release": {"version": "1.0.0", "digest": "sha256:" + "0" * 64}}, "/answer/release", "other_release"),
        ({"language": "xx"}, "/answer/language", "unknown_language"),
        ({"level": MARKER}, "/answer/level", "wrong_type"),
    ],
)
def test_an_answer_of_another_release_or_language_is_refused(
    small_app: ASGIApp, change: Json, pointer: str, code: str
) -> None:
    sent = {**answer(small_app, EMERGENCY), **change}
    body = problem(send(small_app, {"answer": sent, "reply": GOOD}), 422)
    assert [(one["pointer"], one["code"]) for one in body["errors"]] == [(pointer, code)]


def test_of_an_answer_only_what_is_needed_is_read(small_app: ASGIApp) -> None:
    whole = answer(small_app, EMERGENCY)
    needed = ("status", "level", "worst_case", "settled", "advice", "safety_net", "release", "language")
    some = {name: whole[name] for name in needed}
    assert (
        send(small_app, {"answer": some, "reply": GOOD}).content
        == send(small_app, {"answer": {**whole, "new_field": MARKER}, "reply": GOOD}).content
    )
    for name in needed:
        less = {other: value for other, value in some.items() if other != name}
        problem(send(small_app, {"answer": less, "reply": GOOD}), 422)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"reply": GOOD}, "", "one_of"),
        ({"profile": EMERGENCY}, "/reply", "missing_field"),
        ({"profile": EMERGENCY, "reply": ""}, "/reply", "wrong_type"),
        ({"profile": EMERGENCY, "reply": 1}, "/reply", "wrong_type"),
        ({"profile": EMERGENCY, "reply": "x" * 60_001}, "/reply", "too_long"),
        ({"profile": EMERGENCY, "reply": GOOD, MARKER: 1}, "", "unknown_field"),
        ({"profile": {**EMERGENCY, MARKER: 1}, "reply": GOOD}, "/profile", "unknown_field"),
        ({"profile": {"present": [MARKER]}, "reply": GOOD}, "/profile/present/0", "unknown_finding"),
        ({"profile": {"region": "XX"}, "reply": GOOD}, "/profile/region", "unknown_region"),
        ({"profile": {"release": "1.0.0"}, "release": "1.0.0", "reply": GOOD}, "/release", "one_of"),
        ({"profile": EMERGENCY, "release": "9.9.9", "reply": GOOD}, "", "unknown_release"),
        ({"profile": {"release": "9.9.9"}, "reply": GOOD}, "", "unknown_release"),
    ],
)
def test_a_reply_that_cannot_be_checked_is_refused_with_a_pointer(
    small_app: ASGIApp, body: Json, pointer: str, code: str
) -> None:
    told = problem(send(small_app, body), 422)
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in told["errors"]]
    assert told["emergency"]
    assert GOOD not in json.dumps(told)


def test_an_answer_and_a_profile_at_once_are_refused_and_so_is_a_release_beside_an_answer(small_app: ASGIApp) -> None:
    found = answer(small_app, EMERGENCY)
    both = problem(send(small_app, {"answer": found, "profile": EMERGENCY, "reply": GOOD}), 422)
    assert both["errors"][0]["code"] == "one_of"
    named = problem(send(small_app, {"answer": found, "release": "1.0.0", "reply": GOOD}), 422)
    assert named["errors"][0]["pointer"] == "/release"


@pytest.mark.parametrize("content", [b"", b"{", b"[]x", b'{"reply": 1, "reply": 2}', b"\xff"])
def test_bytes_that_are_no_strict_json_are_refused(small_app: ASGIApp, content: bytes) -> None:
    sent = call(small_app, "POST", "/v1/reply-checks", content=content, headers={"Content-Type": "application/json"})
    assert problem(sent, 400)["emergency"]


def test_a_body_of_64_kib_is_taken_and_a_larger_one_is_not(small_app: ASGIApp) -> None:
    body = json.dumps({"profile": EMERGENCY, "reply": GOOD}).encode()
    headers = {"Content-Type": "application/json"}
    most = body + b" " * (MOST_BODY - len(body))
    assert call(small_app, "POST", "/v1/reply-checks", content=most, headers=headers).status_code == 200
    told = problem(call(small_app, "POST", "/v1/reply-checks", content=most + b" ", headers=headers), 413)
    assert "65536" in told["detail"]
    assert told["emergency"]
    smaller = call(small_app, "POST", "/v1/red-flag-checks", content=most, headers=headers)
    assert "16384" in problem(smaller, 413)["detail"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "", 405), ("POST", f"?{MARKER}=1", 422)])
def test_every_error_of_this_address_carries_the_emergency_line(
    small_app: ASGIApp, method: str, path: str, status: int
) -> None:
    assert problem(call(small_app, method, f"/v1/reply-checks{path}", json=EXAMPLE), status)["emergency"]
    assert problem(call(small_app, "POST", "/v1/reply-checks", content=b"x"), 415)["emergency"]


def test_no_answer_repeats_what_a_person_sent(small_app: ASGIApp) -> None:
    reply = f"Call 999 now, {MARKER}. You'll be fine {MARKER}!"
    sent = send(small_app, {"profile": EMERGENCY, "reply": reply})
    assert sent.status_code == 200
    assert MARKER not in sent.text
    assert "be fine" not in sent.text


def test_a_release_without_the_newer_phrases_still_checks_and_speaks(shipped_app: ASGIApp) -> None:
    profile = {"region": "GB", "present": ["saddle-numbness"], "release": "1.0.0"}
    found = answer(shipped_app, profile)
    assert found["must_say"]["action"] in found["say"]
    assert {one["kind"] for one in found["must_not_say"]} >= {"reassurance", "driving"}
    body = verdict(shipped_app, {"profile": profile, "reply": "Hm."})
    assert body["closing"] == found["must_say"]["action"]
    asked = answer(shipped_app, {"release": "1.0.0"})
    assert asked["ask_next"]["findings"][-1]["question"] in asked["say"]


def test_an_answer_of_a_recalled_release_is_refused_and_its_profile_is_checked_by_the_replacement(
    tmp_path: Path,
) -> None:
    library = recalled(tmp_path)
    before = library._replace(answering={version: one.edition for version, one in library.releases.items()})
    old = answer(app_of(before), {"present": ["here"], "release": "1.0.0"})
    app = app_of(library)
    told = problem(send(app, {"answer": old, "reply": GOOD}), 422)
    assert told["errors"][0]["code"] == "other_release"
    body = verdict(app, {"profile": {"present": ["here"]}, "release": "1.0.0", "reply": GOOD})
    assert (body["release"]["version"], body["release"]["recalled"]) == ("1.1.0", "1.0.0")


def recalled(directory: Path) -> Library:
    """A library of two releases of which the first is recalled as unsafe."""
    flags = [red_flag("here", "emergency", leaf("here"))]
    library_of(directory, documents([finding("here")], flags))
    releases = directory / "releases"
    freeze(load_draft(directory / "content"), "1.1.0", releases, NOW)
    recall = Recall(version="1.0.0", severity="unsafe", reason="Wrong.", recalled=NOW)
    point(read_ledger(releases), (recall,), NOW, releases, None)
    return load_library(releases)
