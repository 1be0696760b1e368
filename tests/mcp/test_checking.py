"""The check as a tool: the answer, bytes and receipt of the route, in both generations; a refusal says what to do."""

import asyncio
import json
import random
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp_types import CallToolResult
from starlette.types import ASGIApp

from api.app import make_routes
from api.mcp import door
from api.releases.library import Library
from api.settings import Settings
from api.web.problems import EMERGENCY
from tests.builders import documents, finding, leaf, library_of, red_flag
from tests.mcp.calling import GENERATIONS, NOTHING, call_tool, post, refused, served, talk, texts, tool_message

Json = Any
SEED = 20261122


def random_profile(library: Library, chance: random.Random) -> Json:
    """Some findings in each list; some of these profiles contradict themselves."""
    edition = library.edition(None)
    names = sorted(edition.rules.views[""].readable - {"age-years", "pregnancy-weeks"})
    picked = chance.sample(names, chance.randint(0, 12))
    profile: Json = {"present": [], "absent": [], "unsure": [], "measurements": []}
    for name in picked:
        profile[chance.choice(["present", "absent", "absent", "unsure"])].append(name)
    if chance.random() < 0.7:
        profile["measurements"].append({"finding": "age-years", "value": chance.choice([0.25, 8, 34, 71.5])})
    return profile


@pytest.mark.parametrize("mode", GENERATIONS)
def test_a_tool_answers_as_the_route_does_with_the_same_receipt(address: str, shipped: Library, mode: str) -> None:
    chance = random.Random(SEED)
    cases = [
        (random_profile(shipped, chance), chance.choice(["GB", "US", "unknown"]), chance.choice(["leg-twitching", ""]))
        for _ in range(40)
    ]
    answered = 0

    async def tell(client: Client) -> None:
        nonlocal answered
        async with httpx.AsyncClient(base_url=address) as over_http:
            for profile, region, topic in cases:
                body = {**profile, "language": "en"}
                body |= {"region": region} if region != "unknown" else {}
                body |= {"topic": topic} if topic else {}
                arguments = {**profile, "language": "en", "region": region, "topic": topic or "every_topic"}
                result = await client.call_tool("check_red_flags", arguments)
                answer = await over_http.post("/v1/red-flag-checks", json=body)
                if answer.status_code == 200:
                    answered += 1
                    assert result.is_error is False
                    assert json.dumps(result.structured_content) == json.dumps(answer.json())
                    assert texts(result) == [answer.json()["say"], answer.text]
                else:
                    assert result.is_error is True
                    assert all(fault["pointer"] in texts(result)[0] for fault in answer.json()["errors"])

    talk(address, mode, tell)
    assert answered > 10


@pytest.mark.parametrize("mode", GENERATIONS)
def test_a_contradiction_is_refused_with_what_to_take_out_and_then_accepted(address: str, mode: str) -> None:
    arguments = {
        **NOTHING, "region": "GB",
        "present": ["saddle-numbness"], "absent": ["chest-pain", "saddle-numbness", "saddle-or-bladder-signs"],
    }  # fmt: skip
    result = call_tool(address, mode, "check_red_flags", arguments)
    assert result.is_error is True
    (told,) = texts(result)
    assert "`absent`, entry 2 (/absent/1)" in told
    assert "`absent`, entry 3 (/absent/2)" in told
    assert "entry 1 " not in told
    assert "Take it out of `absent` and send the rest again" in told
    assert "saddle-numbness" not in told
    assert told.endswith(EMERGENCY)
    result = call_tool(address, mode, "check_red_flags", {**arguments, "absent": ["chest-pain"]})
    assert result.structured_content["advice"]["level"] == "emergency"
    assert "999" in texts(result)[0]


def test_a_list_that_is_left_out_is_refused_and_a_text_that_is_left_out_is_not_known(shipped_app: ASGIApp) -> None:
    told = refused(shipped_app, "check_red_flags", {"absent": [], "measurements": [], "topic": None})
    assert "`present`: The list is left out." in told
    assert "`unsure`: The list is left out." in told
    assert "`absent`" not in told
    lists = {name: NOTHING[name] for name in ("present", "absent", "unsure", "measurements")}
    answers = [
        post(shipped_app, tool_message("check_red_flags", arguments)).json()["result"]["structuredContent"]
        for arguments in (lists, {**lists, "topic": None, "region": None}, NOTHING)
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"present": "fever"}, "`present`: "),
        ({"present": None}, "`present`: "),
        ({"present": [5]}, "`present`, entry 1 (/present/0): "),
        ({"present": ["zqmarker"]}, "There is no finding of this id."),
        ({"present": ["fever", "fever"]}, "given more than once"),
        ({"present": ["age-years"]}, "give it in `measurements`"),
        ({"measurements": [{"finding": "age-years", "value": "zqmarker"}]}, "`measurements`, entry 1 "),
        ({"measurements": [{"finding": "age-years", "value": True}]}, "`measurements`, entry 1 "),
        ({"measurements": [{"finding": "age-years", "value": 999}]}, "from 0 to 120"),
        ({"zqmarker": 1}, "The arguments: An argument is given that the tool does not take."),
        ({"release": "1.0.0"}, "The arguments: An argument is given that the tool does not take."),
        ({"topic": "zqmarker"}, "`topic`: There is no topic of this id. The tool's schema names them all."),
        ({"topic": ["zqmarker"]}, "`topic`: It must be a text."),
        ({"region": "zqmarker" * 50}, "`region`: It may have at most 200 characters."),
        ({"region": "zq"}, "`region`: It must be the ISO 3166-1 code of a country"),
        ({"language": "zq"}, "`language`: The content has no such language. It has: en."),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words_for_a_model(shipped_app: ASGIApp, changed: Json, says: str) -> None:
    told = refused(shipped_app, "check_red_flags", {**NOTHING, **changed})
    assert told.startswith("Refused: nothing was checked")
    assert says in told
    assert told.endswith(EMERGENCY)
    for unwanted in ("zqmarker", "pydantic", "http", "/v1/", "GET "):
        assert unwanted not in told


def test_a_finding_outside_the_topic_is_refused_with_a_way_out(small_app: ASGIApp) -> None:
    told = refused(small_app, "check_red_flags", {**NOTHING, "topic": "legs", "present": ["arm-cold"]})
    assert "or give every_topic as `topic`" in told


def test_any_country_is_taken_though_only_those_with_a_number_are_named(shipped_app: ASGIApp) -> None:
    for region in ("AQ", "unknown"):
        arguments = {**NOTHING, "present": ["saddle-numbness"], "region": region}
        result = post(shipped_app, tool_message("check_red_flags", arguments)).json()["result"]
        assert result["structuredContent"]["advice"]["call"] == "your local emergency number"


@pytest.mark.parametrize("mode", GENERATIONS)
def test_fifty_calls_at_once_are_each_answered_for_themselves(address: str, mode: str) -> None:
    people = [{**NOTHING, "measurements": [{"finding": "age-years", "value": age}]} for age in range(50)]

    async def tell(client: Client) -> list[CallToolResult]:
        return list(await asyncio.gather(*(client.call_tool("check_red_flags", one) for one in people)))

    answers = talk(address, mode, tell)
    alone = [call_tool(address, mode, "check_red_flags", person) for person in people[::7]]
    receipts = [one.structured_content["receipt"] for one in answers]
    assert len(set(receipts)) == 50
    assert receipts[::7] == [one.structured_content["receipt"] for one in alone]


@pytest.mark.parametrize("mode", GENERATIONS)
def test_a_newer_library_is_seen_at_once_in_answers_and_in_the_schema(
    small: Library, tmp_path_factory: pytest.TempPathFactory, mode: str
) -> None:
    newer = library_of(
        tmp_path_factory.mktemp("newer"), documents([finding("swollen")], [red_flag("clot", "urgent", leaf("swollen"))])
    )
    app = make_routes(small)
    app.include_router(door.make_router(Settings()))

    async def look(client: Client) -> tuple[list[str], CallToolResult]:
        tools = (await client.list_tools()).tools
        check = next(one for one in tools if one.name == "check_red_flags")
        found = await client.call_tool("check_red_flags", {**NOTHING, "present": ["swollen"]})
        return check.input_schema["$defs"]["finding"]["enum"], found

    with served(app) as address:
        names, result = talk(address, mode, look)
        assert "numb" in names
        assert result.is_error is True
        app.state.library = newer
        names, result = talk(address, mode, look)
    assert names == ["swollen"]
    assert result.structured_content["release"]["digest"] == newer.latest.digest
