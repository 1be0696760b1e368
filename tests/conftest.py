"""What the tests share: the shipped library and a small one, both real, both loaded once."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from api.releases.library import Library, load_library
from api.settings import ROOT
from api.web.logs import LOG
from tests.builders import library_of
from tests.content.test_loading import good
from tests.face.calling import app_of
from tests.face.test_reads import translated
from tests.face.test_server import STARTED, stop


def pytest_configure() -> None:
    """Let an interrupt reach the commands that tests start: who starts tests in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    """Leave the log to the next test as it was: a test that starts it would have the next one's lines told twice."""
    yield
    LOG.handlers, LOG.propagate = [], True


@pytest.fixture(autouse=True)
def no_server_outlives_its_test() -> Iterator[None]:
    """End what a test that failed has left running, lest the next one is blamed; what it shares goes on."""
    before = len(STARTED)
    yield
    left, STARTED[before:] = STARTED[before:], []
    for server in left:
        if server.process.poll() is None:
            stop(server)


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many faults were tried on a mirror; each test of one holds that nothing wrong was served after it."""
    name = "faults tried on a mirror"
    reports = [report for report in terminalreporter.stats.get("passed", ()) if report.when == "call"]
    tried = sum(value for report in reports for key, value in report.user_properties if key == name)
    if tried:
        terminalreporter.write_line(f"{tried} {name}, wrong content served: 0")
