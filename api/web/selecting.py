"""Holds how the OpenAPI document is cut down to some calls, with only the schemas that these need."""

from collections.abc import Set as AbstractSet
from typing import Any, Final

Json = Any

CHATBOT: Final = frozenset(
    {
        "check_red_flags", "match_findings", "check_reply", "search_content", "list_topics", "get_topic",
        "list_findings", "get_finding", "list_levels", "list_regions", "get_region",
    }
)  # fmt: skip
"""The calls of a chatbot, by operation id; one that the document has not is passed over."""

_PREFIX: Final = "#/components/"


def selected(document: dict[str, Json], operations: AbstractSet[str]) -> dict[str, Json]:
    """Give the same document with some operations alone, and of their parameters those that say what is asked for.

    The headers by which copies are kept fresh are shared parameters; a model that calls a tool should fill in none.
    """
    paths = {
        path: kept
        for path, found in document["paths"].items()
        if (kept := {method: _bare(one) for method, one in found.items() if one.get("operationId") in operations})
    }
    needed = _needed(paths, document["components"])
    components = {
        kind: {name: part for name, part in parts.items() if kind == "securitySchemes" or (kind, name) in needed}
        for kind, parts in document["components"].items()
    }
    used = {tag for found in paths.values() for one in found.values() for tag in one["tags"]}
    tags = [tag for tag in document.get("tags", ()) if tag["name"] in used]
    return {**document, "paths": paths, "components": components, "tags": tags}


def _bare(operation: dict[str, Json]) -> dict[str, Json]:
    """Give an operation without its shared parameters."""
    own = [one for one in operation.get("parameters", ()) if "$ref" not in one]
    return {name: value for name, value in {**operation, "parameters": own}.items() if name != "parameters" or own}


def _needed(paths: Json, components: dict[str, Json]) -> set[tuple[str, str]]:
    """Find every component that some paths lead to."""
    needed: set[tuple[str, str]] = set()
    waiting: list[Json] = [paths]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                kind, _, name = reference.removeprefix(_PREFIX).partition("/")
                if (kind, name) not in needed:
                    needed.add((kind, name))
                    waiting.append(components[kind][name])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return needed
