"""What the tests of /mcp share: the shipped app served over a real socket."""

from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp

from tests.mcp.calling import served


@pytest.fixture(scope="session")
def address(shipped_app: ASGIApp) -> Iterator[str]:
    """The address of the app as it is shipped, served by uvicorn."""
    with served(shipped_app) as found:
        yield found
