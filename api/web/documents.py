"""Holds the OpenAPI document as it is sent: whole, and cut down for tools. Describes nothing itself."""

import json
from typing import Any, NamedTuple

from api.web.selecting import CHATBOT, selected

Json = Any


class Documents(NamedTuple):
    """The bytes of both; what they were written from takes ten times the room and is not kept."""

    whole: bytes
    small: bytes
    """The calls that a chatbot needs, for tools that import no more than thirty."""


def write_documents(document: dict[str, Json]) -> Documents:
    """Write an OpenAPI document as it is sent."""
    whole = json.dumps(document, separators=(",", ":"))
    small = json.dumps(selected(document, CHATBOT), ensure_ascii=False, separators=(",", ":"))
    return Documents(whole.encode(), small.encode())
