"""What the tests of the wire share."""

from collections.abc import Iterator

import pytest

from tests.face.by_hand import Making, connections


@pytest.fixture
def making() -> Iterator[Making]:
    """Give what makes a connection to a front, to be fed by hand."""
    with connections() as make:
        yield make
