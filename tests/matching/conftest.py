"""What the tests of matching share: the draft as an edition, with its index built once."""

from pathlib import Path

import pytest

from api.content.loading import load_draft
from api.red_flags.edition import Edition
from tests.builders import edition_of


@pytest.fixture(scope="session")
def edition(draft: Path) -> Edition:
    """The draft that editors change."""
    return edition_of(load_draft(draft))
