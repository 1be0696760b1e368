"""The replies that the check is measured on, and the answers that they word. Data, read once."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import MISSING

from api.content.loading import load_draft
from api.red_flags.checking import check, parse_profile, render
from api.red_flags.edition import Edition
from api.replies.checking import check_reply, parse_reply
from api.settings import ROOT
from schemas.checks import CheckAnswer
from schemas.replies import ReplyVerdict
from tests.builders import edition_of

Json = Any
FOLDER = Path(__file__).parent
SETS = ("tuning", "held-out-1", "held-out-2", "held-out-3", "held-out-4", "held-out-5")
ADULT = {"finding": "age-years", "value": 40}


class Entry(NamedTuple):
    """One reply to one answer, and the kinds that it must be told of; none for a good one."""

    to: str
    reply: str
    kinds: tuple[str, ...]
    is_good: bool


@cache
def draft() -> Edition:
    """The draft, ready to answer."""
    return edition_of(load_draft(ROOT / "data" / "content"))


@cache
def profiles() -> dict[str, Json]:
    """The profile behind each named answer; where it says so, everything else that is asked is answered alike."""
    return {name: _filled(one) for name, one in _read("answers").items()}


@cache
def answer(name: str) -> CheckAnswer:
    """The answer of a name, held to what its line says of it."""
    found = check(parse_profile(json.dumps(profiles()[name]).encode()), draft())
    wanted = _read("answers")[name]
    advised = "none" if found.advice is MISSING else found.advice.level
    assert (found.status, advised) == (wanted["status"], wanted["advice"]), name
    return found


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The replies of one set."""
    found: list[Entry] = []
    for group in _read(name):
        found += [Entry(group["to"], reply, (), is_good=True) for reply in group["good"]]
        found += [Entry(group["to"], one["reply"], tuple(one["kinds"]), is_good=False) for one in group["bad"]]
    return tuple(found)


@cache
def verdict(entry: Entry) -> ReplyVerdict:
    """The verdict on one reply."""
    return judged(entry.to, entry.reply)


def judged(to: str, reply: str) -> ReplyVerdict:
    """The verdict on any reply to the answer of a name, by the same steps as over HTTP."""
    return verdict_on(json.loads(render(answer(to))), reply)


def verdict_on(given: Json, reply: str) -> ReplyVerdict:
    """The verdict on a reply to an answer as it came."""
    return check_reply(parse_reply(json.dumps({"answer": given, "reply": reply}).encode()), draft())


def _filled(one: Json) -> Json:
    told = {"present": [], "absent": [], "unsure": [], "measurements": [], **one["given"]}
    while "rest" in one:
        found = check(parse_profile(json.dumps(told).encode()), draft())
        if found.ask_next is MISSING:
            break
        for question in found.ask_next.findings:
            if question.id == "age-years":
                told["measurements"] = [ADULT]
            elif question.kind == "number":
                told["unsure"] = [*told["unsure"], question.id]
            else:
                told[one["rest"]] = [*told[one["rest"]], question.id]
    return told


def _read(name: str) -> Json:
    return json.loads((FOLDER / f"{name}.json").read_text())
