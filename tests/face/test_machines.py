"""For machines that read: llms.txt, Markdown where it is preferred, and a small OpenAPI document."""

import json
import re
from typing import Any

import pytest
from starlette.types import ASGIApp

from api.app import make_routes
from api.releases.library import Library
from tests.face.calling import call
from tests.face.test_openapi import operations, schemas

Json = Any
MARKDOWN = {"Accept": "text/markdown"}
PAGES = [
    "/v1/topics/leg-twitching", "/v1/causes/hypnic-jerks", "/v1/causes/neurasthenia", "/v1/remedies/warm-bath",
    "/v1/remedies/quinine", "/v1/red-flags/stroke-or-tia-now", "/v1/red-flags/restless-legs",
]  # fmt: skip


def addresses(text: str) -> set[str]:
    """Every address that a Markdown text links to."""
    return set(re.findall(r"\]\((/[^)]*)\)", text))


def test_llms_txt_says_what_this_is_how_to_use_it_and_where_everything_stands(shipped_app: ASGIApp) -> None:
    answer = call(shipped_app, "GET", "/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# Sleep Guidance API"
    assert lines[2].startswith("> ")
    assert "No clinician has reviewed the content." in lines[2]
    headings = [line for line in lines if line.startswith("#")]
    assert headings[1:] == ["## Calls", "## Topics", "## Descriptions", "## Optional"]
    assert all(
        re.fullmatch(r"- \[.+\]\(/\S+\): .+", line) for line in lines[lines.index("## Calls") :] if line[:1] == "-"
    )
    assert 'unanswered is never "no"' in answer.text
    for address in addresses(answer.text):
        taken = call(shipped_app, "OPTIONS", address.partition("?")[0])
        assert taken.status_code == 204, address
        if "GET" in taken.headers["allow"]:
            assert call(shipped_app, "GET", address).status_code in {200, 405}, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_markdown_says_first_what_it_is_not_and_links_only_to_what_is_there(
    shipped_app: ASGIApp, path: str
) -> None:
    answer = call(shipped_app, "GET", path, headers=MARKDOWN)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-language"] == "en"
    lines = answer.text.splitlines()
    assert lines[0].startswith("# ")
    assert "No clinician has reviewed it." in lines[2]
    assert "emergency" in lines[2]
    assert lines[4].startswith("Release ")
    body = call(shipped_app, "GET", path).json()
    item = body.get("item") or body["topic"]
    assert item["summary"] in answer.text.replace("\\", "")
    for address in sorted(addresses(answer.text))[:10]:
        assert call(shipped_app, "GET", address).status_code == 200, address


def test_a_topic_in_markdown_holds_every_cause_remedy_and_red_flag_gravest_first(shipped_app: ASGIApp) -> None:
    text = call(shipped_app, "GET", PAGES[0], headers=MARKDOWN).text
    body = call(shipped_app, "GET", PAGES[0]).json()
    for kind, folder in (
        ("causes", "causes"),
        ("remedies", "remedies"),
        ("red_flags", "red-flags"),
        ("sources", "sources"),
    ):
        assert {f"/v1/{folder}/{one['id']}" for one in body[kind]} <= addresses(text)
    places = [text.index(f"({level})") for level in ("emergency", "urgent", "soon", "routine")]
    assert places == sorted(places)


def test_what_would_be_markup_in_a_text_is_written_as_it_is(small_app: ASGIApp) -> None:
    text = call(small_app, "GET", "/v1/remedies/rest", headers=MARKDOWN).text
    assert "1. Lie down.\n2. Rest." in text
    assert "- Not if weak.\n- Take care." in text
    assert "<" not in text
    assert "## How" not in call(small_app, "GET", "/v1/causes/cold", headers=MARKDOWN).text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/markdown, application/json", "application/json"),
        ("text/markdown;q=0.5, application/json;q=0.6", "application/json"),
        ("text/markdown;q=0", "application/json"),
        ("text/markdown;q=x", "application/json"),
        ("image/png", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("TEXT/Markdown ; charset=utf-8 ; Q=1", "text/markdown; charset=utf-8"),
        ("text/markdown, */*;q=0.1", "text/markdown; charset=utf-8"),
        ("text/*, application/json;q=0.9", "text/markdown; charset=utf-8"),
        ("text/*;q=0.1, text/markdown;q=1, application/*;q=0.5", "text/markdown; charset=utf-8"),
        ("application/json;q=0.2, text/markdown;q=0.3", "text/markdown; charset=utf-8"),
    ],
)
def test_json_stands_unless_markdown_is_preferred(small_app: ASGIApp, accept: str | None, media_type: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = call(small_app, "GET", "/v1/topics/legs", headers=headers)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept-Encoding, Accept"


def test_an_answer_varies_only_by_what_was_looked_at(small_app: ASGIApp) -> None:
    assert call(small_app, "GET", "/v1/topics/legs").headers["vary"] == "Accept-Encoding, Accept"
    assert "vary" not in call(small_app, "GET", "/v1/topics").headers
    assert call(small_app, "GET", "/v1/topics/none", headers=MARKDOWN).headers["content-type"].endswith("problem+json")


def test_the_small_openapi_document_is_a_part_of_the_whole_one_and_stands_alone(
    shipped: Library, shipped_app: ASGIApp
) -> None:
    whole = json.loads(json.dumps(make_routes(shipped).openapi()))
    part = call(shipped_app, "GET", "/openapi-small.json").json()
    found = {one["operationId"] for _, _, one in operations(part)}
    assert len(found) < 30
    assert found >= {
        "check_red_flags", "match_findings", "search_content", "list_topics", "get_topic", "list_findings",
        "get_finding", "list_levels", "list_regions", "get_region",
    }  # fmt: skip
    for path, held in part["paths"].items():
        for method, one in held.items():
            own = [shared for shared in whole["paths"][path][method].get("parameters", ()) if "$ref" not in shared]
            assert one.get("parameters", []) == own
            assert {**one, "parameters": 0} == {**whole["paths"][path][method], "parameters": 0}
            assert 0 < len(one["description"]) <= 400
    for kind, held in part["components"].items():
        for name, one in held.items():
            assert one == whole["components"][kind][name]
    referred = {one["$ref"] for one in schemas(part) if "$ref" in one}
    assert {f"#/components/schemas/{name}" for name in part["components"]["schemas"]} <= referred
    for reference in referred:
        _, _, kind, name = reference.split("/")
        assert name in part["components"][kind]
    assert not any("oneOf" in one or "anyOf" in one or one.get("type") == "null" for one in schemas(part))


def test_every_call_of_the_small_document_has_an_example(shipped_app: ASGIApp) -> None:
    for _, path, one in operations(call(shipped_app, "GET", "/openapi-small.json").json()):
        body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
        parameters = [parameter["schema"].get("examples") for parameter in one.get("parameters", ())]
        assert body.get("examples") or any(parameters), path
