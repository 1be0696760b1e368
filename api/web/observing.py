"""Holds what is told of each answered request to metrics and traces. Holds nothing that a client wrote."""

from collections.abc import Callable, Sequence

Headers = Sequence[tuple[bytes, bytes]]
Record = Callable[[str, str, int, float, Headers], None]
"""Is told of one answer: the template of its route, its method (one of ours, or OTHER), its status, the seconds that it
took, and the headers of the request, of which only `traceparent` is ever read."""


def unobserved(_route: str, _method: str, _status: int, _seconds: float, _headers: Headers) -> None:
    """Tell nobody."""


def to_all(records: Sequence[Record]) -> Record:
    """Tell every one of some; one alone is told directly."""
    if len(records) == 1:
        return records[0]

    def record(route: str, method: str, status: int, seconds: float, headers: Headers) -> None:
        for one in records:
            one(route, method, status, seconds, headers)

    return record if records else unobserved
