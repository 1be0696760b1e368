"""Holds how the answers to a byte stream are heard: a bare client, and h11, which shares nothing with our parser."""

import asyncio
from contextlib import suppress
from typing import Final, NamedTuple

import h11

from checks.streams import Stream

LONGEST: Final = 20.0
"""Seconds after which the server must have ended whatever connection; no deadline of its own is longer than half."""
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
WITHOUT_BODY: Final = frozenset({204, 304})


class Answer(NamedTuple):
    """One answer, without what no two answers share."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> bytes:
        """Give a header, empty where there is none."""
        return dict(self.headers).get(name, b"")


class Heard(NamedTuple):
    """What came back on one connection."""

    answers: tuple[Answer, ...]
    interims: int
    """How many times the client was told to go on."""
    ids: tuple[bytes, ...]
    """The names of the answers in the log."""
    raw: bytes
    fault: str
    """What is wrong with it as HTTP, or how it ended; empty where nothing is."""


class _Client(asyncio.Protocol):
    """Keeps whatever comes, even where the connection is reset behind it."""

    def __init__(self) -> None:
        self.raw = bytearray()
        self.news = asyncio.Event()
        self.over = False

    def data_received(self, data: bytes) -> None:
        self.raw += data
        self.news.set()

    def eof_received(self) -> None:
        self.over = True
        self.news.set()

    def connection_lost(self, _why: Exception | None) -> None:
        self.eof_received()


async def hear(port: int, stream: Stream, pause: float, patience: float) -> Heard:
    """Send a stream and give all that comes back until the server ends the connection.

    Between two parts the client waits for `pause` seconds. Behind the last it ends its own half, if it does, as soon as
    nothing has come for `patience` seconds.
    """
    transport, client = await asyncio.get_running_loop().create_connection(_Client, "127.0.0.1", port)
    waits = stream.ending == "half-closed"
    fault = ""
    for part in stream.parts:
        if not transport.is_closing():
            transport.write(part)
            await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(LONGEST):
            while not client.over:
                client.news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(client.news.wait(), patience if waits else None)
                if waits and not client.news.is_set() and not transport.is_closing():
                    waits = False
                    transport.write_eof()
    except TimeoutError:
        fault = f"the server holds the connection for more than {LONGEST:.0f} seconds"
    transport.abort()
    return parsed(bytes(client.raw), stream.plains, fault)


def parsed(raw: bytes, plains: tuple[bytes, ...], fault: str = "") -> Heard:
    """Read answers, one after the other, to the end of what came.

    Which requests of a mutated stream were a HEAD nobody knows: there, an answer that another follows where its body
    should stand, or nothing, is one to a HEAD.
    """
    answers: list[Answer] = []
    ids: list[bytes] = []
    interims = 0
    rest = raw
    while rest:
        if rest.startswith(GO_ON):
            interims, rest = interims + 1, rest.removeprefix(GO_ON)
            continue
        known = plains[len(answers)][:4] if len(answers) < len(plains) else b""
        behind_head = rest.partition(b"\r\n\r\n")[2]
        method = "HEAD" if known == b"HEAD" or (not known and behind_head[:7] in {b"", b"HTTP/1."}) else "GET"
        try:
            found, rest = one_answer(rest, method)
        except h11.RemoteProtocolError as error:
            fault = f"an answer is no HTTP: {error}"
            break
        if found is None:
            break
        ids += [value for name, value in found.headers if name == b"x-request-id"]
        fault = fault or misshapen(found)
        shared = tuple(one for one in found.headers if one[0] not in {b"date", b"x-request-id"})
        answers.append(found._replace(headers=shared))
    if rest and not fault:
        fault = "an answer is not whole"
    return Heard((*answers,), interims, (*ids,), raw, fault)


def one_answer(data: bytes, method: str) -> tuple[Answer | None, bytes]:
    """Read the first answer by h11, and give the bytes behind it; none where it is not whole.

    Raises:
        h11.RemoteProtocolError: this is no HTTP.

    """
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    start, body = None, b""
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        match event:
            case h11.Response():
                start = event
            case h11.Data():
                body += bytes(event.data)
            case _:
                return None, data
    if start is None or start.http_version != b"1.1":
        return None, data
    return Answer(start.status_code, (*start.headers,), body), client.trailing_data[0]


def misshapen(one: Answer) -> str:
    """Say what every answer of ours has and this one lacks, beyond what h11 asks of any."""
    names = [name for name, _ in one.headers]
    framed = names.count(b"content-length") + names.count(b"transfer-encoding")
    if names.count(b"date") != 1 or names.count(b"x-request-id") != 1:
        return f"an answer of status {one.status} has not one date and one id"
    if framed != (one.status not in WITHOUT_BODY):
        return f"an answer of status {one.status} says {framed} times where it ends"
    return ""
