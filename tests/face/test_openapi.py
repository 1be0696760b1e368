"""The OpenAPI document: committed, fit for generated clients, and every operation's example is sent."""

import json
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.types import ASGIApp

from api.app import make_routes
from api.releases.library import Library
from api.settings import ROOT
from api.web.front import ALWAYS
from tests.face.calling import call

Json = Any


@pytest.fixture(scope="module")
def document(shipped: Library) -> Json:
    return json.loads(json.dumps(make_routes(shipped).openapi()))


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [(method, path, one) for path, found in document["paths"].items() for method, one in found.items()]


def schemas(value: Json) -> list[Json]:
    """Every object inside a JSON value."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict) else []) + [found for part in inner for found in schemas(part)]


def test_the_committed_document_is_the_one_that_is_served(document: Json) -> None:
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text())
    assert committed == document, "a difference is a decision: `make openapi` writes it anew"


def test_nothing_in_it_breaks_generated_clients(document: Json) -> None:
    for one in schemas(document):
        assert one.get("type") != "null"
        assert "oneOf" not in one
        assert "anyOf" not in one
        assert not isinstance(one.get("type"), list)
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()


def test_operation_ids_are_the_names_of_functions_and_each_says_what_it_does(document: Json) -> None:
    found = [one["operationId"] for _, _, one in operations(document)]
    assert len(set(found)) == len(found)
    assert all(name.isidentifier() for name in found)
    assert all(one["description"].rstrip().endswith((".", '"')) for _, _, one in operations(document))


def resolved(document: Json, value: Json) -> Json:
    """What a reference leads to; anything else as it is."""
    while "$ref" in value:
        _, _, kind, name = value["$ref"].split("/")
        value = document["components"][kind][name]
    return value


def test_every_operation_names_its_problems(document: Json) -> None:
    for method, path, one in operations(document):
        told = {int(status) for status in one["responses"]}
        assert told >= {200, 400, 401, 408, 414, 421, 422, 429, 431, 500}
        assert (404 in told) == ("{" in path)
        assert ({413, 415} <= told) == (method == "post")
        assert ({304, 406} <= told) == (method == "get" and path not in {"/healthz", "/readyz"})
        for status in told - {200, 206, 304}:
            assert "application/problem+json" in resolved(document, one["responses"][str(status)])["content"]


def test_every_shared_part_is_used(document: Json) -> None:
    referred = {one["$ref"] for one in schemas(document) if "$ref" in one}
    for kind in ("headers", "parameters", "responses"):
        assert {f"#/components/{kind}/{name}" for name in document["components"][kind]} <= referred


def test_every_operation_takes_a_key_and_none_needs_one(document: Json) -> None:
    assert document["security"] == [{}, {"partner_key": []}]
    for _, _, one in operations(document):
        assert {"401", "429"} <= one["responses"].keys()
        for status, shared in one["responses"].items():
            response = resolved(document, shared)
            told = {"RateLimit", "RateLimit-Policy"} | ({"Retry-After"} if status == "429" else set())
            assert response["headers"].keys() >= told


ELSEWHERE = {"content-type", "content-length", "content-encoding", *(name.decode() for name, _ in ALWAYS)}
"""What OpenAPI tells in another way, and what every answer carries and no client looks at."""
AT_TIMES = {"access-control-allow-origin", "deprecation", "ratelimit", "ratelimit-policy", "sunset", "vary"}


def hold_to_headers(document: Json, response: Json, answer: httpx.Response) -> None:
    """Hold the headers of an answer to those that are described: each that is sent, each that is promised."""
    described = {name.lower(): resolved(document, header) for name, header in response["headers"].items()}
    assert answer.headers.keys() - described.keys() <= ELSEWHERE, answer.url
    assert described.keys() - answer.headers.keys() <= AT_TIMES, answer.url
    for name in described.keys() & answer.headers.keys():
        jsonschema.Draft202012Validator(described[name]["schema"]).validate(answer.headers[name])


def test_the_example_of_every_operation_is_answered(document: Json, shipped_app: ASGIApp) -> None:
    for method, path, one in operations(document):
        query: dict[str, str] = {}
        for parameter in (resolved(document, shared) for shared in one.get("parameters", ())):
            example = (parameter.get("examples") or parameter["schema"].get("examples") or [""])[0]
            if parameter["in"] == "path":
                assert example, (path, parameter["name"])
                path = path.replace("{" + parameter["name"] + "}", example)  # noqa: PLW2901
            elif example:
                query[parameter["name"]] = example
        body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
        more: Json = {"json": next(iter(body["examples"].values()))["value"]} if body else {}
        answer = call(shipped_app, method.upper(), path, params=query, **more)
        expected = 404 if path.endswith("/signature") else 200  # the shipped releases are not signed
        assert answer.status_code == expected, (path, answer.text)
        media_type = answer.headers["content-type"].partition(";")[0]
        response = resolved(document, one["responses"][str(expected)])
        hold_to_headers(document, response, answer)
        described = response["content"][media_type]
        if media_type.endswith("json"):
            schema = {**described["schema"], "components": document["components"]}
            jsonschema.Draft202012Validator(schema).validate(answer.json())
