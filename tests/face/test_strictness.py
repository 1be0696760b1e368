"""The server as users start it, held to its limits: refused at once, at next to no cost, whoever keeps it waiting."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.content.strict_json import MOST_NESTING
from api.web.limits import LIMITS, MOST_BODY, MOST_HEAD, MOST_QUERY
from tests.face.test_server import Server, start, stop
from tests.face.wire import Answer, Wire, request

Json = Any
Recording = Callable[[str, object], None]
CHECK = "/v1/red-flag-checks"
KIND = "Content-Type: application/json"
CLIENTS = 200
"""How many clients of each kind keep the server waiting."""
LONGEST = 10.0
"""Seconds after which none of them may be left."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = start(SLEEP_GUIDANCE_LOG="off")
    yield made
    stop(made)


def port_of(server: Server) -> int:
    return int(server.address.rpartition(":")[2])


def ask(server: Server, data: bytes) -> Answer:
    wire = Wire(port_of(server))
    wire.send(data)
    answer = wire.answer()
    wire.socket.close()
    return answer


def post(server: Server, body: bytes, *headers: str) -> Answer:
    return ask(server, request("POST", CHECK, *(headers or (KIND,)), f"Content-Length: {len(body)}") + body)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def padded(size: int) -> bytes:
    return b"{" + b" " * (size - 2) + b"}"


def with_head_of(size: int) -> bytes:
    """A request whose address and headers count as so many bytes."""
    path = "/v1/levels"
    counted = len(path) + len("host") + len("test") + 4 + len("x") + 4
    return request("GET", path, "X: " + "x" * (size - counted))


def measured(value: str) -> bytes:
    return b'{"measurements": [{"finding": "age-years", "value": %b}]}' % value.encode()


def test_what_just_fits_is_taken_and_one_more_is_refused_at_once(server: Server) -> None:
    assert post(server, padded(MOST_BODY)).status == 200
    refused = [
        (413, post(server, padded(MOST_BODY + 1))),
        (413, ask(server, request("POST", CHECK, KIND, f"Content-Length: {MOST_BODY + 1}"))),
        (414, ask(server, request("GET", "/v1/levels?q=" + "x" * (MOST_QUERY - 1)))),
        (431, ask(server, with_head_of(MOST_HEAD + 1))),
        (400, post(server, nested(MOST_NESTING + 1))),
    ]
    assert ask(server, request("GET", "/v1/levels?q=" + "x" * (MOST_QUERY - 2))).status == 422
    assert ask(server, with_head_of(MOST_HEAD)).status == 200
    assert post(server, nested(MOST_NESTING)).status == 422
    for status, answer in refused:
        assert answer.status == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.body)["status"] == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"present": []}'.encode("utf-16"), "not_utf8"),
        (b'{"present": ["\xe9"]}', "not_utf8"),
        (b'{"present": [], "present": []}', "repeated_key"),
        (b'{"present": [], "pres\\u0065nt": []}', "repeated_key"),
        (measured('1, "value": 2'), "repeated_key"),
        (measured("NaN"), "not_a_number"),
        (measured("-Infinity"), "not_a_number"),
        (measured("1e999"), "not_a_number"),
        (b'{"present": ["\\ud83e"]}', "broken_text"),
        (b'{"\\udc00": []}', "broken_text"),
        (measured("01"), "not_json"),
        (measured("0x1"), "not_json"),
        (b"{'present': []}", "not_json"),
        (b'{"present": [],}', "not_json"),
        (b"{} {}", "not_json"),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read_at_all(server: Server, body: bytes, code: str) -> None:
    answer = post(server, body)
    assert answer.status == 400
    assert [one["code"] for one in json.loads(answer.body)["errors"]] == [code]
    assert json.loads(answer.body)["emergency"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("caf%C3%A9", 200), ("%F0%9F%A6%B5", 200), ("%ff", 400), ("caf%E9", 400), ("%ED%A0%80", 400), ("caf\xe9", 400)],
)
def test_a_query_is_text_in_utf8_or_refused(server: Server, query: str, status: int) -> None:
    answer = ask(server, request("GET", f"/v1/search?q={query}"))
    assert answer.status == status
    assert answer.headers["x-request-id"]


def test_a_whole_number_may_be_written_with_a_point_and_true_is_none(server: Server) -> None:
    whole, pointed = (json.loads(post(server, measured(value)).body) for value in ("29", "29.0"))
    assert whole == pointed
    weeks = measured("29.0").replace(b"age-years", b"pregnancy-weeks")
    assert post(server, weeks).status == 200, "it takes whole numbers alone"
    assert post(server, weeks.replace(b"29.0", b"29.5")).status == 422
    for value in ("true", "false", '"29"', "null", "[29]"):
        assert post(server, measured(value)).status == 422


def memory_of(server: Server) -> dict[str, int]:
    """What the kernel tells of a process's memory, in KiB."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return {name: int(value.split()[0]) for name, _, value in (one.partition(":") for one in lines) if "Vm" in name}


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak of a process anew")
@pytest.mark.parametrize("framing", [f"Content-Length: {100_000_000}", "Transfer-Encoding: chunked"])
def test_a_hundred_megabytes_cost_less_than_one(server: Server, framing: str, record_property: Recording) -> None:
    part = b"fff0\r\n" + b" " * 0xFFF0 + b"\r\n"

    def send_all() -> Answer:
        wire = Wire(port_of(server))
        wire.send(request("POST", CHECK, KIND, framing))
        assert wire.sends_at_most(100_000_000, part)
        wire.socket.close()
        return post(server, b"{}")

    for _ in range(3):  # what is needed once is there from here on
        assert send_all().status == 200
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    before = memory_of(server)["VmRSS"]
    assert send_all().status == 200
    cost = memory_of(server)["VmHWM"] - before
    record_property("KiB for 100 MB", cost)
    assert cost < 1024


async def keep_waiting(port: int, begun: bytes, drop: bytes) -> tuple[float, bytes]:
    """Begin a request and go on with it drop by drop; give how long that was suffered, and what was said of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    since, said = time.monotonic(), b""
    try:
        writer.write(begun)
        while True:
            try:
                async with asyncio.timeout(0.5):
                    data = await reader.read(4096)
            except TimeoutError:
                writer.write(drop)
                continue
            if not data:
                break
            said += data
    except ConnectionError:
        pass
    writer.close()
    return time.monotonic() - since, said


async def ask_honestly(port: int, ended: asyncio.Event) -> Counter[bytes]:
    """Read and check, each on a connection of its own, until the others are gone; give the statuses."""
    found: Counter[bytes] = Counter()
    asked = (
        request("GET", "/v1/levels", "Connection: close"),
        request("POST", CHECK, KIND, "Content-Length: 2", "Connection: close") + b"{}",
    )
    while not ended.is_set():
        for data in asked:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            found[(await reader.read())[9:12]] += 1
            writer.close()
        await asyncio.sleep(0.02)
    return found


async def besieged(port: int) -> tuple[dict[str, list[tuple[float, bytes]]], Counter[bytes]]:
    """Let six hundred clients keep a server waiting while others ask honestly; give what became of either."""
    head = f"GET /v1/levels HTTP/1.1\r\nHost: a\r\nX: {'x' * 100}".encode()
    kinds = {
        "slow heads": (head, b"x"),
        "slow bodies": (request("POST", CHECK, KIND, "Content-Length: 1000") + b"{", b" "),
        "idle": (b"", b""),
    }
    ended = asyncio.Event()
    honest = asyncio.create_task(ask_honestly(port, ended))
    async with asyncio.timeout(12 * LONGEST), asyncio.TaskGroup() as group:
        tasks = {
            name: [group.create_task(keep_waiting(port, *sent)) for _ in range(CLIENTS)] for name, sent in kinds.items()
        }
    ended.set()
    return {name: [task.result() for task in held] for name, held in tasks.items()}, await honest


def test_six_hundred_clients_who_keep_it_waiting_are_let_go_and_every_honest_one_is_answered(
    server: Server, record_property: Recording
) -> None:
    suffered, answered = asyncio.run(besieged(port_of(server)))
    longest = max(seconds for held in suffered.values() for seconds, _ in held)
    record_property("longest wait", longest)
    record_property("honest requests", answered.total())
    assert max(LIMITS["waiting"], LIMITS["head"], LIMITS["body"]) < LONGEST
    assert answered.keys() == {b"200"}
    assert answered.total() > 20, "they went on asking"
    for name, status in (("slow heads", b"408"), ("slow bodies", b"408"), ("idle", b"")):
        assert {said[9:12] for _, said in suffered[name]} == {status}, name
