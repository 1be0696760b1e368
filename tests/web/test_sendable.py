"""Large bodies as files in memory: which have one, how long it lies there, and what is done where there can be none."""

import gc
import os
import resource

import pytest

from api.web import sendable
from api.web.sendable import LARGE, Sendables


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_a_large_body_lies_in_a_file_and_a_small_one_does_not() -> None:
    sendables, body = Sendables(), os.urandom(LARGE + 1)
    assert sendables.of(b"small", body[:LARGE]) is None
    held = sendables.of(b"large", body)
    assert held is not None
    assert os.pread(held.descriptor, len(body) + 1, 0) == body
    assert body.startswith(held.begin)
    assert sendables.of(b"large", body) is held


def test_the_file_goes_with_who_holds_it_last() -> None:
    sendables, body = Sendables(), os.urandom(LARGE + 1)
    held = sendables.of(b"large", body)
    assert held is not None
    descriptor = held.descriptor
    assert is_open(descriptor)
    del held
    gc.collect()
    assert not is_open(descriptor)


def test_files_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendable, "MOST_FILES", 3)
    sendables, body = Sendables(), os.urandom(LARGE + 1)
    held = [sendables.of(b"%d" % number, body) for number in range(5)]
    assert [one is not None for one in held] == [True] * 3 + [False] * 2
    held.clear()
    gc.collect()
    assert sendables.of(b"5", body) is not None


def test_where_no_descriptor_is_left_the_bytes_must_do() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        held = Sendables().of(b"large", os.urandom(LARGE + 1))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert held is None
