"""Real servers that follow: newer releases are swapped in under load, what is old says so, nothing good is lost."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from api.cli import main
from api.releases.pointing import VALID_FOR
from tests.face.test_server import Server, start, stop
from tests.mirror.histories import held
from tests.mirror.misbehaving import status
from tests.mirror.publishing import Publisher, publisher
from tests.mirror.upstreams import upstream_of

Json = Any
PATIENCE = 60.0
"""Seconds after which a test gives up waiting for what must come."""


@contextmanager
def serving(**settings: object) -> Iterator[Server]:
    """A real server with settings, stopped at the end in good order."""
    server = start(**{f"SLEEP_GUIDANCE_{name.upper()}": str(value) for name, value in settings.items()})
    try:
        yield server
    finally:
        if server.process.poll() is None:
            _, err = stop(server)
            assert "Traceback" not in err


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what must come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def reference(server: Server) -> Json:
    answer = httpx.get(f"{server.address}/readyz")
    assert answer.status_code == 200
    return answer.json()["release"]


def serves(server: Server, version: str) -> Callable[[], bool]:
    return lambda: bool(reference(server)["version"] == version)


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def offered(server: Server, name: str) -> bytes:
    """A file as whoever mirrors this server gets it."""
    return httpx.get(f"{server.address}/releases/{name}").content


def trusted(one: Publisher) -> Path:
    """A file of the keys that somebody trusts from the beginning."""
    path = one.folder.parent / "trusted.json"
    path.write_text(one.keys().model_dump_json())
    return path


class Answers(NamedTuple):
    """What came back under load."""

    versions: list[str]
    """The release that each answer names."""
    wrong: list[str]
    """Every failure, and every answer whose words are not those of the release that it names."""


@contextmanager
def under_load(server: Server) -> Iterator[Answers]:
    """Send requests without pause from some threads."""
    answers, ended = Answers([], []), threading.Event()
    threads = [threading.Thread(target=_ask_until, args=(ended, server, number, answers)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _ask_until(ended: threading.Event, server: Server, number: int, answers: Answers) -> None:
    with httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        while not ended.is_set():
            try:
                if number:
                    answer, words = client.post("/v1/red-flag-checks", json={"topic": "legs"}), "Words of"
                else:
                    answer, words = client.get("/v1/topics/legs"), "Legs of"
            except httpx.HTTPError as error:
                answers.wrong.append(repr(error))
                continue
            version = answer.json()["release"]["version"] if answer.status_code == 200 else ""
            answers.versions.append(version)
            if f"{words} {version}." not in answer.text:
                answers.wrong.append(f"{answer.status_code} {answer.text[:500]}")


def test_newer_releases_are_swapped_in_under_load_without_dropping_or_mixing_a_request(tmp_path: Path) -> None:
    """A server follows a server; the keys are changed on the way. Nothing is shipped that the keys would prove."""
    one = publisher(tmp_path, now=days_ago(10)).release("1.0.0")
    keys, mirror = tmp_path / "keys.json", tmp_path / "mirror"
    with serving(releases=one.folder, log="off") as upstream:
        keys.write_bytes(httpx.get(f"{upstream.address}/.well-known/jwks.json").content)
        settings = {"upstream": upstream.address, "trusted_keys": keys, "mirror": mirror, "poll_seconds": 1}
        with serving(**settings, log="json") as server, under_load(server) as answers:
            assert reference(server)["version"] == "1.0.0"
            one = one.release("1.1.0")
            wait_until(serves(server, "1.1.0"))
            one, key = one.announce("release")
            one = one.sign_with(release=key).release("1.2.0").recall("1.0.0")
            wait_until(serves(server, "1.2.0"))
            wait_until(lambda: held(mirror, one.keys())["latest.json"] == one.files()["latest.json"])
            offered = httpx.get(f"{server.address}/releases/latest.json").content
            wait_until(
                lambda: httpx.get(f"{server.address}/releases/latest.json").content == one.files()["latest.json"]
            )
            assert offered
    assert answers.wrong == []
    assert len(answers.versions) > 100
    assert set(answers.versions) >= {"1.0.0", "1.1.0", "1.2.0"}


def test_a_server_says_that_it_is_stale_and_goes_on_answering_until_the_pointer_is_renewed(tmp_path: Path) -> None:
    one = publisher(tmp_path, now=days_ago(40)).release("1.0.0")
    with serving(releases=one.folder, trusted_keys=trusted(one), log="off") as server:
        assert reference(server)["stale"] is True
        one._replace(now=datetime.now(UTC) - VALID_FOR + timedelta(seconds=6)).refresh()
        wait_until(lambda: "stale" not in reference(server))
        wait_until(lambda: "stale" in reference(server))
        checked = httpx.post(f"{server.address}/v1/red-flag-checks", json={"present": ["numb"]})
        assert checked.status_code == 200
        assert checked.json()["release"]["stale"] is True
        assert checked.json()["advice"]["level"] == "emergency"
        read = httpx.get(f"{server.address}/v1/topics/legs?release=1.0.0").json()
        assert read["release"]["stale"] is True
        one._replace(now=datetime.now(UTC)).refresh()
        wait_until(lambda: "stale" not in reference(server))


def test_a_bad_folder_is_told_in_the_log_and_never_served(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(5)).release("1.0.0")
    with serving(releases=one.folder) as server:
        one.release("1.1.0")
        bundle = one.folder / "1.1.0" / "bundle.json"
        wait_until(serves(server, "1.1.0"))
        bundle.write_bytes(b"{}")
        one.later(timedelta(days=2)).refresh()
        written: list[str] = []
        assert server.process.stdout is not None
        while not any('"outcome": "refused"' in line for line in written):
            assert len(written) < 2000
            assert httpx.get(f"{server.address}/healthz").status_code == 200  # each request writes a line
            written.append(server.process.stdout.readline())
        assert '"reasons": ["1.1.0/bundle.json: its digest is not' in written[-1]
        assert reference(server)["version"] == "1.1.0"
        assert httpx.get(f"{server.address}/v1/releases/1.1.0/bundle").content != b"{}"


def test_an_upstream_that_is_dead_at_the_start_is_followed_when_it_comes(tmp_path: Path) -> None:
    shipped = publisher(tmp_path / "shipped", signed=False, now=days_ago(2)).release("7.0.0")
    one = publisher(tmp_path / "upstream", now=days_ago(10)).release("1.0.0")
    with upstream_of(one.files()) as upstream:
        upstream.faults[""] = status(503)
        settings = {"upstream": upstream.address, "mirror": tmp_path / "mirror", "poll_seconds": 1}
        with serving(**settings, releases=shipped.folder, upstream_unsigned="follow") as server:
            assert reference(server)["version"] == "7.0.0"
            wait_until(lambda: len(upstream.names()) > 0)
            upstream.faults.clear()
            wait_until(serves(server, "1.0.0"))
            upstream.faults[""] = status(503)
            wait_until(lambda: len(upstream.names()) > 2)
            assert reference(server)["version"] == "1.0.0"
            out, err = stop(server)
        assert f"Following {upstream.address} without keys: nothing proves who wrote what it gives." in err
        told = [line for line in out.splitlines() if '"event": "upstream"' in line]
        assert ['"outcome": "unreachable"' in told[0], '"outcome": "updated"' in told[1]] == [True, True]
        with serving(**settings, releases=shipped.folder, log="off") as server:
            assert reference(server)["version"] == "1.0.0"


def test_of_two_servers_on_one_folder_one_follows_and_the_other_takes_its_place(tmp_path: Path) -> None:
    one = publisher(tmp_path, now=days_ago(10)).release("1.0.0")
    with upstream_of(one.files()) as upstream:
        settings = {
            "upstream": upstream.address,
            "trusted_keys": trusted(one),
            "mirror": tmp_path / "mirror",
            "poll_seconds": 1,
            "log": "json",
        }
        with serving(**settings) as first, serving(**settings) as second:
            one = one.release("1.1.0")
            upstream.files = one.files()
            wait_until(serves(first, "1.1.0"))
            wait_until(serves(second, "1.1.0"))
            first.process.kill()
            first.process.communicate()
            one = one.release("1.2.0")
            upstream.files = one.files()
            wait_until(serves(second, "1.2.0"))
            out, _ = stop(second)
    assert "another process writes this folder" in out


def test_a_server_does_not_start_with_what_it_cannot_prove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(**settings: object) -> str:
        with monkeypatch.context() as own:
            for name, value in settings.items():
                own.setenv(f"SLEEP_GUIDANCE_{name.upper()}", str(value))
            assert main(["serve", "--port", "1"]) == 1
        return capsys.readouterr().err

    one = publisher(tmp_path, now=days_ago(10)).release("1.0.0")
    keys = trusted(one)
    assert "latest.signature: there is no signature" in refused(trusted_keys=keys)
    assert "trusted.json: the file is missing" in refused(trusted_keys=tmp_path / "none" / "trusted.json")
    follow = {"upstream": "http://127.0.0.1:1", "mirror": tmp_path / "mirror"}
    assert "no key is trusted" in refused(**follow)
    said = refused(**follow, trusted_keys=keys)
    assert "latest.signature: there is no signature" in said
    assert "http://127.0.0.1:1/releases/: keys.json: the upstream did not answer" in said
    assert "SLEEP_GUIDANCE_UPSTREAM: Value error, the upstream must be an https" in refused(upstream="example.org")


@pytest.fixture(autouse=True)
def no_settings_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings; these servers have only theirs."""
    for name in [name for name in os.environ if name.startswith("SLEEP_GUIDANCE_")]:
        monkeypatch.delenv(name)
