"""Holds which sources an item cites, wherever inside it they are named."""

from collections.abc import Iterator

from schemas.words import Frozen


def citations(item: Frozen) -> Iterator[str]:
    """Give the ids of the sources that an item, or any part of it, cites."""
    for name in type(item).model_fields:
        value = getattr(item, name)
        if name == "citations":
            yield from value
        elif isinstance(value, Frozen):
            yield from citations(value)
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Frozen):
                    yield from citations(part)
