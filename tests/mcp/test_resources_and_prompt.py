"""What is read rather than called: resources with hints for caches, and the prompt that leads a conversation."""

import json
from typing import Any

import pytest
from mcp import Client
from mcp_types import (
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    TextContent,
    TextResourceContents,
)
from starlette.types import ASGIApp

from api.mcp import prompts
from tests.face.calling import call
from tests.mcp.calling import GENERATIONS, message, post, talk

Json = Any


def read(app: ASGIApp, address: str) -> Json:
    """Read a resource in the process."""
    (contents,) = post(app, message("resources/read", uri=address)).json()["result"]["contents"]
    assert (contents["uri"], contents["mimeType"]) == (address, "application/json")
    return json.loads(contents["text"])


@pytest.mark.parametrize("mode", GENERATIONS)
def test_topics_are_listed_and_read_and_may_be_kept_for_five_minutes_by_anybody(address: str, mode: str) -> None:
    async def tell(client: Client) -> tuple[ListResourcesResult, ListResourceTemplatesResult, Json, Json]:
        found = await client.read_resource("sleep-guidance://topics/leg-twitching")
        (contents,) = found.contents
        assert isinstance(contents, TextResourceContents)
        tools = await client.list_tools()
        caches = [(one.ttl_ms, one.cache_scope) for one in (found, tools)]
        return await client.list_resources(), await client.list_resource_templates(), json.loads(contents.text), caches

    listed, templates, topic, caches = talk(address, mode, tell)
    assert [one.uri for one in listed.resources] == [
        "sleep-guidance://topics/leg-twitching",
        "sleep-guidance://findings",
    ]
    assert all(one.description and one.mime_type == "application/json" for one in listed.resources)
    assert {one.uri_template.split("/")[2] for one in templates.resource_templates} == {
        "topics", "causes", "remedies", "red-flags", "findings",
    }  # fmt: skip
    assert topic["topic"]["id"] == "leg-twitching"
    if mode != "legacy":  # the older revisions have no such hints
        hints = [*caches, (listed.ttl_ms, listed.cache_scope), (templates.ttl_ms, templates.cache_scope)]
        assert hints == [(300_000, "public")] * 4


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [
        ("causes", "hypnic-jerks"),
        ("remedies", "warm-bath"),
        ("red-flags", "stroke-or-tia-now"),
        ("findings", "saddle-numbness"),
    ],
)
def test_an_item_is_read_as_the_route_gives_it(shipped_app: ASGIApp, kind: str, identifier: str) -> None:
    found = read(shipped_app, f"sleep-guidance://{kind}/{identifier}")
    assert found == call(shipped_app, "GET", f"/v1/{kind}/{identifier}").json()


def test_a_topic_names_its_causes_and_remedies_in_short(small_app: ASGIApp) -> None:
    found = read(small_app, "sleep-guidance://topics/arms")
    assert [(one["kind"], one["id"]) for one in found["items"]] == [("cause", "arm-cause"), ("remedy", "arm-remedy")]


def test_every_question_can_be_read_at_once(shipped_app: ASGIApp) -> None:
    found = read(shipped_app, "sleep-guidance://findings")
    listed = call(shipped_app, "GET", "/v1/findings").json()["items"]
    assert [(one["id"], one["question"]) for one in found["items"]] == [(one["id"], one["question"]) for one in listed]


@pytest.mark.parametrize(
    "address",
    [
        "sleep-guidance://topics", "sleep-guidance://topics/", "sleep-guidance://topics/x", "sleep-guidance://x/y",
        "sleep-guidance://causes/../topics/leg-twitching", "https://example.org", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_nothing_else_is_there_to_read(shipped_app: ASGIApp, address: str) -> None:
    error = post(shipped_app, message("resources/read", uri=address)).json()["error"]
    assert (error["code"], error["message"][:38]) == (-32602, "No resource has this address. resource")


@pytest.mark.parametrize("mode", GENERATIONS)
def test_one_prompt_leads_a_conversation(address: str, mode: str) -> None:
    async def tell(client: Client) -> tuple[ListPromptsResult, str, str]:
        found = []
        for arguments in (None, {"region": "GB"}):
            (spoken,) = (await client.get_prompt(prompts.PROMPT, arguments)).messages
            assert isinstance(spoken.content, TextContent)
            found.append(spoken.content.text)
        return await client.list_prompts(), found[0], found[1]

    listed, anywhere, here = talk(address, mode, tell)
    (prompt,) = listed.prompts
    assert prompt.description
    assert [one.required for one in prompt.arguments or []] in ([None], [False])
    for rule in (
        "Never infer it",
        "Unknown is never no",
        "`ask_next`",
        "Never reassure while `settled` is false",
        "`say`",
    ):
        assert rule in anywhere
    assert "Never guess it" in anywhere
    assert "country GB" in here


def test_a_region_that_is_no_country_is_refused(shipped_app: ASGIApp) -> None:
    body = message("prompts/get", name=prompts.PROMPT, arguments={"region": "zqmarker"})
    answer = post(shipped_app, body)
    assert "ISO 3166-1" in answer.json()["error"]["message"]
    assert "zqmarker" not in answer.text
