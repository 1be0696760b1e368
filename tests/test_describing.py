"""A schema says of each field what stands under it in the source, though that is read only when a schema is written."""

from typing import Annotated, Any

from pydantic import Field

from schemas.content import Caution, Reassurance
from schemas.describing import Described
from tests.face.test_start import said

Json = Any


class Named(Described):
    """A model with a field of every sort."""

    plain: int
    """What is plain.

    In two lines.
    """
    other_name: Annotated[str, Field(alias="from")]
    """Where it is from."""
    bare: int
    told: Annotated[int, Field(description="What the field itself says.")]
    """What stands under it."""
    again: int
    """What stood there first."""


class Below(Named):
    """A model that writes a field anew, and one without its text."""

    plain: int
    """What is plainer."""
    again: int


def told(model: type[Described], **how: Json) -> dict[str, str]:
    properties = model.model_json_schema(**how)["properties"]
    return {name: one["description"] for name, one in properties.items() if "description" in one}


def test_a_field_is_described_by_what_stands_under_it() -> None:
    assert told(Named) == {
        "plain": "What is plain.\n\nIn two lines.",
        "from": "Where it is from.",
        "told": "What the field itself says.",
        "again": "What stood there first.",
    }
    assert told(Named, by_alias=False)["other_name"] == "Where it is from."


def test_what_is_written_anew_is_described_by_what_stands_there() -> None:
    assert told(Below) == {
        "plain": "What is plainer.",
        "from": "Where it is from.",
        "told": "What the field itself says.",
    }


def test_a_model_within_a_function_is_written_without_descriptions() -> None:
    class Inner(Described):
        one: int
        """Not found."""

    assert told(Inner) == {}


def test_fields_of_one_type_have_each_its_own_description() -> None:
    class Both(Described):
        one: Caution
        other: Reassurance

    definitions = Both.model_json_schema()["$defs"]
    assert definitions["Reassurance"]["properties"]["when"]["description"] == "Shown where this criterion is present."
    assert definitions["Caution"]["properties"]["unsuitable_when"] == {"$ref": "#/$defs/Criterion"}


def test_no_source_is_read_before_a_schema_is_written() -> None:
    code = """
import schemas.checks, schemas.releases
from schemas.describing import _texts
print(_texts.cache_info().currsize)
schemas.releases.Bundle.model_json_schema()
print(_texts.cache_info().currsize > 1)
"""
    assert said(code) == ["0", "True"]
