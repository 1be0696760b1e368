"""Holds how the tests run on a mutant: the quick ones first, on few examples, none made smaller when it fails."""

from typing import Final

import pytest
from hypothesis import Phase, settings

MOST: Final = 50
"""The most examples of a property: where a mutant survives so many, a test that aims at it is missing."""
PLACE: Final = "_hypothesis_internal_use_settings"
"""Where hypothesis keeps the settings of a test; there is no other way to change those that a test names itself."""
SLOW: Final = frozenset({"draft", "shipped", "shipped_app"})
"""What takes seconds to load: the tests on it run last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in order and cut the properties short; the examples are the same each time."""
    items.sort(key=lambda item: not SLOW.isdisjoint(getattr(item, "fixturenames", ())))
    for item in items:
        test = getattr(item, "obj", None)
        had = getattr(test, PLACE, None)
        if isinstance(had, settings):
            short = settings(
                had,
                max_examples=min(had.max_examples, MOST),
                derandomize=True,
                database=None,
                phases=(Phase.explicit, Phase.generate),
            )
            setattr(test, PLACE, short)
