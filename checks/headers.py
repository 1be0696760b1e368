"""Holds the look of REDbot at every kind of answer, errors included: nothing bad, no warning.

    python -m checks.headers

REDbot asks for each answer as it is told here, then again for itself: coded, in part, and under conditions.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import thor
from httplint import HttpResponseLinter
from httplint.note import Note, levels
from redbot.resource import HttpResource

from api.web.limits import MOST_HEAD, MOST_OF_ANY, MOST_QUERY
from checks.releases import publish_signed
from checks.server import served

KEY: Final = "sleepguidance_looked-at"
CHECK: Final = "/v1/red-flag-checks"
REDBOT_SAMPLE: Final = 97
"""The most bytes that REDbot asks for where it asks for a part."""
PATIENCE: Final = 120
"""Seconds that REDbot is given for all that it asks one server."""
EXCUSED: Final[Mapping[str, Callable[[HttpResponseLinter], bool]]] = {
    # what says no more than that the answer has the status that is meant; each is held to that status here
    "STATUS_BAD_REQUEST": lambda answer: answer.status_code == HTTPStatus.BAD_REQUEST,
    "STATUS_URI_TOO_LONG": lambda answer: answer.status_code == HTTPStatus.REQUEST_URI_TOO_LONG,
    # what says no more than that a release is recalled; who asks for such a one is to be warned
    "DEPRECATION_PAST": lambda answer: "/problems/gone" in str(answer.headers.text),
    "SUNSET_PAST": lambda answer: "/problems/gone" in str(answer.headers.text),
    # REDbot asks for the first 97 bytes: of a shorter answer that is all of it, and a 206 all the same (RFC 9110, 14.2)
    "RANGE_CL_FULL": lambda answer: answer.content_length <= REDBOT_SAMPLE,
    # a part of what is compressed cannot be read alone, and is not to be (RFC 9110, 15.3.7)
    "BAD_GZIP": lambda answer: answer.status_code == HTTPStatus.PARTIAL_CONTENT,
}
"""The notes, by name, that are wrong of some answers, and of which."""
COUNTED: Final = (levels.BAD, levels.WARN)


class Kind(NamedTuple):
    """One kind of answer: how it is asked for, and the status that shows it is the one that is meant."""

    status: int
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: bytes = b""


def _with(status: int, path: str, *headers: str) -> Kind:
    return Kind(status, path, tuple((name, value) for name, _, value in (one.partition(": ") for one in headers)))


def _sent(status: int, path: str, body: bytes, media_type: str = "application/json") -> Kind:
    length = ("Content-Length", str(len(body)))
    return Kind(status, path, (("Content-Type", media_type), length), "POST", body)


PLAIN: Final = (
    *(
        Kind(200, path)
        for path in (
            "/v1/topics", "/v1/topics/leg-twitching", "/v1/topics/leg-twitching?language=en",
            "/v1/topics/leg-twitching?release=1.0.0", "/v1/causes", "/v1/causes/hypnic-jerks", "/v1/remedies",
            "/v1/remedies/warm-bath", "/v1/red-flags?level=emergency", "/v1/red-flags/stroke-or-tia-now",
            "/v1/findings", "/v1/findings/saddle-numbness", "/v1/levels", "/v1/sources", "/v1/sources/icsd-3-tr-2023",
            "/v1/regions", "/v1/regions/GB", "/v1/search?q=cramp", "/v1/changes?limit=5", "/v1/releases",
            "/v1/releases/latest", "/v1/releases/feed", "/v1/releases/1.1.0", "/v1/releases/1.1.1/bundle",
            "/v1/releases/1.1.1/assurance", "/v1/releases/1.1.1/changes", "/v1/releases/1.1.1/changes?from=1.0.0",
            "/.well-known/api-catalog", "/releases/latest.json", "/releases/ledger.json",
            "/releases/1.1.0/manifest.json", "/releases/1.1.0/bundle.json", "/healthz", "/readyz", "/metrics",
            "/openapi.json", "/openapi-small.json", "/docs", "/docs/assets/swagger-ui.css", "/docs/assets/favicon.png",
            "/docs/assets/swagger-ui-bundle.js", "/docs/assets/start.js", "/problems/invalid", "/llms.txt",
        )
    ),
    *(
        _with(200, path, "Accept: text/markdown")
        for path in (
            "/v1/topics/leg-twitching", "/v1/causes/hypnic-jerks", "/v1/remedies/warm-bath",
            "/v1/red-flags/stroke-or-tia-now",
        )
    ),
    _with(200, "/v1/topics", "Accept-Language: fr, en;q=0.5"),
    _with(200, "/v1/topics", "Accept-Encoding: br"),
    _with(206, "/v1/releases/1.1.1/bundle", "Range: bytes=0-65535"),
    _with(206, "/v1/releases/1.1.1/bundle", "Range: bytes=-100", "Accept-Encoding: gzip"),
    _with(304, "/v1/levels", "If-None-Match: *"),
    _with(304, "/v1/topics/leg-twitching", "If-None-Match: *", "Accept-Encoding: gzip"),
    _with(304, "/v1/topics/leg-twitching", "If-None-Match: *", "Accept: text/markdown"),
    _with(304, "/v1/topics/leg-twitching?release=1.0.0", "If-None-Match: *"),
    _with(304, "/v1/search?q=cramp", "If-None-Match: *"),
    Kind(400, "/v1/changes?since=none"),
    Kind(404, "/nothing"), Kind(404, "/v1/causes/nothing"), Kind(404, "/v1/releases/9.9.9"),
    Kind(404, "/v1/releases/1.1.0/signature"), Kind(404, "/problems/nothing"),
    Kind(404, "/.well-known/security.txt"),
    Kind(405, CHECK), Kind(405, "/mcp"), Kind(405, "/v1/topics", (), "DELETE"),
    _with(406, "/v1/topics", "Accept-Encoding: zstd, identity;q=0"),
    _with(412, "/v1/topics", 'If-Match: "another"'),
    Kind(414, "/v1/topics?q=" + "x" * MOST_QUERY),
    _with(416, "/v1/releases/1.1.1/bundle", "Range: bytes=99999999-"),
    Kind(422, "/v1/topics?unknown=1"), Kind(422, "/v1/topics?release=9.9.9"), Kind(422, "/v1/search?q=%00"),
    _with(431, "/v1/topics", "X-Long: " + "x" * MOST_HEAD),
    Kind(501, "/v1/topics", (), "BREW"),
    Kind(204, "/v1/topics", (), "OPTIONS"), Kind(200, "/v1/topics", (), "HEAD"),
    _sent(200, CHECK, b"{}"), _sent(400, CHECK, b"{"), _sent(422, CHECK, b'{"present": ["nothing"]}'),
    _sent(413, CHECK, b" " * (MOST_OF_ANY + 1)), _sent(415, CHECK, b"{}", "text/plain"),
    _sent(200, "/v1/finding-matches", b'{"text": "My legs twitch."}'),
    _sent(200, "/v1/reply-checks", b'{"profile": {}, "reply": "Call an ambulance."}'),
)  # fmt: skip
"""What the service answers as it is shipped."""
GUARDED: Final = (
    *(
        Kind(200, path)
        for path in (
            "/v1/topics", "/v1/topics/leg-twitching?release=1.0.0", "/v1/topics/leg-twitching?release=1.1.0",
            "/v1/releases/1.0.0", "/v1/releases/1.0.0/bundle", "/v1/releases/1.1.1/signature", "/v1/releases/feed",
            "/v1/releases/latest", "/.well-known/jwks.json", "/.well-known/security.txt", "/releases/keys.json",
            "/releases/latest.signature", "/releases/1.0.0/signature",
        )
    ),
    _with(200, "/v1/topics", f"Authorization: Bearer {KEY}"),
    _with(200, "/v1/topics", "Origin: https://page.example"),
    _with(304, "/v1/topics", "Origin: https://page.example", "If-None-Match: *"),
    _with(401, "/v1/topics", "Authorization: Bearer other"),
    Kind(410, "/v1/remedies/warm-bath"), Kind(410, "/v1/remedies/warm-bath?release=1.0.0"),
    _sent(200, CHECK, b"{}"), _sent(429, CHECK, b"{}"),
)  # fmt: skip
"""What it answers besides where releases are signed and recalled, callers counted, and pages and keys named."""
ELSEWHERE: Final = (Kind(421, "/v1/topics"), Kind(421, CHECK), Kind(200, "/healthz"))
"""What it answers under a name that is none of its own."""


def main() -> int:
    """Print every complaint, and count them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        publish_signed(
            folder / "releases",
            {"version": "1.0.0", "severity": "unsafe"},
            {"version": "1.1.0", "severity": "withdrawn"},
            {"version": "1.1.1", "kind": "remedy", "id": "warm-bath", "severity": "unsafe"},
        )
        partner = {"name": "one", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "quota": "1000/hour"}
        (folder / "partners.json").write_text(json.dumps({"partners": [partner]}))
        with (
            served() as plain,
            served(HOSTS="guidance.example.org") as elsewhere,
            served(
                RELEASES=str(folder / "releases"),
                PARTNER_KEYS=str(folder / "partners.json"),
                CORS_ORIGINS="https://page.example",
                QUOTA_READS="10000/hour",
                QUOTA_CHECKS="1/hour",
                SECURITY_CONTACT="mailto:security@example.org",
            ) as guarded,
        ):
            found = [*_look(plain, PLAIN), *_look(guarded, GUARDED), *_look(elsewhere, ELSEWHERE)]
    for complaint in found:
        print(complaint)
    print(f"{len(PLAIN) + len(GUARDED) + len(ELSEWHERE)} kinds of answer, {len(found)} complaints.")
    return 1 if found else 0


def _look(server: str, kinds: Sequence[Kind]) -> Iterator[str]:
    """Ask for some kinds of answer, one after the other, and give what is wrong with them."""
    config = ConfigParser()
    config.read_dict({"redbot": {"enable_local_access": "True"}})
    looked: list[HttpResource] = []

    def look_on() -> None:
        if len(looked) == len(kinds):
            thor.stop()
            return
        kind = kinds[len(looked)]
        one = HttpResource(config["redbot"])
        looked.append(one)
        one.set_request(server + kind.path, kind.method, [*kind.headers], kind.body)
        one.on("check_done", look_on)
        one.check()

    thor.schedule(0, look_on)
    thor.schedule(PATIENCE, thor.stop)
    thor.run()
    if len(looked) < len(kinds):
        yield f"{kinds[len(looked) - 1].path}: REDbot does not come to an end with it"
    for kind, one in zip(kinds, looked, strict=False):
        name = f"{kind.method} {kind.path[:60]} {kind.headers[0][0] if kind.headers else ''}".strip()
        status = one.response.status_code
        if status != kind.status:
            yield f"{name}: it is answered by {status}, and no longer by {kind.status}"
        for part in (one, *one.subreqs.values()):
            for note in _notes(part.response.notes) if part.response.complete else ():
                excused = EXCUSED.get(type(note).__name__, _never)
                if note.level in COUNTED and not excused(part.response):
                    yield f"{name}: {part.check_id}: {note.level.value}: {note.summary}"


def _notes(notes: Iterable[Note]) -> Iterator[Note]:
    for note in notes:
        yield note
        yield from _notes(note.subnotes)


def _never(_answer: HttpResponseLinter) -> bool:
    return False


if __name__ == "__main__":
    sys.exit(main())
