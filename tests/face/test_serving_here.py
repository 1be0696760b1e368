"""The server run in this process, from its start to the signal that stops it, alone and with workers."""

import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from api import cli, main
from api.releases.library import Library
from api.settings import Settings
from api.web import logs, stopping
from api.web.stopping import Workers, deafen, waiting
from tests.face.test_protocol import slow_front
from tests.face.test_server import free_port
from tests.face.wire import signalled, wait_until
from tests.mirror.publishing import publisher
from tests.mirror.test_serving import days_ago
from tests.mirror.upstreams import upstream_of

SIGNALS = [one for one in signal.Signals if one not in {signal.SIGKILL, signal.SIGSTOP}]


@pytest.fixture
def undisturbed() -> Iterator[None]:
    """Leave signals and the collection of garbage as they were."""
    held = {one: signal.getsignal(one) for one in SIGNALS}
    yield
    for one, handler in held.items():
        signal.signal(one, handler)
    gc.unfreeze()
    gc.enable()


@contextmanager
def stopped_once_ready(port: int) -> Iterator[list[str]]:
    """Send this process SIGTERM when a server of its own answers; give what that said."""
    said: list[str] = []

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            said.append(httpx.get(f"http://127.0.0.1:{port}/v1/topics").text)
        return bool(said)

    with signalled(signal.SIGTERM, answers):
        yield said


@pytest.mark.usefixtures("undisturbed")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_answers_until_it_is_told_to_stop(tmp_path: Path, workers: int) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    port, said = free_port(), list[str]()
    settings = Settings(releases=one.folder, port=port, workers=workers, log="off")
    with stopped_once_ready(port) as topics:
        main.serve(settings, said.append)
    assert "Legs of 1.0.0." in topics[-1]
    assert said == [f"Serving release 1.0.0 at http://127.0.0.1:{port} (documentation: /docs)"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")


@pytest.mark.usefixtures("undisturbed")
def test_the_command_that_serves_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(one.folder))
    monkeypatch.setenv("SLEEP_GUIDANCE_LOG", "off")
    port = free_port()
    with stopped_once_ready(port) as topics:
        assert cli.main(["serve", "--port", str(port)]) == 0
    assert "Legs of 1.0.0." in topics[-1]


@pytest.mark.usefixtures("undisturbed")
def test_a_server_that_follows_says_whom(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    port, said = free_port(), list[str]()
    with upstream_of(one.files()) as upstream, stopped_once_ready(port) as topics:
        settings = Settings(
            releases=tmp_path / "none", port=port, log="off", upstream=upstream.address, upstream_unsigned="follow",
            mirror=tmp_path / "mirror",
        )  # fmt: skip
        main.serve(settings, said.append)
    assert "Legs of 1.0.0." in topics[-1]
    assert said[1] == f"Following {upstream.address} without keys: nothing proves who wrote what it gives."


@pytest.mark.usefixtures("undisturbed")
def test_the_log_begins_in_the_process_that_serves_and_there_alone() -> None:
    def make() -> None:
        """Is never asked."""

    for settings in (Settings(log="json", workers=2), Settings(log="json")):
        assert logs.LOG.handlers == []
        main.Config(settings, make)  # type: ignore[arg-type]  # it makes nothing here
    writer = logs.LOG.handlers[0]
    assert isinstance(writer, logs.Writer)
    writer.stop()
    assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler


@pytest.mark.usefixtures("undisturbed")
def test_a_worker_makes_the_app_or_says_why_it_cannot(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    settings = Settings(releases=one.folder, metrics="off")
    assert main._load(settings).serving.library.latest.version == "1.0.0"  # noqa: SLF001 -- a worker is sent it
    (one.folder / "latest.json").write_bytes(b"{")
    with pytest.raises(SystemExit, match=r"A worker cannot start, another will be tried: latest\.json: The text"):
        main._load(settings)  # noqa: SLF001 -- as above


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells")
def test_it_is_told_whether_a_connection_waits_to_be_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not waiting([listening])
        with socket.create_connection(listening.getsockname()):
            wait_until(lambda: waiting([listening]))
            taken, _ = listening.accept()
            taken.close()
            assert not waiting([listening])
    deafen([listening])  # it is closed, which is as deaf as can be


@pytest.mark.usefixtures("undisturbed")
@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells")
def test_workers_are_stopped_when_nobody_waits_any_more_or_after_so_long(
    small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = uvicorn.Config(slow_front(small, 0), log_config=None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        workers = Workers(config, [listening])
        monkeypatch.setattr(stopping, "SETTLING", 2)
        workers.terminate_all()  # nobody waits
        with socket.create_server(("127.0.0.1", 0)) as other, socket.create_connection(other.getsockname()):
            wait_until(lambda: waiting([other]))
            workers.sockets = [other]
            monkeypatch.setattr(stopping, "PATIENCE", 5)
            workers.terminate_all()  # nobody takes who waits
            assert waiting([other])
