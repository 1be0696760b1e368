"""What the tests of the wire share."""

from collections.abc import Iterator

import pytest

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from tests.face.by_hand import Hand, Making, connections
from tests.face.wire import request


@pytest.fixture
def making() -> Iterator[Making]:
    """Give what makes a connection to a front, to be fed by hand."""
    with connections() as make:
        yield make


@pytest.fixture
def hand(making: Making, small: Library) -> Hand:
    """A connection to the app, where it has been asked for the levels once, so that they are kept."""
    made = making(create_app(small, Settings()))
    made.feed(request("GET", "/v1/levels"))
    made.rest()
    assert made.all_that_came().answer().status == 200
    return made
