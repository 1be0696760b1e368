"""What the tests share: the shipped library and a small one, both real, both loaded once."""

from pathlib import Path

import pytest
from starlette.types import ASGIApp

from api.releases.library import Library, load_library
from api.settings import ROOT
from tests.builders import library_of
from tests.content.test_loading import good
from tests.face.calling import app_of
from tests.face.test_reads import translated


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The releases that the service ships."""
    return load_library(ROOT / "data" / "releases")


@pytest.fixture(scope="session")
def shipped_app(shipped: Library) -> ASGIApp:
    """The app as it is shipped."""
    return app_of(shipped)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A small content with every kind of item, frozen as 1.0.0."""
    return library_of(tmp_path_factory.mktemp("small"), good())


@pytest.fixture(scope="session")
def small_app(small: Library) -> ASGIApp:
    """The app with the small content."""
    return app_of(small)


@pytest.fixture(scope="session")
def bilingual_library(small: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small content in English and in a pseudo-language."""
    files = good() | translated(small.newest().bundle)
    files["manifest.json"]["languages"] = ["en", "eo"]
    return library_of(tmp_path_factory.mktemp("bilingual"), files)


@pytest.fixture(scope="session")
def draft() -> Path:
    """The draft that editors change."""
    return ROOT / "data" / "content"
