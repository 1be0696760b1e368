"""Holds the log: one line of JSON a request, written by a thread of its own. Holds nothing that a person sent."""

import contextlib
import json
import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter, time
from typing import Final, TextIO

LOG: Final = logging.getLogger("sleep_guidance")
FIELDS: Final = (
    "method",
    "route",
    "status",
    "duration_ms",
    "release",
    "request_id",
    "error",
    "where",
    "outcome",
    "reasons",
)
"""The fields that a line may have besides its time, level and event."""
Served = tuple[str, float, float, bytes]
"""One request that was answered: what `told` gave, what `perf_counter` gave at its begin and at its end, its id. A
plain tuple, and no more than this, for it is made on the request's path."""
WAITING: Final[deque[Served | logging.LogRecord]] = deque(maxlen=20_000)
"""What waits to be written. Where nobody writes it, or the reader of the log stands still, the oldest are let go."""
PAUSE: Final = 0.1
"""Seconds between two looks at what waits."""
ALONE: Final = 64 * 1024
"""The most characters of one write where nobody else writes to the same stream."""
TOGETHER: Final = 4096
"""The most where several workers do: a pipe takes so many whole, so that their lines never mix."""


class Writer(logging.Handler):
    """Writes what waits, from a thread of its own."""

    def __init__(self, stream: TextIO, at_once: int) -> None:
        """Begin to write to a stream, at most so many characters at once."""
        super().__init__()
        self._stream = stream
        self._at_once = at_once
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        WAITING.append(record)

    def stop(self) -> None:
        """Write what is left, and end."""
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._ended.wait(PAUSE):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        since_1970 = time() - perf_counter()  # of what `perf_counter` gave, as the clock of the machine stands now
        lines = [_line(WAITING.popleft(), since_1970) for _ in range(len(WAITING))]
        for text in _together(lines, self._at_once):
            with contextlib.suppress(OSError, ValueError):  # nobody reads any more: serving goes on without a log
                self._stream.write(text)
                self._stream.flush()


def start(stream: TextIO = sys.stdout, at_once: int = ALONE) -> Writer:
    """Send the log to a stream from a thread of its own; `stop()` of what is given writes what is left."""
    WAITING.clear()
    writer = Writer(stream, at_once)
    LOG.handlers = [writer]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    return writer


def told(method: str, route: str, status: int, release: str) -> str:
    """Write what a line tells of a request's kind, and of the newest release; no part of it needs to be escaped."""
    return f'"method": "{method}", "route": "{route}", "status": {status}, "release": "{release}"'


def failed(error: Exception, request_id: str | None = None) -> None:
    """Tell of a failure of ours: its kind and the place in our code, not its message, which may hold what was sent."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.name}:{frame.lineno}"
    LOG.error("failure", extra={"error": type(error).__name__, "where": where, "request_id": request_id})


def _line(one: Served | logging.LogRecord, since_1970: float) -> str:
    """Write a line; of a record its time, level, event and known fields, never its arguments or traceback."""
    if isinstance(one, tuple):
        kind, began, ended, request_id = one
        return (
            f'{{"time": "{_stamp(int((ended + since_1970) * 1000))}", "level": "info", "event": "request", {kind}, '
            f'"duration_ms": {_milliseconds(int((ended - began) * 1000000))}, "request_id": "{request_id.decode()}"}}\n'
        )
    line = {"time": _stamp(int(one.created * 1000)), "level": one.levelname.lower(), "event": one.msg}
    line |= {name: value for name in FIELDS if (value := getattr(one, name, None)) is not None}
    return json.dumps(line) + "\n"


def _together(lines: Sequence[str], at_once: int) -> Iterator[str]:
    """Put lines together into texts of at most so many characters, or of one line."""
    first = size = 0
    for place, line in enumerate(lines):
        size += len(line)
        if size > at_once and place > first:
            yield "".join(lines[first:place])
            first, size = place, len(line)
    if lines:
        yield "".join(lines[first:])


@lru_cache(maxsize=16)
def _stamp(milliseconds: int) -> str:
    """Write a moment; many requests share one, and writing it costs more than the rest of their line."""
    second, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}+00:00"


@lru_cache(maxsize=1024)
def _milliseconds(microseconds: int) -> str:
    return f"{microseconds / 1000:.3f}"
