"""Holds a transport on which what an answer writes at once goes to the socket in one piece. Knows no protocol.

uvicorn writes the head of an answer and its body one after the other. A server that is killed in between leaves a front
with a head and no body, and no front can take that back and ask elsewhere. In one piece there is no between; and it
spares a call to the system.
"""

import os
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable
from typing import Final

from api.web.sendable import COPIED, Sendable

IN_ONE: Final = 4096
"""The most bytes of a body that are cheaper to copy behind their head than to write as a piece of their own."""


class Together:
    """A transport as answers see it; `end` is called to close it, once all is written."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop, end: Callable[[], None]) -> None:
        """Stand before a transport."""
        self._transport = transport
        self._descriptor: int = transport.get_extra_info("socket").fileno()
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

    def write_now(self, head: bytes, body: bytes, file: Sendable | None = None) -> None:
        """Write to the socket, without the copies that a transport makes; what that does not take is the transport's.

        Of a body that is a file as well only the begin is copied, to go with the head. What must wait behind something
        else waits there, too.
        """
        if self._waiting:
            self.flush()
        transport, sent = self._transport, 0
        if not transport.get_write_buffer_size() and not transport.is_closing():
            try:
                if len(body) <= IN_ONE:
                    sent = os.write(self._descriptor, head + body)
                elif file is None:
                    sent = os.writev(self._descriptor, (head, body))
                else:
                    sent = os.writev(self._descriptor, (head, file.begin))
                    if sent == len(head) + COPIED:
                        sent += os.sendfile(self._descriptor, file.descriptor, COPIED, len(body) - COPIED)
            except OSError:  # it is full or gone: the transport sees to either
                pass
        if sent < len(head) + len(body):
            for part in (head, body):
                transport.write(memoryview(part)[min(sent, len(part)) :])
                sent = max(0, sent - len(part))

    def write_eof(self) -> None:
        """Write what waits, and that nothing comes behind it; what the client sends is still taken."""
        self.flush()
        self._transport.write_eof()
        self._ended = True

    def close(self) -> None:
        """Write what waits, and close."""
        self.flush()
        self._end()
