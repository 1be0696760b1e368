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
        "Send HTTP/1.1 with one `Host`, and JSON in UTF-8, with no key twice in one object, no NaN, and objects at "
        "most 16 deep. `errors` says what was found.",
    ),
    "unauthorized": ProblemKind(
        "The key is not known",
        "Send your partner key as `Authorization: Bearer KEY`, or send no key at all: nothing here needs one.",
    ),
    "too-many": ProblemKind(
        "Too many requests", "Wait as many seconds as `Retry-After` says. Content can be kept: see `Cache-Control`."
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
        "Where an item is recalled, use what replaces it; `detail` says why it was recalled. Where a sync token is too "
        "old or from elsewhere, start again with GET /v1/changes without `since`, and take away what is not in it.",
    ),
    "changed": ProblemKind(
        "The answer is no longer the one you mean",
        "The header `If-Match` names another state of it. Read it again without that header.",
    ),
    "too-large": ProblemKind(
        "The request is too large", "Send less: a body and all headers are at most 16 KiB each, a query 2 KiB."
    ),
    "wrong-media-type": ProblemKind(
        "The body must be JSON", "Send the header `Content-Type: application/json`, and JSON in UTF-8."
    ),
    "no-such-part": ProblemKind(
        "The answer has no such part", "The header `Content-Range` says how many bytes there are. Ask within them."
    ),
    "foreign-host": ProblemKind(
        "The service has no such name",
        "Call it by a name that it knows. Whoever runs it names them in SLEEP_GUIDANCE_HOSTS.",
    ),
    "invalid": ProblemKind(
        "The request holds something that cannot be used",
        "`errors` names each place and what to do about it: `pointer` is a JSON pointer into the body, or `query:` and "
        "the name of a parameter. What was sent is never repeated. "
        "`contradiction`: something is denied that another answer says or leaves open; take it out of `absent`. "
        "`unknown_finding`: no finding has this id. `outside_topic`: nothing considered asks about it.",
    ),
    "method-unknown": ProblemKind(
        "This method is not known", "Use GET, HEAD, POST or OPTIONS; /docs shows which call takes which."
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
    401: "unauthorized",
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
    501: "method-unknown",
}
"""The kind that each status is told as."""
