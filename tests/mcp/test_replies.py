"""The tool that holds a reply to the answer: the same verdict as over HTTP, and the check is run again for it."""

from typing import Any

import pytest
from starlette.types import ASGIApp

from tests.face.calling import call
from tests.mcp.calling import GENERATIONS, NOTHING, call_tool, post, refused, texts, tool_message

Json = Any
KNOWN: Json = {**NOTHING, "present": ["saddle-numbness"], "region": "GB"}
GOOD = "This could be serious. Please ring 999 right away, and do not drive yourself."
BAD = "There is nothing to worry about. Wait and see how it goes."


def verdict(app: ASGIApp, reply: str) -> Json:
    result = post(app, tool_message("check_reply", {**KNOWN, "reply": reply})).json()["result"]
    assert result["isError"] is False
    return result["structuredContent"]


@pytest.mark.parametrize("reply", [GOOD, BAD])
def test_the_verdict_is_the_one_that_is_given_over_http(shipped_app: ASGIApp, reply: str) -> None:
    profile = {"present": ["saddle-numbness"], "region": "GB", "language": "en"}
    plain = call(shipped_app, "POST", "/v1/reply-checks", json={"profile": profile, "reply": reply}).json()
    assert verdict(shipped_app, reply) == plain


def test_a_reply_that_reassures_beside_an_emergency_is_not_sent(shipped_app: ASGIApp) -> None:
    told = verdict(shipped_app, BAD)
    assert (told["kept"], told["verdict"]) == (False, "say_instead")
    assert "999" in told["closing"]
    assert verdict(shipped_app, GOOD)["wrong"] == []


@pytest.mark.parametrize("mode", GENERATIONS)
def test_the_client_takes_the_verdict(address: str, mode: str) -> None:
    result = call_tool(address, mode, "check_reply", {**KNOWN, "reply": BAD})
    assert result.is_error is False
    assert texts(result)[0] == "say_instead"


@pytest.mark.parametrize("reply", ["", 5, None])
def test_a_reply_that_is_none_is_refused(shipped_app: ASGIApp, reply: Json) -> None:
    told = refused(shipped_app, "check_reply", {**KNOWN, "reply": reply})
    assert "reply" in told


def test_a_long_reply_fits_into_a_call(shipped_app: ASGIApp) -> None:
    assert verdict(shipped_app, "Please ring 999 right away. " * 2000)["status"] == "settled"


def test_a_fault_of_the_profile_is_told_by_its_place_in_the_arguments(shipped_app: ASGIApp) -> None:
    told = refused(shipped_app, "check_reply", {**KNOWN, "absent": ["saddle-numbness"], "reply": GOOD})
    assert "`absent`, entry 1 (/absent/0)" in told
