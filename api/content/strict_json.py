"""Holds the one way JSON is read here: UTF-8 only, no key twice, no NaN, no broken characters.

`json.loads` and pydantic keep the last of two equal keys and drop the first: a reported symptom could vanish.
"""

import json
import re
from itertools import accumulate
from typing import Final, NoReturn

from schemas.words import Json

_TEXT: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A text with its quotes; one that does not end goes on to the end."""
_BRACKET: Final = re.compile(r"[\[{\]}]")
_MAYBE_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
MOST_NESTING: Final = 16
"""How many objects and lists may stand in one another."""


class NotStrictJson(ValueError):
    """The bytes are not JSON that can be read in one way only; `code` says why, `key` names a repeated key."""

    def __init__(self, code: str, detail: str, key: str = "") -> None:
        """Keep the code for machines, the sentence for people, and a repeated key for editors of content."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.key = key


def read_json(data: bytes) -> Json:
    """Read bytes as JSON.

    Raises:
        NotStrictJson: they are not UTF-8 or not JSON, a key stands twice in one object, a number is NaN, Infinity
            or too large, a character is half of a pair, or objects stand too deep in one another.

    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrictJson("not_utf8", "The text must be encoded as UTF-8.") from None
    if _deepest(text) > MOST_NESTING:
        raise NotStrictJson("too_deep", f"Objects and lists may stand at most {MOST_NESTING} deep in one another.")
    try:
        value = _DECODER.decode(text)
    except NotStrictJson:
        raise
    except ValueError:
        raise NotStrictJson("not_json", "The text is not JSON.") from None
    if _MAYBE_SURROGATE.search(text):
        _refuse_surrogates(value)
    return value


def _deepest(text: str) -> int:
    """Tell how deep objects and lists stand in one another; brackets inside texts do not count."""
    if text.count("[") + text.count("{") <= MOST_NESTING:
        return 0
    steps = [1 if bracket in "[{" else -1 for bracket in _BRACKET.findall(_TEXT.sub("", text))]
    return max(accumulate(steps, initial=0))


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrictJson("repeated_key", "A key stands twice in one object.", twice)
    return made


def _constant(_name: str) -> NoReturn:
    raise NotStrictJson("not_a_number", "NaN and Infinity are not numbers that can be used here.")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotStrictJson("not_a_number", "A number is too large.")
    return value


def _refuse_surrogates(value: Json) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise NotStrictJson("broken_text", "A text holds half of a character pair.") from None
    elif isinstance(value, dict):
        for name, part in value.items():
            _refuse_surrogates(name)
            _refuse_surrogates(part)
    elif isinstance(value, list):
        for part in value:
            _refuse_surrogates(part)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)
