"""Holds large bodies as files in memory, which the system sends as they lie, without a copy. Knows no protocol.

To copy a body into a socket is most of the work of sending a large one, and takes longest where memory is busiest.
"""

import os
import sys
from typing import Final
from weakref import WeakValueDictionary, finalize

LARGE: Final = 32 * 1024
"""Bodies of more bytes are sent so; a second call to the system costs more than a smaller copy."""
COPIED: Final = 16 * 1024
"""The bytes of such a body that go with its head, in one piece: whole pages of memory, so that the rest is, too."""
MOST_FILES: Final = 64
"""The most bodies held so at once, for each takes a descriptor; the shipped content has some twenty."""
_ABLE: Final = sys.platform == "linux"


class Sendable:
    """A body as a file in memory, which is gone as soon as nobody holds this any more.

    Raises:
        OSError: the system has no memory or no descriptor left.

    """

    __slots__ = ("__weakref__", "begin", "descriptor")

    def __init__(self, body: bytes) -> None:
        """Write the body to a file of its own."""
        self.begin = memoryview(body)[:COPIED]
        self.descriptor = os.memfd_create("body")
        finalize(self, os.close, self.descriptor)
        with open(self.descriptor, "wb", closefd=False) as file:
            file.write(body)


class Sendables:
    """The bodies that are held so, by their entity tags."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._held: WeakValueDictionary[bytes, Sendable] = WeakValueDictionary()

    def of(self, tag: bytes, body: bytes) -> Sendable | None:
        """Give a body as a file; none where it is not worth it, or cannot be had, and the bytes must do."""
        if len(body) <= LARGE or not _ABLE:
            return None
        found = self._held.get(tag)
        if found is None and len(self._held) < MOST_FILES:
            try:
                found = self._held[tag] = Sendable(body)
            except OSError:
                return None
        return found
