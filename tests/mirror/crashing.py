"""Looks at an upstream again and again, each time in a child process that ends one step of the disk later.

Started by the tests as a program of its own, for it forks. It writes one line of JSON for each child.
"""

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

from api.releases.keyring import read_trusted
from tests.mirror.histories import held, look, plan

CHANGES: Final = frozenset({"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"})
"""The audit events by which a process changes a folder, besides opening a file to write."""
KILLED: Final = -signal.SIGKILL


def die_at(step: int) -> None:
    """Let this process be killed just before a step of the disk: a change, a write, or the wait until it lasts."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in CHANGES:
            sys.setprofile(profile if writes else None)  # it slows everything: only while a file is open for writing
            count()

    def profile(_frame: FrameType, event: str, called: Any) -> None:  # noqa: ANN401 -- whatever is called
        if event == "c_call" and called.__name__ in {"fsync", "write"}:
            count()

    sys.addaudithook(audit)


def grow_no_file_beyond(size: int) -> None:
    """Let no file of this process grow beyond some bytes: the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def child(spoil: Callable[[int], None], number: int, work: Callable[[], bool]) -> int:
    """Do work in a child process that is spoilt, and give its exit code: 0 done, 1 refused, -9 killed."""
    process = os.fork()
    if process == 0:
        spoil(number)
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(way: str, address: str, base: Path, keys: Path, now: datetime, numbers: range) -> None:
    """Spoil one look after the other, and tell what is held after each and after the look that follows it."""
    pinned = read_trusted(keys)
    of = plan(address, base.with_name("spoilt"), pinned, now)

    def digest(directory: Path) -> int:
        return hash(tuple(sorted(held(directory, pinned).items())))

    before = digest(base)
    for number in numbers:
        shutil.copytree(base, of.directory, symlinks=True)
        code = child(die_at if way == "kill" else grow_no_file_beyond, number, lambda: look(of).kind == "updated")
        between = digest(of.directory)
        left = sorted(path.name for path in of.directory.iterdir())
        told: dict[str, object] = {"code": code, "held": ["old", "new"][between != before], "left": left}
        if number % 3 == 0 or code != KILLED:
            told["then"] = look(of).kind
            told["end"] = ["old", "new"][digest(of.directory) != before]
            told["folders"] = sorted(path.name for path in of.directory.iterdir())
        print(json.dumps(told), flush=True)  # noqa: T201 -- this is a program
        shutil.rmtree(of.directory)
        if way == "kill" and code != KILLED:
            return


if __name__ == "__main__":
    main(
        sys.argv[1],
        sys.argv[2],
        Path(sys.argv[3]),
        Path(sys.argv[4]),
        datetime.fromisoformat(sys.argv[5]),
        range(*map(int, sys.argv[6:])),
    )
