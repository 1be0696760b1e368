"""What a model is told of the tools: strict converters take it as it is, and it follows the release."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp_types import Tool
from starlette.types import ASGIApp

from api.mcp.catalogue import TOOLS
from api.releases.library import Library
from tests.builders import bundle_of, documents, edition_of, finding, leaf, red_flag
from tests.face.calling import call
from tests.mcp.calling import GENERATIONS, NOTHING, talk
from tests.mcp.strict import anthropic_faults, openai_faults

Json = Any
BOUNDS = {"maxLength", "maxItems", "pattern", "format", "minimum", "maximum"}


def listed(address: str, mode: str) -> list[Tool]:
    """Give the tools as the official client reads them."""

    async def tell(client: Client) -> list[Tool]:
        return (await client.list_tools()).tools

    return talk(address, mode, tell)


@pytest.mark.parametrize("mode", GENERATIONS)
def test_every_tool_is_read_only_idempotent_closed_and_described(address: str, mode: str) -> None:
    tools = listed(address, mode)
    assert [tool.name for tool in tools] == list(TOOLS)
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.idempotent_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.title
        assert tool.description
        assert tool.output_schema is not None
        for schema in (tool.input_schema, tool.output_schema):
            Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("mode", GENERATIONS)
def test_the_strict_converters_of_the_vendors_take_every_tool_unchanged(address: str, mode: str) -> None:
    tools = listed(address, mode)
    for tool in tools:
        assert list(openai_faults(tool.name, tool.description or "", tool.input_schema)) == []
    assert list(anthropic_faults([(tool.name, tool.input_schema) for tool in tools])) == []


BREAKS: dict[str, Callable[[Json], object]] = {
    "no object": lambda schema: schema.update(type="array"),
    "unsupported keywords": lambda schema: schema["properties"]["topic"].update(minLength=1),
    "keyword beside": lambda schema: schema["properties"]["present"]["items"].update(description="One."),
    "leads nowhere": lambda schema: schema["$defs"].clear(),
    "not one type": lambda schema: schema["properties"]["region"].update(type=["string", "null"]),
    "not named": lambda schema: schema.pop("additionalProperties"),
    "not required": lambda schema: schema["required"].remove("topic"),
    "of what": lambda schema: schema["properties"]["present"].pop("items"),
    "an empty one": lambda schema: schema["$defs"]["finding"]["enum"].append(""),
    "capitals alone": lambda schema: schema["$defs"]["finding"]["enum"].append("FEVER"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_each_rule_of_both_vendors_sees_a_breach(shipped: Library, fault: str) -> None:
    schema = copy.deepcopy(TOOLS["check_red_flags"].shape(shipped.edition(None)))
    BREAKS[fault](schema)
    assert any(fault in told for told in openai_faults("check", "", schema))
    assert any(fault in told for told in anthropic_faults([("check", schema)]))


def test_each_limit_sees_a_breach(shipped: Library) -> None:
    schema = copy.deepcopy(TOOLS["check_red_flags"].shape(shipped.edition(None)))
    schema["$defs"]["finding"]["enum"] = [f"{'x' * 120}{number}" for number in range(1001)]
    schema["properties"] |= {f"p{number}": {"type": "string"} for number in range(5001)}
    deep: Json = {"type": "string"}
    for _ in range(11):
        deep = {"type": "array", "items": deep}
    schema["properties"]["deep"] = deep
    told = list(openai_faults("a name", "x" * 1025, schema))
    for fault in ("the name", "1024", "5000", "10 levels", "120,000", "1000 values", "15,000"):
        assert any(fault in one for one in told)
    schema["properties"] |= {f"u{number}": {"type": ["string", "null"], "pattern": "x"} for number in range(17)}
    told = list(anthropic_faults([("a name", schema)] * 21))
    for fault in ("the name", "20 strict", "24 optional", "16 unions", "a length"):
        assert any(fault in one for one in told)


def test_the_check_takes_four_required_lists_with_one_list_of_findings(shipped: Library) -> None:
    shapes = {name: tool.shape(shipped.edition(None)) for name, tool in TOOLS.items()}
    check = shapes["check_red_flags"]
    for name in ("present", "absent", "unsure"):
        assert check["properties"][name]["items"] == {"$ref": "#/$defs/finding"}
    assert check["required"][:4] == ["present", "absent", "unsure", "measurements"]
    assert check["$defs"]["finding"]["enum"] == sorted(shipped.edition(None).rules.views[""].readable)
    assert check["properties"]["measurements"]["items"]["properties"]["finding"]["enum"] == [
        "age-years",
        "pregnancy-weeks",
    ]
    assert "$defs" not in shapes["list_questions"]
    assert "$defs" not in shapes["find_guidance"]
    Draft202012Validator(check).validate(NOTHING)


def test_words_for_not_known_are_no_id_country_or_language(shipped: Library) -> None:
    texts = shipped.edition(None).texts["en"]
    assert not {"every_topic", "unknown"} & {*texts.topics, *texts.regions, *texts.findings, "en"}


def test_a_content_without_numbers_has_a_shape_that_strict_converters_take() -> None:
    edition = edition_of(bundle_of(documents([finding("swollen")], [red_flag("clot", "urgent", leaf("swollen"))])))
    for tool in TOOLS.values():
        assert list(openai_faults(tool.name, tool.description, tool.shape(edition))) == []


def test_the_output_schema_of_the_check_is_the_answer_of_the_route(address: str, shipped_app: ASGIApp) -> None:
    components = call(shipped_app, "GET", "/openapi.json").json()["components"]["schemas"]
    tool = next(one for one in listed(address, "legacy") if one.name == "check_red_flags")
    assert tool.output_schema is not None
    definitions = {**tool.output_schema.pop("$defs"), "CheckAnswer": tool.output_schema}
    for name, schema in definitions.items():
        assert without_bounds(schema) == without_bounds(components[name])


def without_bounds(schema: Json) -> Json:
    """Leave out the bounds that the OpenAPI document adds, and write references as a schema of its own does."""
    if isinstance(schema, dict):
        return {name: without_bounds(part) for name, part in schema.items() if name not in BOUNDS}
    if isinstance(schema, list):
        return [without_bounds(part) for part in schema]
    return schema.replace("#/components/schemas/", "#/$defs/") if isinstance(schema, str) else schema
