"""Holds the log: one line of JSON a request, written by a thread of its own. Holds nothing that a person sent."""

import contextlib
import json
import logging
import sys
import threading
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TextIO

LOG: Final = logging.getLogger("sleep_guidance")
FIELDS: Final = ("method", "route", "status", "duration_ms", "release", "request_id", "error", "where")
"""The fields that a line may have besides its time, level and event."""
MOST_WAITING: Final = 20_000
"""The most lines that wait to be written; where the reader of the log stands still, the oldest are let go."""
PAUSE: Final = 0.02
"""Seconds between two looks at what is to be written."""
AT_ONCE: Final = 4096
"""The most bytes of one write: a pipe takes so many whole, so that the lines of two workers never mix."""


class Served(NamedTuple):
    """One request that was answered: what its line tells. Made on the request's path, so as cheap as can be."""

    time: float
    """In seconds since 1970."""
    method: str
    route: str
    status: int
    duration: float
    """In seconds."""
    release: str
    request_id: str

    def line(self) -> str:
        """Give the line. Every part is one of our own words or numbers, so that nothing need be escaped."""
        return (
            f'{{"time": "{_stamp(self.time)}", "level": "info", "event": "request", "method": "{self.method}", '
            f'"route": "{self.route}", "status": {self.status}, "duration_ms": {self.duration * 1000:.3f}, '
            f'"release": "{self.release}", "request_id": "{self.request_id}"}}'
        )


class Writer(logging.Handler):
    """Takes records and requests, and writes them from a thread of its own."""

    def __init__(self, stream: TextIO) -> None:
        """Begin to write to a stream."""
        super().__init__()
        self._stream = stream
        self._waiting: deque[logging.LogRecord | Served] = deque(maxlen=MOST_WAITING)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()
        self.serve = self._waiting.append
        """Takes one request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        self._waiting.append(record)

    def stop(self) -> None:
        """Write what is left, and end."""
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._ended.wait(PAUSE):
            self._drain()
        self._drain()

    def _drain(self) -> None:
        text = ""
        while self._waiting:
            one = self._waiting.popleft()
            line = one.line() if isinstance(one, Served) else _line(one)
            if len(text) + len(line) >= AT_ONCE:
                self._put(text)
                text = ""
            text += line + "\n"
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            with contextlib.suppress(OSError, ValueError):  # nobody reads any more: serving goes on without a log
                self._stream.write(text)
                self._stream.flush()


def start(stream: TextIO = sys.stdout) -> Writer:
    """Send the log to a stream from a thread of its own; `stop()` of what is given writes what is left."""
    writer = Writer(stream)
    LOG.handlers = [writer]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    return writer


def served(one: Served) -> None:
    """Give a request to the log, where there is one."""
    for handler in LOG.handlers:
        if isinstance(handler, Writer):
            handler.serve(one)


def _line(record: logging.LogRecord) -> str:
    """Write a record's time, level, event and known fields; arguments and tracebacks are never written."""
    line = {"time": _stamp(record.created), "level": record.levelname.lower(), "event": record.msg}
    line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
    return json.dumps(line)


def _stamp(seconds: float) -> str:
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1000):03d}+00:00"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
