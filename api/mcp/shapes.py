"""Holds what a tool is, and the shape of its arguments as JSON Schema that strict converters take. Answers nothing.

Strict means: every property is required, no object takes another, a reference stands alone, and there are no lengths,
patterns or ranges. So what may be left out over HTTP has a word here for "not known"; none of them can be an id, a
country or a language. Only one list of findings stands in all the tools together: a strict converter writes it out
wherever it is named, and a grammar that grows too large is refused.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING, BaseModel

from api.red_flags.edition import Edition
from api.red_flags.refusals import refused
from api.releases.library import Library
from schemas.words import Json

EVERY_TOPIC: Final = "every_topic"
UNKNOWN: Final = "unknown"
NOT_KNOWN: Final = (EVERY_TOPIC, UNKNOWN)
"""The words that stand for a text left out."""
MOST_TEXT: Final = 200
"""The most characters of a text."""


class Tool(NamedTuple):
    """A tool: what a model is told of it, the shape of its arguments, and what answers them.

    `answer` takes arguments that hold every list and nothing unknown, and gives the bytes of an `answer_model`.
    """

    name: str
    title: str
    description: str
    shape: Callable[[Edition], Json]
    answer_model: type[BaseModel]
    answer: Callable[[Json, Library], bytes]
    spoken: str = "say"
    """The field of the answer that the text of a result begins with."""


def arguments_of(properties: Json, definitions: Json | None = None) -> Json:
    """Give the schema of a tool's arguments."""
    shape = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return shape | ({"$defs": definitions} if definitions else {})


def list_of(item: Json, description: str) -> Json:
    """Give the schema of a list."""
    return {"type": "array", "items": item, "description": description}


def text(description: str) -> Json:
    """Give the schema of a text."""
    return {"type": "string", "description": description}


def one_of(values: Sequence[str], description: str) -> Json:
    """Give the schema of a text that is one of some; any text where there is nothing to choose from."""
    return text(description) | ({"enum": list(values)} if values else {})


def about(edition: Edition) -> Json:
    """Give the properties that every question about a person has: topic, region and language."""
    texts = edition.texts[edition.default_language]
    return {
        "topic": one_of(
            [*texts.topics, EVERY_TOPIC],
            f"What the person asks about; {EVERY_TOPIC} where that is not clear. Signs of danger are looked at anyway.",
        ),
        "region": one_of(
            [*texts.regions, UNKNOWN],
            "The country where the person is, for the number to call (ISO 3166-1); "
            f"{UNKNOWN} for any other country, and where it was not said. Never guess it.",
        ),
        "language": one_of(list(edition.texts), "The language to answer in."),
    }


def numbers(edition: Edition) -> tuple[list[str], str]:
    """Give the findings that are numbers, and their units and ranges in words."""
    every = edition.rules.views[""].readable
    texts = edition.texts[edition.default_language]
    found = [one for one in texts.findings.values() if one.kind == "number" and one.id in every]
    told = [
        f"{one.id}: {one.name}, {one.minimum:g} to {one.maximum:g}, at most {one.decimals} decimals"
        for one in found
        if one.minimum is not MISSING and one.maximum is not MISSING
    ]
    return [one.id for one in found], "; ".join(told)


def text_of(arguments: Json, name: str) -> str:
    """Read a text from a tool's arguments, "" where it is left out or not known.

    Raises:
        ProfileRefused: it is no text, or too long.

    """
    value = arguments.get(name)
    if value is None or value in NOT_KNOWN:
        return ""
    pointer = f"/{name}"
    if not isinstance(value, str):
        raise refused(pointer, "wrong_type", "It must be a text.")
    if len(value) > MOST_TEXT:
        raise refused(pointer, "too_long", f"It may have at most {MOST_TEXT} characters.")
    return value
