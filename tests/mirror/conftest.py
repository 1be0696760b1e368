"""What the tests of the mirror share: one history of signed releases, and a count of the faults that were tried."""

from collections.abc import Callable

import pytest

from tests.mirror.histories import History, make_history

Count = Callable[[int], None]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Six steps of one publisher: releases, a recall, a report, the change of a key."""
    return make_history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Count:
    """Counts faults that were tried on a mirror, for the line at the end of the run."""

    def count(faults: int) -> None:
        request.node.user_properties.append(("faults tried on a mirror", faults))

    return count
