"""Holds which POSTs are answered from the parser's callbacks: one address, one function on bytes. Keeps no answer.

It refuses nothing: whatever is unusual about a request, and whatever the function refuses, goes the ordinary way and is
told there. So there is one place for every error, and this one only spares the usual request the way through routes.
"""

from collections.abc import Callable, Sequence
from typing import Final

from api.releases.library import Library
from api.web.limits import MOST_BODY
from api.web.rendered import IGNORED, LIGHT
from api.web.representing import Headers
from api.web.serving import Serving

HEADERS: Final[Headers] = ((b"cache-control", b"no-store"), (b"content-type", b"application/json"))
"""The headers of every such answer, besides its length."""
UNREAD: Final = IGNORED | {b"accept", b"accept-encoding", b"accept-language"}
"""The headers of a request that change nothing of such an answer."""
JSON: Final = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
_DIGITS: Final = len(str(MOST_BODY))


class AtOnce:
    """One address whose POSTs are answered at once.

    `answer` gives the bytes of an answer for those of a body, from a library; `finish` puts the headers of every answer
    on those of one; `unread` names further request headers that change nothing; `hosts` the values of `Host` that are
    taken, any where it is empty.
    """

    def __init__(
        self,
        serving: Serving,
        path: str,
        answer: Callable[[bytes, Library], bytes],
        finish: Callable[[Headers], Sequence[tuple[bytes, bytes]]],
        unread: frozenset[bytes] = frozenset(),
        hosts: frozenset[bytes] = frozenset(),
    ) -> None:
        """Answer nothing yet."""
        self.path = path
        self._serving = serving
        self._address = path.encode()
        self._answer = answer
        self._unread = UNREAD | unread
        self._hosts = hosts
        lines = b"".join(b"%b: %b\r\n" % one for one in finish(HEADERS))
        self._head = b"HTTP/1.1 200 OK\r\n" + lines + b"content-length: "

    def awaits(self, address: bytes, headers: Headers) -> int:
        """Give how many bytes of a body follow a head that may be answered at once; 0 where it may not."""
        if address != self._address:
            return 0
        asked: dict[bytes, bytes] = {}
        size = 0
        for name, value in headers:
            size += len(value)
            if name in self._unread:
                continue
            if name in asked:
                return 0
            asked[name] = value
        host, kind, length = asked.pop(b"host", b""), asked.pop(b"content-type", b""), asked.pop(b"content-length", b"")
        if asked or not host or (self._hosts and host not in self._hosts) or kind not in JSON or size > LIGHT:
            return 0
        count = int(length) if length.isdigit() and len(length) <= _DIGITS else 0
        return count if count <= MOST_BODY else 0

    def answer(self, body: bytes) -> tuple[bytes, bytes] | None:
        """Give the head of the answer, but for date and request id, and the answer itself; none where it is refused."""
        try:
            answer = self._answer(body, self._serving.library)
        except Exception:  # noqa: BLE001 -- it is asked again on the ordinary way, and told there
            return None
        return b"%b%d\r\n" % (self._head, len(answer)), answer
