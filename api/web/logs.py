"""Holds the log: one line of JSON a request, written by a thread of its own. Holds nothing that a person sent."""

import json
import logging
import queue
import sys
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
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


class JsonLines(logging.Formatter):
    """Writes each record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record's time, level, event and known fields; arguments and tracebacks are never written."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.msg,
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        return json.dumps(line)


def start(stream: TextIO = sys.stdout) -> QueueListener:
    """Send the log to a stream from a thread of its own; `stop()` of what is given writes what is left."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = QueueListener(waiting, handler)
    LOG.handlers = [_Unformatted(waiting)]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    listener.start()
    return listener


class _Unformatted(QueueHandler):
    """Hands records on as they are; the thread that writes formats them."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record
