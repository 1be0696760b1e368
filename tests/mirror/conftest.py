"""What the tests of the mirror share: one history of signed releases, and a count of the faults that were tried."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mirror.forging import HELD
from tests.mirror.histories import History, held, look, make_history, plan
from tests.mirror.upstreams import upstream_of

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


@pytest.fixture
def holding(history: History, held_before: Path, tmp_path: Path) -> Path:
    """The folder of a mirror that holds the older step."""
    del history
    return Path(shutil.copytree(held_before, tmp_path / "holding", symlinks=True))


@pytest.fixture(scope="session")
def held_before(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a mirror that holds the older step, for all to copy."""
    directory = tmp_path_factory.mktemp("held") / "mirror"
    before = history.steps[HELD]
    with upstream_of(before.files) as upstream:
        assert look(plan(upstream.address, directory, history.keys, before.now)).kind == "updated"
    assert held(directory, history.keys) == before.files
    return directory
