"""The rules of the big vendors' strict tools, restated so that they can be held without calling anybody.

OpenAI: the guide "Structured model outputs", section "Supported schemas"
(https://platform.openai.com/docs/guides/structured-outputs#supported-schemas), and the limit of 1024 characters that
the API sets on a function's description. What its own converter does (`ensure_strict_json_schema` in openai-agents) is
to close objects and to require every property: on a schema that these rules pass it changes nothing.

Anthropic: "Structured outputs", sections "JSON Schema limitations" and "Schema complexity limits"
(https://platform.claude.com/docs/en/build-with-claude/structured-outputs). Its own converter (`transform_schema` in
anthropic) keeps the keywords named here and moves every other into the description.

Google: Gemini takes JSON Schema as `parametersJsonSchema`; an enumeration there may hold no empty text.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

Json = Any
NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
TYPES: Final = {"object", "array", "string", "number", "integer", "boolean", "null"}
KEYWORDS: Final = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "description", "$ref", "$defs",
}  # fmt: skip
"""The keywords that both vendors' converters leave as they are."""


def parts(schema: Json, depth: int = 1) -> Iterator[tuple[Json, int]]:
    """Walk every schema in a schema, with how deep it lies."""
    yield schema, depth
    for inner in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
        yield from parts(inner, depth + 1)
    if "items" in schema:
        yield from parts(schema["items"], depth + 1)


def common_faults(schema: Json) -> Iterator[str]:
    """What both vendors refuse."""
    if schema.get("type") != "object":
        yield "the root is no object"
    for one, _ in parts(schema):
        if one.keys() - KEYWORDS:
            yield f"unsupported keywords: {sorted(one.keys() - KEYWORDS)}"
        if "$ref" in one:
            yield from reference_faults(one, schema)
        elif not isinstance(one.get("type"), str) or one["type"] not in TYPES:
            yield "a schema has not one type: a union, or none"
        if one.get("type") == "object":
            yield from object_faults(one)
        if one.get("type") == "array" and "items" not in one:
            yield "a list does not say of what"
        if "enum" in one:
            yield from enumeration_faults(one["enum"])


def reference_faults(one: Json, schema: Json) -> Iterator[str]:
    """A reference stands alone and leads to a definition of the same schema."""
    if one.keys() != {"$ref"}:
        yield "a reference has a keyword beside it"
    if one["$ref"].removeprefix("#/$defs/") not in schema.get("$defs", {}):
        yield "a reference leads nowhere in this schema"


def object_faults(one: Json) -> Iterator[str]:
    """An object is closed, and each of its properties is required."""
    if one.get("additionalProperties") is not False:
        yield "an object takes properties that are not named"
    if set(one.get("required", ())) != set(one.get("properties", {})):
        yield "a property is not required"


def enumeration_faults(values: Json) -> Iterator[str]:
    """An enumeration holds texts that differ by more than capitals."""
    if not values or not all(isinstance(value, str) and value for value in values):
        yield "an enumeration is empty, or holds what is no text or an empty one"
    if len({value.lower() for value in values}) != len(values):
        yield "values of an enumeration differ by capitals alone"


def openai_faults(name: str, description: str, schema: Json) -> Iterator[str]:
    """What OpenAI refuses of one function."""
    yield from common_faults(schema)
    found = list(parts(schema))
    enumerations = [one["enum"] for one, _ in found if "enum" in one]
    names = [name for one, _ in found for name in (*one.get("properties", {}), *one.get("$defs", {}))]
    if not NAME.fullmatch(name):
        yield "the name"
    if len(description) > 1024:
        yield "the description is longer than 1024 characters"
    if sum(len(one.get("properties", {})) for one, _ in found) > 5000:
        yield "more than 5000 properties"
    if max(depth for _, depth in found) > 10:
        yield "more than 10 levels"
    if sum(map(len, names)) + sum(len(value) for values in enumerations for value in values) > 120_000:
        yield "more than 120,000 characters of names and values"
    if sum(map(len, enumerations)) > 1000:
        yield "more than 1000 values"
    if any(len(values) > 250 and sum(map(len, values)) > 15_000 for values in enumerations):
        yield "an enumeration of more than 250 values has more than 15,000 characters"


def anthropic_faults(tools: list[tuple[str, Json]]) -> Iterator[str]:
    """What Anthropic refuses of all tools of a request together."""
    if len(tools) > 20:
        yield "more than 20 strict tools"
    optional = unions = 0
    for name, schema in tools:
        if not NAME.fullmatch(name):
            yield "the name"
        yield from common_faults(schema)
        for one, _ in parts(schema):
            optional += len(one.get("properties", {})) - len(one.get("required", ()))
            unions += "anyOf" in one or isinstance(one.get("type"), list)
            if one.get("minItems", 0) not in {0, 1} or {"minimum", "maxLength", "pattern"} & one.keys():
                yield "a range, a length or a pattern"
    if optional > 24:
        yield "more than 24 optional parameters"
    if unions > 16:
        yield "more than 16 unions"
