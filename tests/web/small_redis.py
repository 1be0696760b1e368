"""A small Redis: a server that speaks its protocol on loopback and knows the two scripts that count windows.

It can fall silent, as one does whose machine has gone, and be closed, as one does that was killed.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase


class SmallRedis(socketserver.ThreadingTCPServer):
    """Counts for ever: its windows never end."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.counts: dict[bytes, int] = {}
        self.silent = threading.Event()
        self.port: int = self.server_address[1]
        self.address = f"redis://127.0.0.1:{self.port}"
        self.asked = 0

    def answer(self, words: list[bytes]) -> bytes | None:
        self.asked += 1
        return None if self.silent.is_set() else self.reply([words[0].upper(), *words[1:]])

    def reply(self, words: list[bytes]) -> bytes:
        match words:
            case [b"HELLO", *_]:
                return b"%1\r\n+proto\r\n:3\r\n"
            case [b"EVALSHA", b"known", b"2", _, key, limit, _, b"1"]:
                fits = self.counts.get(key, 0) < int(limit)
                self.counts[key] = self.counts.get(key, 0) + fits
                return b":1\r\n" if fits else b"_\r\n"
            case [b"EVALSHA", b"known", b"2", _, key, _]:
                count = b"%d" % self.counts.get(key, 0)
                return b"*4\r\n_\r\n:-2\r\n$%d\r\n%b\r\n:90000\r\n" % (len(count), count)
            case [b"EVALSHA", *_]:
                return b"-NOSCRIPT No matching script.\r\n"
            case [b"SCRIPT", b"LOAD", _]:
                return b"$5\r\nknown\r\n"
            case _:
                return b"+OK\r\n"


class _Connection(socketserver.StreamRequestHandler):
    server: SmallRedis

    def handle(self) -> None:
        with suppress(OSError):
            while words := _words(self.rfile):
                answer = self.server.answer(words)
                if answer is not None:
                    self.wfile.write(answer)


def _words(stream: BufferedIOBase) -> list[bytes]:
    line = stream.readline()
    words = []
    for _ in range(int(line[1:] or 0)):
        length = int(stream.readline()[1:])
        words.append(stream.read(length + 2)[:-2])
    return words


@contextmanager
def small_redis(port: int = 0) -> Iterator[SmallRedis]:
    """Run a small Redis until the end of the block."""
    server = SmallRedis(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
