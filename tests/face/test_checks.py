"""The red-flag check over HTTP: what an answer holds in each status, the receipt, guidance, pinned and recalled."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from pydantic import MISSING
from starlette.types import ASGIApp

from api.content.loading import load_draft
from api.red_flags.checking import as_model, parse_profile
from api.red_flags.checking import check as check_profile
from api.releases.freezing import freeze, read_ledger
from api.releases.library import Library, load_library
from api.releases.pointing import point
from api.routes.checks import check_red_flags
from schemas.checks import CheckAnswer, Profile
from schemas.releases import Recall
from tests.builders import NOW, bundle_of, documents, edition_of, finding, leaf, red_flag, write
from tests.content.test_loading import good
from tests.face.calling import app_of, call, check

Json = Any


def answer(app: ASGIApp, profile: Json) -> Json:
    sent = check(app, profile)
    assert sent.status_code == 200, sent.text
    assert sent.headers["cache-control"] == "no-store"
    CheckAnswer.model_validate_json(sent.content, strict=True)
    return sent.json()


def test_there_is_no_second_path_beside_the_one_function_on_bytes() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(check_red_flags(Profile()))


def test_an_empty_profile_asks_and_advises_nothing(small_app: ASGIApp) -> None:
    body = answer(small_app, {"topic": "legs"})
    ends = (body["level"], body["worst_case"])
    assert (body["status"], body["settled"], ends) == ("ask", False, ("self_care", "emergency"))
    assert "advice" not in body
    assert "guidance" not in body
    assert "possible" not in body
    assert body["open"] == {"emergency": 1, "urgent": 2, "routine": 1}
    assert body["ask_next"]["could_raise_to"] == "emergency"
    assert [one["id"] for one in body["ask_next"]["findings"]] == ["gate", "pregnant", "age"]
    assert body["say"].startswith("Not known yet.")
    assert body["intended_use"] == "For tests only."


def test_an_emergency_is_settled_and_says_whom_to_call(small_app: ASGIApp) -> None:
    body = answer(small_app, {"present": ["numb"], "region": "GB"})
    assert (body["status"], body["level"]) == ("settled", "emergency")
    assert body["advice"] == {
        "level": "emergency", "rank": 4, "headline": "It is emergency.", "action": "Act.", "service": "A service",
        "call": "999",
    }  # fmt: skip
    assert body["matched"][0]["red_flag"] == "squeezed"
    assert body["matched"][0]["because"] == ["numb"]
    assert body["matched"][0]["sources"] == ["book"]
    assert "Call 999." in body["say"]
    assert "Because of the squeezed." in body["say"]
    assert body["open"] == {}
    assert "ask_next" not in body


@pytest.mark.parametrize("region", [{}, {"region": "FR"}])
def test_a_region_without_data_says_your_local_emergency_number(small_app: ASGIApp, region: Json) -> None:
    assert answer(small_app, {"present": ["numb"], **region})["advice"]["call"] == "your local emergency number"


def test_an_urgent_answer_advises_while_questions_go_on(small_app: ASGIApp) -> None:
    body = answer(small_app, {"measurements": [{"finding": "weeks", "value": 30}]})
    assert (body["status"], body["level"], body["worst_case"]) == ("ask", "urgent", "emergency")
    assert body["advice"]["level"] == "urgent"
    assert "call" not in body["advice"]
    assert "More to ask." in body["say"]
    assert body["matched"][0]["because"] == ["weeks"]


@pytest.mark.parametrize(("level", "advised"), [("routine", False), ("soon", False), ("urgent", True)])
def test_while_something_graver_is_still_asked_only_urgent_is_advised(level: str, advised: bool) -> None:  # noqa: FBT001
    flags = [red_flag("here", level, leaf("here")), red_flag("graver", "emergency", leaf("graver"))]
    edition = edition_of(bundle_of(documents([finding("here"), finding("graver")], flags)))
    found = as_model(check_profile(parse_profile(b'{"present": ["here"]}'), edition))
    assert (found.status, found.level, found.worst_case) == ("ask", level, "emergency")
    assert (found.advice is not MISSING) is advised


def test_unsure_answers_end_in_cannot_tell_and_the_graver_advice(small_app: ASGIApp) -> None:
    rest: Json = {"topic": "legs", "absent": ["pregnant"], "measurements": [{"finding": "age", "value": 40}]}
    body = answer(small_app, {"unsure": ["numb", "weak"], **rest, "include": ["possible"]})
    assert (body["status"], body["level"], body["worst_case"]) == ("cannot_tell", "self_care", "emergency")
    assert body["advice"]["level"] == "emergency"
    assert "Not ruled out: the squeezed and the mild." in body["say"]
    assert body["possible"][0] == {
        "red_flag": "squeezed", "level": "emergency", "title": "the squeezed", "missing": [],
        "unsure": ["numb", "weak"],
    }  # fmt: skip


def test_a_settled_self_care_answer_guides_reassures_and_ends_with_the_safety_net(small_app: ASGIApp) -> None:
    no = {"topic": "legs", "absent": ["gate", "pregnant"], "measurements": [{"finding": "age", "value": 40}]}
    body = answer(small_app, {**no, "region": "GB"})
    assert (body["status"], body["level"]) == ("settled", "self_care")
    signs = "Signs of squeezed. Signs of child. Signs of late. Signs of mild."
    assert body["say"].endswith(f"Call 999 if: {signs}.")
    assert [one["id"] for one in body["guidance"]["remedies"]] == ["rest"]
    assert body["guidance"]["withheld"] == body["guidance"]["check_first"] == []


def test_a_remedy_is_suggested_only_where_its_cautions_are_known_to_be_clear(
    shipped_app: ASGIApp,
) -> None:
    profile = {
        "topic": "leg-twitching",
        "absent": _all_no(shipped_app),
        "measurements": [{"finding": "age-years", "value": 40}],
    }
    body = answer(shipped_app, profile)
    assert (body["status"], body["level"]) == ("settled", "self_care")
    unclear = {one["remedy"]: one["findings"] for one in body["guidance"]["check_first"]}
    assert "heat-feeling-poor" in unclear["warm-bath"]
    assert "warm-bath" not in {one["id"] for one in body["guidance"]["remedies"]}
    told = answer(shipped_app, {**profile, "present": ["heat-feeling-poor"]})
    assert {one["remedy"]: one["because"] for one in told["guidance"]["withheld"]}["warm-bath"] == ["heat-feeling-poor"]


def _all_no(app: ASGIApp) -> list[str]:
    """Say no to every question an adult is asked."""
    denied: list[str] = []
    while True:
        body = answer(
            app, {"topic": "leg-twitching", "absent": denied, "measurements": [{"finding": "age-years", "value": 40}]}
        )
        if "ask_next" not in body:
            return denied
        denied += [one["id"] for one in body["ask_next"]["findings"]]


def test_causes_fit_what_is_present_and_self_care_reassures(shipped_app: ASGIApp) -> None:
    denied = [name for name in _all_no(shipped_app) if name != "leg-twitching"]
    jerks = ["jerks-frequent-four-weeks", "jerks-delay-sleep", "jerks-hurt-or-wake-partner"]
    body = answer(
        shipped_app,
        {
            "topic": "leg-twitching", "present": ["jerks-falling-asleep"], "absent": denied + jerks,
            "measurements": [{"finding": "age-years", "value": 40}],
        },
    )  # fmt: skip
    assert (body["status"], body["level"]) == ("settled", "self_care")
    assert "hypnic-jerks" in {cause["id"] for cause in body["guidance"]["causes"]}
    assert "occasional-jerks-at-sleep-onset" in {one["id"] for one in body["guidance"]["reassurance"]}


@pytest.mark.parametrize("never", ["clonazepam", "quinine", "iron-after-a-test"])
def test_what_is_not_self_care_is_never_suggested(shipped: Library, shipped_app: ASGIApp, never: str) -> None:
    remedy = shipped.newest().edition.texts["en"].remedies[never]
    assert remedy.use != "self_care"
    body = answer(
        shipped_app,
        {"absent": _all_no(shipped_app), "measurements": [{"finding": "age-years", "value": 40}]},
    )
    guidance = body["guidance"]
    named = {one["id"] for one in guidance["remedies"]} | {one["remedy"] for one in guidance["check_first"]}
    assert never not in named


def test_no_guidance_is_given_while_something_urgent_is_possible(small_app: ASGIApp) -> None:
    body = answer(small_app, {"absent": ["gate"], "measurements": [{"finding": "age", "value": 40}]})
    assert body["worst_case"] == "urgent"
    assert "guidance" not in body


def test_anyone_who_holds_the_parts_can_recompute_the_receipt(small_app: ASGIApp) -> None:
    profile: Json = {
        "topic": "legs", "region": "GB", "present": ["weak", "numb"], "absent": ["pregnant"], "unsure": [],
        "measurements": [{"finding": "age", "value": 34}],
    }  # fmt: skip
    body = answer(small_app, profile)
    parts = {
        "release": body["release"]["digest"],
        "topic": "legs",
        "profile": {name: sorted(profile[name]) for name in ("present", "absent", "unsure")}
        | {"measurements": profile["measurements"]},
        "decision": {
            "level": "emergency", "worst_case": "emergency", "settled": True, "advice": "emergency",
            "matched": sorted(one["red_flag"] for one in body["matched"]),
        },
    }  # fmt: skip
    assert body["receipt"] == "sha256:" + hashlib.sha256(rfc8785.dumps(parts)).hexdigest()
    again = answer(small_app, {**profile, "region": "FR", "present": ["numb", "weak"]})
    assert again["receipt"] == body["receipt"]


def test_a_receipt_holds_every_list_and_number_sorted_by_id(small_app: ASGIApp) -> None:
    numbers = [{"finding": "weeks", "value": 30}, {"finding": "age", "value": 34.5}]
    body = answer(small_app, {"absent": ["weak", "numb"], "unsure": ["gate", "arm-cold"], "measurements": numbers})
    parts = {
        "release": body["release"]["digest"],
        "profile": {
            "present": [], "absent": ["numb", "weak"], "unsure": ["arm-cold", "gate"], "measurements": numbers[::-1],
        },
        "decision": {
            "level": "urgent", "worst_case": "urgent", "settled": True, "advice": "urgent", "matched": ["late"],
        },
    }  # fmt: skip
    assert body["receipt"] == "sha256:" + hashlib.sha256(rfc8785.dumps(parts)).hexdigest()


def test_a_retired_finding_is_read_as_the_one_that_replaced_it(small_app: ASGIApp) -> None:
    body = answer(small_app, {"present": ["old-numb"]})
    assert body["level"] == "emergency"
    assert body["matched"][0]["because"] == ["numb"]


def test_a_reported_finding_is_named_as_it_was_given(small_app: ASGIApp) -> None:
    body = answer(small_app, {"present": ["weak"]})
    assert {one["red_flag"]: one["because"] for one in body["matched"]}["mild"] == ["weak"]


@pytest.fixture
def two_releases(tmp_path: Path) -> Callable[[list[Json]], Library]:
    """Two releases, of which recalls can be declared."""
    releases = tmp_path / "releases"
    releases.mkdir()
    files = good()
    freeze(load_draft(write(tmp_path / "one", files)), "1.0.0", releases, NOW)
    files["phrases.json"]["no_advice_yet"] = "Newer words."
    freeze(load_draft(write(tmp_path / "two", files)), "1.1.0", releases, NOW)

    def recalled(recalls: list[Json]) -> Library:
        said = tuple(Recall.model_validate({"recalled": NOW, **one}) for one in recalls)
        point(read_ledger(releases), said, NOW, releases, None)
        return load_library(releases)

    return recalled


def test_an_older_release_answers_itself_and_names_the_newest(two_releases: Callable[[list[Json]], Library]) -> None:
    app = app_of(two_releases([]))
    body = answer(app, {"release": "1.0.0"})
    assert (body["release"]["version"], body["release"]["superseded_by"]) == ("1.0.0", "1.1.0")
    assert body["say"].startswith("The newest is 1.1.0. Not known yet.")
    assert answer(app, {})["say"].startswith("Newer words.")
    listed = call(app, "GET", "/v1/releases").json()["items"]
    assert [one["version"] for one in listed] == ["1.1.0", "1.0.0"]
    assert call(app, "GET", "/v1/releases/latest").json()["version"] == "1.1.0"


@pytest.mark.parametrize("named", [{}, {"replacement": "1.1.0"}])
def test_a_release_recalled_as_unsafe_is_answered_by_its_replacement(
    two_releases: Callable[[list[Json]], Library], named: Json
) -> None:
    recall = {"version": "1.0.0", "severity": "unsafe", "reason": "Wrong.", **named}
    app = app_of(two_releases([recall]))
    body = answer(app, {"release": "1.0.0"})
    assert (body["release"]["version"], body["release"]["recalled"]) == ("1.1.0", "1.0.0")
    assert body["say"].startswith("1.0.0 was recalled. Newer words.")


def test_a_release_withdrawn_for_lesser_reasons_still_answers_itself(
    two_releases: Callable[[list[Json]], Library],
) -> None:
    recall = {"version": "1.0.0", "severity": "withdrawn", "reason": "Old."}
    assert answer(app_of(two_releases([recall])), {"release": "1.0.0"})["release"]["version"] == "1.0.0"
