"""The cases: data that a clinician could write, one file a red flag, held against the draft.

`given` is a profile. `expect` may name: `level`, `worst_case`, `status`, `advice` (a level, or "none"); `matched`,
`open` (neither present nor absent) and `closed` (absent) red flags; `withheld` remedies.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import MISSING

from api.content.loading import load_draft
from api.red_flags.checking import as_model, check, parse_profile
from api.red_flags.deciding import decide
from api.red_flags.edition import Edition
from api.red_flags.facts import facts
from api.settings import ROOT
from schemas.checks import CheckAnswer
from tests.builders import edition_of

Json = Any
FOLDER = Path(__file__).parent / "cases"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.name != "article-claims.json")
CASES = [(path.stem, case) for path in FILES for case in json.loads(path.read_text())]


@pytest.fixture(scope="module")
def edition() -> Edition:
    """The draft, ready to answer."""
    return edition_of(load_draft(ROOT / "data" / "content"))


def standing(given: Json, edition: Edition) -> dict[str, str]:
    """Where each red flag stands: matched, open or closed."""
    profile = parse_profile(json.dumps(given).encode())
    view = edition.rules.views["" if profile.topic is MISSING else profile.topic]
    known = facts(profile, edition.rules, view)
    matched = {flag.id for flag in decide(known, view).matched}
    unknown = {flag.id for flag in view.red_flags if flag.rule.unknown(known.present, ~known.absent)}
    return {
        flag.id: "matched" if flag.id in matched else "open" if flag.id in unknown else "closed"
        for flag in view.red_flags
    }


def told(answer: CheckAnswer) -> dict[str, str]:
    """What an answer says on the points that a case may expect."""
    return {
        "level": answer.level,
        "worst_case": answer.worst_case,
        "status": answer.status,
        "advice": "none" if answer.advice is MISSING else answer.advice.level,
    }


@pytest.mark.parametrize(("red_flag", "case"), CASES, ids=[f"{name}: {case['name']}" for name, case in CASES])
def test_a_case_has_the_answer_that_was_written_for_it(red_flag: str, case: Json, edition: Edition) -> None:
    assert case.keys() == {"name", "given", "expect", "because"}, red_flag
    expect = case["expect"]
    assert expect
    assert expect.keys() <= {"level", "worst_case", "status", "advice", "matched", "open", "closed", "withheld"}
    answer = as_model(check(parse_profile(json.dumps(case["given"]).encode()), edition))
    said = told(answer)
    assert {name: said[name] for name in said if name in expect} == {
        name: expect[name] for name in said if name in expect
    }
    stands = standing(case["given"], edition)
    for where in ("matched", "open", "closed"):
        assert {name: stands[name] for name in expect.get(where, ())} == dict.fromkeys(expect.get(where, ()), where)
    if "withheld" in expect:
        assert answer.guidance is not MISSING
        assert set(expect["withheld"]) <= {one.remedy for one in answer.guidance.withheld}


def test_every_red_flag_has_a_case_where_it_is_present_absent_and_unknown(edition: Edition) -> None:
    seen = {
        (name, where)
        for name, case in CASES
        for where in ("matched", "open", "closed")
        if name in case["expect"].get(where, ())
    }
    wanted = {(flag.id, where) for flag in edition.rules.views[""].red_flags for where in ("matched", "open", "closed")}
    assert wanted - seen == set()
