"""Holds the fuzzing of the wire: drawn byte streams against the real server, and what must hold of every answer.

    python -m checks.wire [--streams N] [SEED ...]

Each stream goes to two servers: one that answers from its parser's callbacks what it can, and one where every request
goes the ordinary way, for its requests are counted. An honest request follows each. It ends with 1 where anything was
found, and says the seed and number by which the stream is drawn again: `--only NUMBER SEED`.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from checks.hearing import Answer, Heard, hear
from checks.server import served
from checks.streams import MARKER, PLAINS, Stream, draw

Book = Mapping[bytes, Answer]
LANES: Final = 24
"""How many streams are sent side by side, each on connections of its own."""
QUICK: Final = (0.001, 0.03)
SLOW: Final = (0.05, 1.0)
"""The client's pause between two parts, and how long it waits for an answer before it ends its half. Where two servers
differ they are asked again, slowly: what depends on how fast a client is, is no difference."""
PROBLEM: Final = b"application/problem+json"
FIRST_ERROR: Final = 400
TOO_SLOW: Final = 408
FAILURE: Final = 500
ENDS: Final = frozenset({400, 408, 413, 414, 431, 501})
"""The statuses with which the server itself ends a connection."""
COUNTED: Final = frozenset({b"ratelimit", b"ratelimit-policy", b"connection"})
"""What an answer says only on the ordinary way, or only where it comes to be the last."""
REQUEST: Final = re.compile(rb"HTTP/1\.[01]")


class Found:
    """What was found so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.counted: Counter[str] = Counter()
        self.faults: list[str] = []
        self.ids: Counter[bytes] = Counter()


def main() -> int:
    """Send the streams, and tell what was counted and found."""
    parser = argparse.ArgumentParser(description="Fuzz the wire.")
    parser.add_argument("--streams", type=int, default=2000, help="how many streams of each seed (2000)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="only this one of each seed")
    parser.add_argument("seeds", type=int, nargs="*", default=[1], help="seeds (1)")
    parsed = parser.parse_args()
    numbers = range(parsed.streams) if parsed.only is None else range(parsed.only, parsed.only + 1)
    began = time.monotonic()
    found = Found()
    with TemporaryDirectory() as name, ExitStack() as stack:
        logs = [Path(name) / "at-once.log", Path(name) / "ordinary.log"]
        files = [stack.enter_context(log.open("wb")) for log in logs]
        many = "1000000/second"
        addresses = [
            stack.enter_context(served(files[0], LOG="json")),
            stack.enter_context(served(files[1], LOG="json", QUOTA_READS=many, QUOTA_CHECKS=many)),
        ]
        asyncio.run(_send_all([(seed, number) for seed in parsed.seeds for number in numbers], addresses, found))
        pages = [httpx.get(f"{address}/metrics").text for address in addresses]
        stack.close()
        found.faults += _told([log.read_text() for log in logs], pages, found.ids)
    for fault in found.faults:
        print(fault)
    for seed in parsed.seeds if parsed.only is not None else ():
        print(draw(seed, parsed.only))
    print(", ".join(f"{name}: {count}" for name, count in sorted(found.counted.items())))
    print(f"{found.counted['streams']} streams, {time.monotonic() - began:.0f} s, {len(found.faults)} faults.")
    return 1 if found.faults else 0


async def _send_all(drawn: list[tuple[int, int]], addresses: list[str], found: Found) -> None:
    """Learn what every request is answered alone, then send all streams, some at a time."""
    ports = [int(address.rpartition(":")[2]) for address in addresses]
    book: dict[bytes, Answer] = {}
    for one in PLAINS:
        for port in ports:
            heard = await hear(port, Stream("honest", (one,), (one,), "half-closed"), *QUICK)
            if len(heard.answers) != 1 or (one in book and not _alike(book[one], heard.answers[0])):
                found.faults.append(f"{one!r} is not answered alike by both servers")
            book[one] = heard.answers[0]
    waiting = iter(drawn)

    async def lane() -> None:
        for seed, number in waiting:
            stream = draw(seed, number)
            faults = await _tried(stream, ports, book, found)
            found.faults += [f"--only {number} {seed}: {one}" for one in faults]

    async with asyncio.TaskGroup() as group:
        for _ in range(LANES):
            group.create_task(lane())


async def _tried(stream: Stream, ports: list[int], book: Book, found: Found) -> list[str]:
    """Send a stream to both servers, and an honest request behind it; give what is wrong with the answers."""
    heard = await asyncio.gather(*(hear(port, stream, *QUICK) for port in ports))
    if not _same(*heard):
        found.counted["asked again slowly"] += 1
        heard = await asyncio.gather(*(hear(port, stream, *SLOW) for port in ports))
    faults = [] if _same(*heard) else [f"the servers differ: {[_short(one) for one in heard]}"]
    honest = PLAINS[0]
    for port, one in zip(ports, heard, strict=True):
        faults += wrong(stream, one, book)
        after = await hear(port, Stream("honest", (honest,), (honest,), "half-closed"), *QUICK)
        if not after.answers or not _alike(after.answers[0], book[honest]):
            faults.append("an honest request that follows is not answered")
        found.ids.update(one.ids)
        found.counted.update({f"status {answer.status}": 1 for answer in one.answers})
        found.counted["answers"] += len(one.answers)
    found.counted.update(["streams", f"streams {stream.family}", f"streams {stream.ending}"])
    return faults


def wrong(stream: Stream, heard: Heard, book: Book) -> Iterator[str]:
    """Say what does not hold of the answers to one stream."""
    data, answers = stream.data(), heard.answers
    if heard.fault:
        yield heard.fault
    if stream.ending == "half-closed" and any(one.status == TOO_SLOW for one in answers):
        yield "a client that said all it had to say at once is called too slow"
    if MARKER.encode() in heard.raw.lower():
        yield "what was sent is repeated"
    if heard.interims > data.lower().count(b"100-continue"):
        yield "a client is told to go on that did not ask"
    yield from (f"a problem is not told as one: {one}" for one in answers if not _well_told(one))
    if stream.family == "mutated":
        yield from _out_of_place(data, answers, book)
        return
    meant = [book[one] for one in stream.plains]
    if not all(map(_alike, answers, meant)) or len(answers) < len(meant):
        yield f"it is not answered as each alone: {_short(heard)} for {[one.status for one in meant]}"
    more = answers[len(meant) :]
    if len(more) > (stream.family == "poisoned") or any(one.status not in ENDS for one in more):
        yield f"something is answered that nobody asked: {[one.status for one in more]}"


def _well_told(one: Answer) -> bool:
    """Tell whether an answer is no failure, and where it is an error, a problem of the same status.

    What speaks JSON-RPC is told of its errors in that, as the Model Context Protocol wants it.
    """
    if one.status < FIRST_ERROR:
        return True
    try:
        told = json.loads(one.body or "{}")
    except ValueError:
        return False
    if "jsonrpc" in told:
        return one.status < FAILURE and "error" in told
    same = told.get("status", 0 if one.body else one.status) == one.status
    return one.status != FAILURE and one.header(b"content-type") == PROBLEM and same


def _out_of_place(data: bytes, answers: tuple[Answer, ...], book: Book) -> Iterator[str]:
    """Say which answers no request of a mutated stream can have got, or not in this order."""
    if len(answers) > len(REQUEST.findall(data)) + 1:
        yield "there are more answers than requests"
    known = {one.header(b"etag"): asked.split(b" ")[1] for asked, one in book.items() if one.header(b"etag")}
    place = 0
    for one in answers:
        target = known.get(one.header(b"etag"))
        if target is not None:
            place = data.find(target, place) + 1
            if not place:
                yield f"{target!r} is answered where it was not asked"
                return


def _same(one: Heard, other: Heard) -> bool:
    """Tell whether two servers answered alike.

    What ends the connection is told behind the last answer only where none is under way that it could be taken for. Of
    a request with several faults the one is told that is seen first, and that hangs on when its pieces come.
    """
    if one.answers and len(one.answers) == len(other.answers):
        last = (one.answers[-1], other.answers[-1])
        others = all(map(_alike, one.answers[:-1], other.answers[:-1]))
        return others and (_alike(*last) or all(each.status >= FIRST_ERROR for each in last))
    shorter, longer = sorted((one.answers, other.answers), key=len)
    more = longer[len(shorter) :]
    return (
        all(map(_alike, shorter, longer))
        and (not more or bool(shorter))
        and len(more) <= 1
        and all(last.status in ENDS for last in more)
    )


def _alike(one: Answer, other: Answer) -> bool:
    mine, theirs = ({line for line in each.headers if line[0] not in COUNTED} for each in (one, other))
    return (one.status, mine, one.body) == (other.status, theirs, other.body)


def _short(heard: Heard) -> list[tuple[int, bytes]]:
    return [(one.status, one.header(b"etag")[:8]) for one in heard.answers]


def _told(logs: list[str], pages: list[str], ids: Counter[bytes]) -> Iterator[str]:
    """Say what is wrong with what the servers told of it all."""
    for name, texts in (("log", logs), ("metrics", pages)):
        if any(MARKER in text.lower() for text in texts):
            yield f"what was sent stands in the {name}"
    lines = [line for log in logs for line in log.splitlines() if line.startswith("{")]
    complaints = [line for log in logs for line in log.splitlines() if not line.startswith(("{", "Serving release"))]
    complaints += [line for line in lines if '"level": "info"' not in line]
    if complaints:
        yield f"a server complains: {complaints[:5]}"
    logged = Counter(json.loads(line)["request_id"].encode() for line in lines if '"request_id"' in line)
    if ids.most_common(1)[0][1] > 1 or logged.most_common(1)[0][1] > 1:
        yield "two answers have the same id"
    if missing := ids.keys() - logged.keys():
        yield f"{len(missing)} answers have no line in the log"


if __name__ == "__main__":
    sys.exit(main())
