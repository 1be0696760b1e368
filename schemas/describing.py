"""Holds how the text under a field becomes its description. It is read from the source, and only to write a schema.

pydantic can do so itself as it makes each class. That would take a tenth of the start of a service that may never be
asked for a schema.
"""

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Described(BaseModel):
    """A model whose schema says of each field what stands under it in the source, where the field says nothing else."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Write the schema, with a description of every field that has one."""
        written = handler(schema)
        properties = handler.resolve_ref_schema(written).get("properties", {})
        for name, field in cls.model_fields.items():
            text = None if field.description else _text(cls, name)
            if text is not None:
                key = field.alias if field.alias in properties else name
                properties[key] = {**properties[key], "description": text}  # what stood there may be another's too
        return written


def _text(model: type[BaseModel], field: str) -> str | None:
    """Give what stands under a field where it was last written."""
    owner = next(one for one in model.__mro__ if field in inspect.get_annotations(one))
    return _texts(owner.__module__).get(owner.__qualname__, {}).get(field)


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """Read what stands under the fields of every class of a module."""
    tree = ast.parse(Path(inspect.getfile(sys.modules[module])).read_bytes())
    return {
        one.name: {
            field.target.id: inspect.cleandoc(text.value.value)
            for field, text in pairwise(one.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        }
        for one in tree.body
        if isinstance(one, ast.ClassDef)
    }
