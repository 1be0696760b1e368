"""Holds the drawing of profiles that the check takes: 20 findings each, most of them denied, from a seed."""

import json
import random

from api.red_flags.checking import check, parse_profile
from api.releases.library import Library
from schemas.problems import ProfileRefused


def draw(library: Library, count: int, findings: int = 20, seed: int = 1) -> list[bytes]:
    """Draw so many different profiles; those that contradict themselves are drawn again."""
    edition = library.current().edition
    view = edition.rules.views["leg-twitching"]
    yes_no = sorted(
        one.id for one in library.current().bundle.findings if one.kind == "yes_no" and one.id in view.readable
    )
    chance = random.Random(seed)
    drawn: dict[bytes, None] = {}
    while len(drawn) < count:
        profile: dict[str, object] = {"topic": "leg-twitching", "region": "GB"}
        lists: dict[str, list[str]] = {"present": [], "absent": [], "unsure": []}
        for name in chance.sample(yes_no, findings):
            lists[chance.choices(("present", "absent", "unsure"), (2, 7, 1))[0]].append(name)
        body = json.dumps({**profile, **lists}).encode()
        try:
            check(parse_profile(body), edition)
        except ProfileRefused:
            continue
        drawn[body] = None
    return list(drawn)
