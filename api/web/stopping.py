"""Holds how the server stops without losing a request: no new connection is begun, and each that was is answered."""

import asyncio
import contextlib
import ctypes
import socket
import struct
import sys
import time
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

import uvicorn
from uvicorn.supervisors import Multiprocess

PATIENCE: Final = 100
"""How often at most, each hundredth of a second, it is looked whether every connection was taken."""
SETTLING: Final = 25
"""How often at least: a connection that is half made shows only when its client's next packet has come."""
_INSTRUCTIONS: Final = (
    (0x30, 0, 0, 13),  # load the flags of TCP
    (0x54, 0, 0, 0x12),  # of which SYN and ACK
    (0x15, 0, 1, 0x02),  # where it is SYN alone, which asks for a connection,
    (0x06, 0, 0, 0),  # let nothing through,
    (0x06, 0, 0, 0xFFFF),  # else all
)
_DROP_NEW: Final = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in _INSTRUCTIONS))
"""A packet filter: it lets nobody begin a connection, and everybody end what makes one."""
_ATTACH_FILTER: Final = 26
_QUEUED: Final = slice(24, 28)
"""Where Linux says in TCP_INFO how many connections of a listening socket wait to be taken."""


class Server(uvicorn.Server):
    """uvicorn's server; when it stops, whoever has a connection is answered first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin no new connection, take those that wait, then stop as uvicorn does."""
        deafen(sockets or [])
        for _ in takewhile(lambda look: look < SETTLING or waiting(sockets or []), range(PATIENCE)):
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)


class Workers(Multiprocess):
    """uvicorn's supervisor of several workers; when it stops them, whoever has a connection is answered first."""

    def keep_subprocess_alive(self) -> None:
        """Look after the workers, and replace one that died.

        A worker is asked for a sign of life over a pair of connections. Its end is closed here, where uvicorn leaves it
        open: a worker that dies before it answers would be waited for, and a signal to stop with it.
        """
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()

    def terminate_all(self) -> None:
        """Begin no new connection, let the workers take those that wait, then stop them as uvicorn does."""
        deafen(self.sockets)
        for _ in takewhile(lambda look: look < SETTLING or waiting(self.sockets), range(PATIENCE)):
            time.sleep(0.01)
        super().terminate_all()


def deafen(listening: Sequence[socket.socket]) -> None:
    """Let listening sockets hear of no further connection.

    Closing one would reset every connection that the kernel has made and nobody has taken yet, or is about to make for
    a client that holds it for made already. Who tries to connect now hears nothing, asks again after a second, and is
    refused or finds the next server there. Linux alone can do this.
    """
    for one in listening if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):
            one.setsockopt(
                socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", len(_INSTRUCTIONS), ctypes.addressof(_DROP_NEW))
            )


def waiting(listening: Sequence[socket.socket]) -> bool:
    """Tell whether connections of listening sockets wait to be taken."""
    told = (one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28) for one in listening if sys.platform == "linux")
    return any(any(one[_QUEUED]) for one in told)
