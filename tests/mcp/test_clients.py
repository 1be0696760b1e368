"""The example clients in docs/, run as a reader runs them, against the service started as users start it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from api.settings import ROOT
from tests.face.test_server import Server, start, stop

CLIENTS = {"interview_over_http.py": "", "interview_over_mcp.py": "/mcp"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = start()
    yield made
    stop(made)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("replies", "ends", "says"),
    [
        (["34", "no"], "[settled: self_care,", "You can look after this at home for now."),
        (["what?", "34", "yes"], "[settled: emergency,", "The number to call is 999."),
        (["not sure"], "[cannot_tell: emergency,", "could not be ruled out"),
    ],
)
def test_a_whole_conversation_is_held_until_nothing_is_left_to_ask(
    server: Server, client: str, replies: list[str], ends: str, says: str
) -> None:
    lines = "\n".join([*replies, *[replies[-1]] * 250])
    command = [sys.executable, str(ROOT / "docs" / client), f"{server.address}{CLIENTS[client]}", "GB"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=300)
    assert done.stderr == ""
    assert ends in done.stdout.splitlines()[-1]
    assert says in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
def test_an_example_is_shorter_than_sixty_lines(client: str) -> None:
    assert len((ROOT / "docs" / client).read_text().splitlines()) < 60
