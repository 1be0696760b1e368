"""Holds the kinds of problems, each with its title and what its page says to do. Knows no request."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class ProblemKind(NamedTuple):
    """A kind of problem: its title, and what its page says to do."""

    title: str
    help: str


KINDS: Final[Mapping[str, ProblemKind]] = {
    "bad-request": ProblemKind(
        "The request cannot be read",
        "Send HTTP/1.1 with one `Host`, the query and the JSON in UTF-8, with no key twice in one object, no NaN, and "
        "objects at most 16 deep. `errors` says what was found.",
    ),
    "key-refused": ProblemKind(
        "The partner key is not right",
        "Send the header `Authorization: Bearer` with the key that you were given, once, or leave it out to call "
        "without a key. A key is never taken from the address.",
    ),
    "foreign-origin": ProblemKind(
        "Pages of this origin may not call here",
        "Only pages that the service trusts may call it from a browser. Whoever runs it names their origins in "
        "SLEEP_GUIDANCE_CORS_ORIGINS.",
    ),
    "not-found": ProblemKind(
        "Nothing is here", "Check the address and the id. The lists under /v1/ name every id; /docs shows every call."
    ),
    "method-not-allowed": ProblemKind("This call takes another method", "The header `Allow` names those it takes."),
    "not-acceptable": ProblemKind(
        "The answer does not come in such a coding",
        "Let the header `Accept-Encoding` take one of the codings that `detail` names, or leave it out.",
    ),
    "too-slow": ProblemKind("The request did not arrive in time", "Send it again, and all of it at once."),
    "gone": ProblemKind(
        "This is no longer given",
        "Where an item is recalled, use what replaces it; `detail` says why it was recalled. Where a release is, use "
        "the one that the header `Link` names as its successor. GET /v1/releases/latest tells every recall and why. "
        "Where a sync token is too old or from elsewhere, start again with GET /v1/changes without `since`, and take "
        "away what is not in it.",
    ),
    "changed": ProblemKind(
        "The answer is no longer the one you mean",
        "The header `If-Match` names another state of it. Read it again without that header.",
    ),
    "too-large": ProblemKind(
        "The request is too large",
        "Send less: a check is at most 16 KiB, a reply check 64 KiB, a call of a tool 128 KiB, all headers together "
        "16 KiB, a query 2 KiB.",
    ),
    "wrong-media-type": ProblemKind(
        "The body must be JSON", "Send the header `Content-Type: application/json`, and JSON in UTF-8."
    ),
    "no-such-part": ProblemKind(
        "The answer has no such part", "The header `Content-Range` says how many bytes there are. Ask within them."
    ),
    "foreign-host": ProblemKind(
        "The service has no such name",
        "Call it by a name that it knows. Whoever runs it names them in SLEEP_GUIDANCE_HOSTS; where none is named, "
        "/mcp answers to localhost alone.",
    ),
    "invalid": ProblemKind(
        "The request holds something that cannot be used",
        "`errors` names each place and what to do about it: `pointer` is a JSON pointer into the body, or `query:` and "
        "the name of a parameter. What was sent is never repeated. "
        "`contradiction`: something is denied that another answer says or leaves open; take it out of `absent`. "
        "`unknown_finding`: no finding has this id. `outside_topic`: nothing considered asks about it.",
    ),
    "too-many": ProblemKind(
        "Too many requests",
        "Wait for as many seconds as the header `Retry-After` says, then go on. `RateLimit-Policy` says how many "
        "requests fit into which time, `RateLimit` how many are left. Keep what you read for as long as it holds.",
    ),
    "not-yet": ProblemKind(
        "This copy of the service cannot answer that yet",
        "Send the same again after as many seconds as `Retry-After` says.",
    ),
    "not-implemented": ProblemKind(
        "This method, or this transfer coding, is not known",
        "Use GET, HEAD, POST or OPTIONS; /docs shows which call takes which. A body comes with its length or in "
        "chunks, without another transfer coding.",
    ),
    "failure": ProblemKind(
        "The service failed",
        "This is our fault. Try again in a moment. The header `X-Request-ID` names the request in our logs, which hold "
        "nothing that you sent.",
    ),
}
"""Every kind of problem, by the last part of its address."""

KIND_OF: Final[Mapping[int, str]] = {
    400: "bad-request",
    401: "key-refused",
    403: "foreign-origin",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    410: "gone",
    412: "changed",
    413: "too-large",
    414: "too-large",
    415: "wrong-media-type",
    416: "no-such-part",
    421: "foreign-host",
    422: "invalid",
    429: "too-many",
    431: "too-large",
    501: "not-implemented",
    503: "not-yet",
}
"""The kind that each status is told as."""
