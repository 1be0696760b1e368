"""Holds how the OpenAPI document is finished: errors, quotas, keys and bounds that hold of every call alike.

Generated clients must be able to read it: nothing in it is null, and there is no choice between shapes.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from api.web.problem_kinds import KIND_OF, KINDS
from schemas.problems import Problem

Json = Any

LONGEST_TEXT: Final = 1_000_000
"""No text in an answer has more characters: a whole bundle of content has fewer bytes."""
MOST_ENTRIES: Final = 10_000
"""No list in an answer has more entries."""
LARGEST_NUMBER: Final = 2**31 - 1
"""No whole number in an answer is larger."""
NO_CONTROL: Final = r"^[^\u0000-\u0008]*$"
"""What holds of every text that has no stricter form: there are no control characters in it."""

TAGS: Final = {
    "content": "Topics, causes, remedies, red flags, findings, sources, regions: cited, graded, from one release.",
    "check": "What is known of a person against the escalation criteria. Nothing is stored.",
    "releases": "What was published, and how a copy of it is kept right.",
    "service": "Whether the service lives and can answer.",
}
SERVER: Final = "The service that gives this document, local or in production."
ALWAYS: Final = (400, 401, 422, 429, 500)
"""The errors that any call can answer with."""
RETRY: Final = "Retry-After"
HEADERS: Final = {
    "Access-Control-Allow-Origin": "Given where web pages of other origins may call.",
    "RateLimit": "What is left of the quota, where one is set, as a structured field.",
    "RateLimit-Policy": "The quota, where one is set, as a structured field.",
    RETRY: "After how many seconds to try again.",
}


def describe(document: dict[str, Json]) -> dict[str, Json]:
    """Finish an OpenAPI document as the framework gives it."""
    document["info"] |= {
        "contact": {"name": "Sleep Guidance API"},
        "license": {"name": "Apache-2.0 (content: CC BY 4.0)", "identifier": "Apache-2.0"},
    }
    document["servers"] = [{"url": "/", "description": SERVER, "x-internal": False}]
    document["security"] = [{}, {"partner_key": []}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = document["components"]
    components["securitySchemes"] = {
        "partner_key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A partner's key, for a quota of their own. Nothing here needs one.",
        }
    }
    components["headers"] = {
        name: {"description": text, "schema": {"type": "string", "maxLength": 200, "pattern": NO_CONTROL}}
        for name, text in HEADERS.items()
    }
    schemas = components["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem_schema.pop("$defs", {})
    schemas["Problem"] = problem_schema
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"] |= _problem_responses(operation)
            for status, response in operation["responses"].items():
                named = [name for name in HEADERS if name != RETRY or status in {"429", "500"}]
                response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
    for schema in _schemas(document):
        _bound(schema)
    return document


def _problem_responses(operation: Mapping[str, Json]) -> dict[str, Json]:
    """Name the problems that an operation can answer with."""
    statuses = {*ALWAYS, *(int(status) for status in operation["responses"] if int(status) >= HTTPStatus.BAD_REQUEST)}
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses.add(404)
    if "requestBody" in operation:
        statuses |= {413, 415}
    body = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": KINDS[KIND_OF.get(status, "failure")].title, "content": body}
        for status in sorted(statuses)
    }


def _schemas(value: Json) -> Iterator[dict[str, Json]]:
    """Give every schema in a document: whatever says of which type it is."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value
        for part in value.values():
            yield from _schemas(part)
    elif isinstance(value, list):
        for part in value:
            yield from _schemas(part)


def _bound(schema: dict[str, Json]) -> None:
    """Say the bounds that hold of a schema which names none of its own."""
    if schema["type"] == "string" and not schema.keys() & {"enum", "const"}:
        schema.setdefault("maxLength", LONGEST_TEXT)
        if not schema.keys() & {"format", "pattern"}:
            schema["pattern"] = NO_CONTROL
    elif schema["type"] == "array":
        schema.setdefault("maxItems", MOST_ENTRIES)
    elif schema["type"] == "integer":
        schema.setdefault("format", "int32")
        schema.setdefault("minimum", -LARGEST_NUMBER - 1)
        schema.setdefault("maximum", LARGEST_NUMBER)
