"""The log's thread: whole lines however large they are together, and serving goes on where nobody reads them."""

import io
import json

from api.web import logs

KIND = logs.told("GET", "/v1/topics", 200, "1.0.0")


def wrote(lines: int, at_once: int) -> list[str]:
    """What was written, write by write."""
    writes: list[str] = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            writes.append(text)
            return len(text)

    writer = logs.start(Stream(), at_once)
    for number in range(lines):
        logs.WAITING.append((KIND, 1.0, 1.0 + number / 1000, b"%032x" % number))
    logs.LOG.error("failure", extra={"error": "E" * 5000})
    writer.stop()
    logs.LOG.handlers = []
    return writes


def test_lines_that_several_workers_write_are_written_whole_and_in_small_parts() -> None:
    writes = wrote(100, logs.TOGETHER)
    *small, large = writes
    assert all(len(text) <= logs.TOGETHER and text.endswith("\n") for text in small)
    assert len(large) > logs.TOGETHER
    lines = [json.loads(line) for line in "".join(writes).splitlines()]
    assert [line["request_id"] for line in lines[:-1]] == [f"{number:032x}" for number in range(100)]
    assert lines[-1]["event"] == "failure"


def test_lines_of_one_process_are_written_at_once() -> None:
    assert len(wrote(100, logs.ALONE)) == 1


def test_where_nobody_reads_the_log_serving_goes_on() -> None:
    stream = io.StringIO()
    writer = logs.start(stream)
    stream.close()
    logs.LOG.error("failure")
    writer.stop()
    logs.LOG.handlers = []
    assert not logs.WAITING
