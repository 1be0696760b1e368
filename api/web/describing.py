"""Holds how the OpenAPI document is finished: problems, headers, conditions, quotas, keys and bounds.

Generated clients must be able to read it: nothing in it is null, and there is no choice between shapes.
"""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from api.web.limits import MOST_HEAD
from api.web.problem_kinds import KIND_OF, KINDS
from schemas.problems import Problem
from schemas.words import NO_CONTROL

Json = Any

LONGEST_TEXT: Final = 1_000_000
"""No text in an answer has more characters: a whole bundle of content has fewer bytes."""
MOST_ENTRIES: Final = 10_000
"""No list in an answer has more entries."""
LARGEST_NUMBER: Final = 2**31 - 1
"""No whole number in an answer is larger."""
LONGEST_HEADER: Final = 1000
"""No header of an answer has more characters."""
TAGS: Final = {
    "content": "Topics, causes, remedies, red flags, findings, sources, regions: cited, graded, from one release.",
    "check": "What is known of a person against the escalation criteria. Nothing is stored.",
    "releases": "What was published, and how a copy of it is kept right.",
    "service": "Whether the service lives and can answer.",
}
SERVER: Final = "The service that gives this document, local or in production."
ALWAYS: Final = frozenset({400, 401, 408, 414, 421, 422, 429, 431, 500})
"""The errors that any call can answer with."""
OF_NO_RELEASE: Final = frozenset({"list_changes", "get_release_feed", "get_keys"})
"""The reads about releases that come from no single one, by operation id; their answers link to none."""


class Header(NamedTuple):
    """A header of an answer: what it says, and of which form it is."""

    text: str
    form: str = NO_CONTROL


HEADERS: Final[Mapping[str, Header]] = {
    "Accept-Ranges": Header("A part of this can be asked for.", "^bytes$"),
    "Access-Control-Allow-Origin": Header("Given where web pages of other origins may call."),
    "Cache-Control": Header("For how long this may be kept, and by whom."),
    "Content-Language": Header("The language of the texts.", "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    "Content-Range": Header("Which bytes of how many there are.", r"^bytes (\d+-\d+|\*)/\d+$"),
    "Deprecation": Header("Given where the release or item is recalled: since when (RFC 9745).", r"^@\d+$"),
    "ETag": Header("Names exactly these bytes; send it as `If-None-Match` the next time.", '^"[0-9a-f]{32}"$'),
    "Link": Header("This document, the manifest of the release, its licence; of a recalled one what replaces it."),
    "RateLimit": Header("What is left of the quota, where one is set, as a structured field."),
    "RateLimit-Policy": Header("The quota, where one is set, as a structured field."),
    "Repr-Digest": Header(
        "The SHA-256 of the whole answer as it is coded (RFC 9530).", "^sha-256=:[A-Za-z0-9+/]{43}=:$"
    ),
    "Retry-After": Header("After how many seconds to try again.", "^[0-9]+$"),
    "Sunset": Header("Given where the release asked for is recalled as unsafe: since when (RFC 8594)."),
    "Vary": Header("The headers of a request by which this differs."),
    "WWW-Authenticate": Header("How to send a key."),
    "X-Request-ID": Header("Names the request in our log, which holds nothing that was sent.", "^[0-9a-f]{32}$"),
}
"""Every header that the document tells of, by name."""
WITH_ALL: Final = ("Access-Control-Allow-Origin", "Cache-Control", "RateLimit", "RateLimit-Policy", "X-Request-ID")
WITH_KEPT: Final = ("ETag", "Repr-Digest", "Accept-Ranges", "Vary")
WITH_RELEASE: Final = ("Link", "Deprecation", "Sunset")
WITH_PROBLEM: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    416: ("Content-Range",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
"""The headers that a problem has besides those of all problems."""

PARAMETERS: Final[Mapping[str, str]] = {
    "Accept-Language": "Which languages are understood; the best of the content's is given, or its default.",
    "If-Match": "The `ETag` of the state that is meant; where it is no longer the same nothing is sent.",
    "If-None-Match": "The `ETag` of what is held already; it is not sent again while it is the same.",
    "If-Range": "The `ETag` of what is held in part; where it is no longer the same the whole is sent.",
    "Range": "The part to send, such as `bytes=0-65535`; what cannot be read as one part is let go.",
}
"""The headers of a request that choose among answers. None is ever refused for what it says."""


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
        name: {"description": header.text, "schema": _header_schema(header.form)} for name, header in HEADERS.items()
    }
    components["parameters"] = {
        name: {"name": name, "in": "header", "description": text, "schema": _header_schema(NO_CONTROL, MOST_HEAD)}
        for name, text in PARAMETERS.items()
    }
    schemas = components["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem_schema.pop("$defs", {})
    schemas["Problem"] = problem_schema
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    for operation in operations:
        _describe_answers(operation)
    components["responses"] = {"not-modified": _answer("It is what you hold.", (*WITH_ALL, "ETag", "Vary"))} | {
        f"problem-{status}": _problem(int(status))
        for status in sorted({status for operation in operations for status in operation["responses"]})
        if int(status) >= HTTPStatus.BAD_REQUEST
    }
    for schema in _schemas(document):
        _bound(schema)
    return document


def _describe_answers(operation: dict[str, Json]) -> None:
    """Name all that an operation can answer with: its problems, the headers of its answer, and what they lead to."""
    answers = operation["responses"]
    statuses = {*ALWAYS, *(int(status) for status in answers if int(status) >= HTTPStatus.BAD_REQUEST)}
    told = [*WITH_ALL]
    asked: list[str] = []
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses.add(404)
    if "requestBody" in operation:
        statuses |= {413, 415}
    elif "service" not in operation["tags"]:
        statuses.add(406)
        told += WITH_KEPT
        asked.append("If-None-Match")
        answers["304"] = {"$ref": "#/components/responses/not-modified"}
    if "content" in operation["tags"]:
        told.append("Content-Language")
        asked.append("Accept-Language")
    if {"content", "releases"} & {*operation["tags"]} and operation["operationId"] not in OF_NO_RELEASE:
        told += WITH_RELEASE
    if "206" in answers:
        statuses |= {412, 416}
        asked += ("Range", "If-Range", "If-Match")
        part: dict[str, Json] = {media_type: {} for media_type in answers["200"]["content"]}
        answers["206"] = {**_answer("The part that was asked for.", (*told, "Content-Range")), "content": part}
    answers["200"]["headers"] = _headers(told)
    answers |= {str(status): {"$ref": f"#/components/responses/problem-{status}"} for status in statuses}
    operation["responses"] = dict(sorted(answers.items()))
    if asked:
        shared = [{"$ref": f"#/components/parameters/{name}"} for name in asked]
        operation["parameters"] = [*operation.get("parameters", ()), *shared]


def _problem(status: int) -> dict[str, Json]:
    body = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = (*WITH_ALL, "Content-Language", *WITH_PROBLEM.get(status, ()))
    return {**_answer(KINDS[KIND_OF.get(status, "failure")].title, told), "content": body}


def _answer(text: str, told: Iterable[str]) -> dict[str, Json]:
    return {"description": text, "headers": _headers(told)}


def _headers(names: Iterable[str]) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header_schema(form: str, longest: int = LONGEST_HEADER) -> dict[str, Json]:
    return {"type": "string", "maxLength": longest, "pattern": form}


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
