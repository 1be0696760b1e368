"""Holds a transport on which what an answer writes at once goes to the socket in one piece. Knows no protocol.

uvicorn writes the head of an answer and its body one after the other. A server that is killed in between leaves a front
with a head and no body, and no front can take that back and ask elsewhere. In one piece there is no between; and it
spares a call to the system.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable


class Together:
    """A transport as answers see it; `end` is called to close it, once all is written."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop, end: Callable[[], None]) -> None:
        """Stand before a transport."""
        self._transport = transport
        self._loop = loop
        self._end = end
        self._waiting: list[bytes] = []
        self._ended = False

    def is_closing(self) -> bool:
        """Tell whether nothing can be written any more."""
        return self._ended or self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Write, as soon as whoever writes lets go of the loop; behind the end nothing is written."""
        if self.is_closing():
            return
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)

    def flush(self) -> None:
        """Write what waits, now."""
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()

    def write_eof(self) -> None:
        """Write what waits, and that nothing comes behind it; what the client sends is still taken."""
        self.flush()
        self._transport.write_eof()
        self._ended = True

    def close(self) -> None:
        """Write what waits, and close."""
        self.flush()
        self._end()
