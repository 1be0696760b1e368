"""The commands `mirror` and `verify`: what they do, what they say, how they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api.cli import main
from api.settings import ROOT
from tests.face.test_command_line import on_a_terminal
from tests.face.wire import signalled
from tests.mirror.histories import held
from tests.mirror.misbehaving import status
from tests.mirror.publishing import Publisher, publisher
from tests.mirror.test_serving import days_ago, trusted, wait_until
from tests.mirror.upstreams import Upstream, upstream_of


class Done(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands in this process, without settings but their own."""
    for name in [name for name in os.environ if name.startswith("SLEEP_GUIDANCE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: object) -> Done:
        capsys.readouterr()
        code = main([str(one) for one in arguments])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def one(tmp_path: Path) -> Publisher:
    return publisher(tmp_path, now=days_ago(10)).release("1.0.0")


@pytest.fixture
def upstream(one: Publisher) -> Iterator[Upstream]:
    with upstream_of(one.files()) as made:
        yield made


def test_an_upstream_is_mirrored_once_and_the_copy_can_be_verified(
    run: Run, tmp_path: Path, one: Publisher, upstream: Upstream
) -> None:
    keys, into = trusted(one), tmp_path / "mirror"
    mirror = ("mirror", upstream.address, "--into", into, "--keys", keys, "--once")
    done = run(*mirror)
    assert (done.code, done.out) == (0, f"Taken over. Release 1.0.0 is held in {into}/current.\n")
    assert f"Following {upstream.address}, as far as its releases are signed by trusted keys." in done.err
    assert run(*mirror).out == f"Nothing is new. Release 1.0.0 is held in {into}/current.\n"
    for directory in (into, into / "current", one.folder):
        verified = run("verify", directory, "--keys", keys)
        assert "Every signature is by a key that you trust." in verified.out
    upstream.faults[""] = status(500)
    failed = run(*mirror)
    assert (failed.code, failed.out.partition(".")[0]) == (1, "The upstream does not give what it should have")
    assert "keys.json: the upstream answered with status 500" in failed.err
    assert held(into, one.keys()) == {name: data for name, data in one.files().items() if "keys/" not in name}


def test_a_copy_can_be_verified_by_the_first_keys_after_they_have_changed_twice(
    run: Run, tmp_path: Path, one: Publisher, upstream: Upstream
) -> None:
    keys, into = trusted(one), tmp_path / "mirror"
    assert one.signers is not None
    old = one.signers.release
    for _ in range(2):
        one, key = one.announce("release")
        one = one.sign_with(release=key)
    one = one.retire(old).release("1.1.0")
    upstream.files = one.files()
    done = run("mirror", upstream.address, "--into", into, "--keys", keys, "--once")
    assert done.code == 0, done.err
    for directory in (into, one.folder):
        assert "Every signature is by a key that you trust." in run("verify", directory, "--keys", keys).out
    (into / "current" / "1.1.0" / "bundle.json").write_bytes(b"{}")
    assert run("verify", into, "--keys", keys).code == 1


def test_what_an_upstream_gives_wrongly_is_refused_with_its_reason(
    run: Run, tmp_path: Path, one: Publisher, upstream: Upstream
) -> None:
    upstream.files = {**one.files(), "1.0.0/bundle.json": b"{}"}
    done = run("mirror", upstream.address, "--into", tmp_path / "mirror", "--keys", trusted(one), "--once")
    assert done.code == 1
    assert "1.0.0/bundle.json: it ended after 2 of" in done.err
    assert done.out.endswith("Nothing is held yet.\n")


def test_unsigned_releases_are_followed_only_where_that_was_said(run: Run, tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(10)).release("1.0.0")
    with upstream_of(one.files()) as upstream:
        mirror = ("mirror", upstream.address, "--into", tmp_path / "mirror", "--once")
        refused = run(*mirror)
        assert refused.code == 1
        assert "no key is trusted: name a file of keys with --keys" in refused.err
        done = run(*mirror, "--unsigned")
        assert done.code == 0
        assert "without keys: nothing proves who wrote what it gives." in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("mirror",), "name the upstream: python -m api mirror https://example.org"),
        (
            ("mirror", "http://example.org"),
            "SLEEP_GUIDANCE_UPSTREAM: Value error, the upstream must be an https address",
        ),
        (
            ("mirror", "https://example.org", "--every", "0"),
            "SLEEP_GUIDANCE_POLL_SECONDS: Input should be",
        ),
        (("mirror", "https://example.org", "--keys", "none/keys.json"), "keys.json: the file is missing"),
    ],
)
def test_a_mirror_that_cannot_work_is_refused_with_a_reason(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = run(*arguments, "--into", tmp_path / "mirror")
    assert done.code == 1
    assert says in done.err


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_mirror_follows_until_it_is_stopped(
    tmp_path: Path, one: Publisher, upstream: Upstream, end: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "mirror", "--every", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "SLEEP_GUIDANCE_UPSTREAM": upstream.address,
            "SLEEP_GUIDANCE_TRUSTED_KEYS": str(trusted(one)),
            "SLEEP_GUIDANCE_MIRROR": str(tmp_path / "mirror"),
        },
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Taken over. Release 1.0.0 is held in")
    upstream.names()
    wait_until(lambda: len(upstream.asked) > 4)  # two looks that bring nothing new
    upstream.files = one.release("1.1.0").files()
    while not (line := process.stdout.readline()).startswith("Taken over. Release 1.1.0"):
        assert line.startswith("Nothing is new.")
    process.send_signal(end)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0
    assert err.endswith("Stopped. What was taken over stays.\n")


def test_a_mirror_that_is_stopped_in_this_process_says_so(
    run: Run, tmp_path: Path, one: Publisher, upstream: Upstream
) -> None:
    into = tmp_path / "mirror"
    before = signal.getsignal(signal.SIGTERM)
    upstream.names()
    try:
        with signalled(signal.SIGTERM, lambda: len(upstream.asked) > 10):
            done = run("mirror", upstream.address, "--into", into, "--keys", trusted(one), "--every", 1)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done.code == 0
    assert done.out.splitlines() == [
        f"Taken over. Release 1.0.0 is held in {into}/current.",
        f"Nothing is new. Release 1.0.0 is held in {into}/current.",
    ]
    assert done.err.endswith("Stopped. What was taken over stays.\n")


def test_the_way_of_a_bundle_is_shown_where_a_person_looks(tmp_path: Path, one: Publisher, upstream: Upstream) -> None:
    into = tmp_path / "mirror"
    seen = on_a_terminal("mirror", upstream.address, "--into", str(into), "--keys", str(trusted(one)), "--once")
    length = len(one.files()["1.0.0/bundle.json"])
    assert f"1.0.0/bundle.json [{'#' * 30}] {length}/{length}" in seen
    assert "Taken over." in seen


def test_a_copy_that_has_expired_says_so(run: Run, tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(40)).release("1.0.0")
    assert "latest.json has expired" in run("verify", one.folder).out
    with upstream_of(one.files()) as upstream:
        done = run("mirror", upstream.address, "--into", tmp_path / "mirror", "--unsigned", "--once")
    assert done.code == 1
    assert "latest.json#/expires: it has expired: the upstream stands still" in done.err
