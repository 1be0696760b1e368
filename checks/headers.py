"""Holds the look of REDbot at every kind of answer to a GET, errors included: nothing bad, no warning.

python -m checks.headers
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from checks.server import served

KINDS: Final = (
    "/v1/topics",
    "/v1/topics/leg-twitching",
    "/v1/topics/leg-twitching?language=en",
    "/v1/topics/leg-twitching?release=1.0.0",
    "/v1/causes/hypnic-jerks",
    "/v1/red-flags?level=emergency",
    "/v1/findings/saddle-numbness",
    "/v1/sources",
    "/v1/regions/GB",
    "/v1/search?q=cramp",
    "/v1/changes?limit=5",
    "/v1/releases",
    "/v1/releases/latest",
    "/v1/releases/feed",
    "/v1/releases/1.1.0",
    "/v1/releases/1.1.1/bundle",
    "/v1/releases/1.1.1/assurance",
    "/v1/findings/nothing",
    "/v1/releases/1.1.1/changes",
    "/.well-known/jwks.json",
    "/.well-known/api-catalog",
    "/releases/latest.json",
    "/releases/1.1.0/manifest.json",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/assets/swagger-ui.css",
    "/problems/invalid",
    "/llms.txt",
    "/nothing",
    "/v1/causes/nothing",
    "/v1/topics?unknown=1",
    "/v1/red-flag-checks",
    "/v1/releases/9.9.9",
    "/v1/releases/1.1.0/signature",
)
"""One address for each kind of answer."""
COUNTED: Final = ("BAD", "WARN")


def main() -> int:
    """Print every complaint, and count them."""
    found = 0
    with served(SLEEP_GUIDANCE_LOG="off") as address:
        for path in KINDS:
            for note in _notes(f"{address}{path}"):
                found += 1
                print(f"{path}: {note}")
    print(f"{len(KINDS)} kinds of answer, {found} complaints.")
    return 1 if found else 0


def _notes(address: str) -> list[str]:
    command = [str(Path(sys.executable).parent / "redbot"), "-o", "har", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    entries: list[dict[str, Any]] = json.loads(done.stdout)["log"]["entries"]
    return [
        f"{note['level']}: {note['summary']}"
        for entry in entries
        for note in entry["_red_messages"]
        if note["level"] in COUNTED
    ]


if __name__ == "__main__":
    sys.exit(main())
