"""Holds which POSTs are answered without the app: one address, one function on bytes. Keeps no answer.

It refuses nothing: whatever is unusual about a request, and whatever the function refuses, goes the ordinary way and is
told there. So there is one place for every error, and this one only spares the usual request the way through routes.

What has come is read first, then answered, then written, some at a time. In turns with calls to the system the same
answers take half as long again, for each call leaves a processor that has forgotten what it was doing.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

from api.releases.library import Library
from api.web.limits import MOST_BODY
from api.web.logs import failed
from api.web.rendered import IGNORED, LIGHT
from api.web.representing import Headers
from api.web.serving import Serving

HEADERS: Final[Headers] = ((b"cache-control", b"no-store"), (b"content-type", b"application/json"))
"""The headers of every such answer, besides its length."""
UNREAD: Final = IGNORED | {b"accept", b"accept-encoding", b"accept-language"}
"""The headers of a request that change nothing of such an answer."""
JSON: Final = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
TOGETHER: Final = 16
"""The most bodies that are answered together. The first waits for all of them, two thousandths of a second."""
_DIGITS: Final = len(str(MOST_BODY))


Written = tuple[bytes, bytes]
"""The head of an answer, but for date and request id, and the answer itself."""


class Asking(Protocol):
    """Who asks: a connection."""

    body: bytes | None
    """The body that waits for its answer; none where that was given before its turn, or nobody is there any more."""

    def take(self, answer: Written | None) -> None:
        """Take the answer to the body; none where it is refused."""

    def let_go(self) -> None:
        """End, for the answer could not be given."""


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
        self._asking: dict[Asking, None] = {}
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

    def wait(self, one: Asking, loop: AbstractEventLoop) -> None:
        """Let one wait until what has come is read."""
        if not self._asking:
            loop.call_soon(self._answer_some, loop)
        self._asking[one] = None  # once, though its body may be another by the time that its turn comes

    def answer(self, body: bytes) -> Written | None:
        """Give the answer to a body; none where it is refused."""
        try:
            answer = self._answer(body, self._serving.library)
        except Exception:  # noqa: BLE001 -- it is asked again on the ordinary way, and told there
            return None
        return b"%b%d\r\n" % (self._head, len(answer)), answer

    def _answer_some(self, loop: AbstractEventLoop) -> None:
        """Answer those that came first, and then let the loop see to all else before the next."""
        some = list(islice(self._asking, TOGETHER))
        for one in some:
            del self._asking[one]
        if self._asking:
            loop.call_soon(self._answer_some, loop)
        for one, answer in [(one, self.answer(one.body)) for one in some if one.body is not None]:
            try:
                one.take(answer)
            except Exception as error:  # noqa: BLE001 -- a fault of ours with one of them is no reason to forget the others
                failed(error)
                one.let_go()
