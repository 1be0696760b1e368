"""Answers to speak: what `say`, `must_say` and `must_not_say` hold for every status and level."""

import json
from typing import Any, get_args

import pytest
from pydantic import MISSING

from api.content.loading import load_draft
from api.red_flags.checking import as_model, check, parse_profile
from api.red_flags.edition import Edition
from api.red_flags.speaking import forbidden
from api.settings import ROOT
from schemas.checks import CheckAnswer, Status
from schemas.words import LEVELS, RANK, Level, NotToSayKind
from tests.builders import bundle_of, documents, edition_of, finding, leaf, red_flag
from tests.test_cases import CASES

Json = Any
KINDS = get_args(NotToSayKind)


@pytest.fixture(scope="module")
def draft() -> Edition:
    return edition_of(load_draft(ROOT / "data" / "content"))


def told(edition: Edition, **profile: Json) -> CheckAnswer:
    return as_model(check(parse_profile(json.dumps(profile).encode()), edition))


def small(*levels: str, **phrases: Json) -> Edition:
    """Findings a, b, c ... each of which alone is the red flag of one level."""
    names = [chr(ord("a") + place) for place in range(len(levels))]
    flags = [red_flag(f"flag-{name}", level, leaf(name)) for name, level in zip(names, levels, strict=True)]
    files = documents([finding(name) for name in names], flags)
    files["phrases.json"] = {
        name: value for name, value in {**files["phrases.json"], **phrases}.items() if value is not None
    }
    return edition_of(bundle_of(files))


def test_what_must_be_said_stands_in_what_is_said_word_for_word(draft: Edition) -> None:
    for _, case in CASES[::5]:
        found = told(draft, **case["given"])
        assert found.must_say.action in found.say
        advised = MISSING if found.advice is MISSING else found.advice.level
        assert found.must_say.level == advised
        assert (found.must_say.call is not MISSING) is (advised == "emergency")
        if found.must_say.call is not MISSING:
            assert found.must_say.call in found.must_say.action
            assert found.must_say.call == found.safety_net.call


def test_in_an_emergency_what_to_do_is_one_line_that_ends_with_the_number() -> None:
    found = told(small("emergency"), region="GB", present=["a"])
    assert found.must_say.action == "It is emergency. Act. Call 999."
    assert found.say == "It is emergency. Act. Call 999. Because of the flag-a. No diagnosis."


def test_while_questions_go_on_what_is_said_ends_with_all_of_them(draft: Edition) -> None:
    asking = 0
    for _, case in CASES[::5]:
        found = told(draft, **case["given"])
        assert (found.must_say.ask is not MISSING) is (found.status == "ask")
        if found.ask_next is MISSING:
            assert not found.say.endswith("?")
        else:
            asking += 1
            last = " ".join(
                f"Question {count}: {one.question}" for count, one in enumerate(found.ask_next.findings, start=1)
            )
            assert found.say.endswith(f"{found.ask_next.prompt} {last}")
    assert asking > 10


def test_nothing_that_is_said_while_it_is_not_settled_reassures(draft: Edition) -> None:
    for _, case in CASES:
        found = told(draft, **case["given"])
        if found.status != "settled":
            for word in ("harmless", "normal,", "no need", "nothing to", "don't worry", "do not worry", "you are fine"):
                assert word not in found.say.lower(), case["name"]


def test_a_mild_red_flag_is_named_while_a_graver_one_is_open_but_with_no_advice() -> None:
    found = told(small("soon", "emergency"), present=["a"])
    assert found.must_say.level is MISSING
    assert "Not known yet. So far the flag-a, perhaps more." in found.say
    older = told(small("soon", "emergency", known_so_far=None), present=["a"])
    assert "Not known yet. No diagnosis." in older.say


@pytest.mark.parametrize(
    ("level", "named"), [("routine", True), ("soon", True), ("urgent", True), ("emergency", False)]
)
def test_who_can_help_is_said_where_one_thing_is_not_enough(level: str, *, named: bool) -> None:
    assert ("Ask: A doctor." in told(small(level), present=["a"]).say) is named
    assert "Ask:" not in told(small(level, who_can_help=None), present=["a"]).say


def test_who_can_help_is_said_once_for_each_service() -> None:
    files = documents(
        [finding(name) for name in "abc"],
        [
            red_flag("one", "soon", leaf("a"), service="A doctor"),
            red_flag("two", "soon", leaf("b"), service="A midwife"),
            red_flag("three", "soon", leaf("c"), service="A doctor"),
        ],
    )
    found = told(edition_of(bundle_of(files)), present=["a", "b", "c"])
    assert "Because of the one, the three and the two. Ask: A doctor; A midwife. No diagnosis." in found.say


def test_who_can_help_is_not_said_where_the_advice_is_graver_than_what_is_present() -> None:
    found = told(small("routine", "urgent"), present=["a"], unsure=["b"])
    assert (found.level, found.must_say.level) == ("routine", "urgent")
    assert "Ask:" not in found.say


def test_a_long_list_is_counted_after_its_fifth_entry_and_in_an_older_release_spoken_whole() -> None:
    names = [chr(ord("a") + place) for place in range(8)]
    found = told(small(*["routine"] * 8), unsure=names)
    assert "Not ruled out: the flag-a, the flag-b, the flag-c, the flag-d, the flag-e and 3 more." in found.say
    seven = told(small(*["routine"] * 7), unsure=names[:7])
    assert "Not ruled out: the flag-a, the flag-b, the flag-c, the flag-d, the flag-e and 2 more." in seven.say
    six = told(small(*["routine"] * 6), unsure=names[:6])
    assert "the flag-e and the flag-f." in six.say
    older = told(small(*["routine"] * 8, more=None), unsure=names)
    assert "the flag-g and the flag-h." in older.say


def test_a_safety_net_names_five_signs_of_all_topics_at_most_and_none_that_is_matched() -> None:
    names = [chr(ord("a") + place) for place in range(7)]
    files = documents(list(map(finding, names)), [red_flag(f"flag-{name}", "urgent", leaf(name)) for name in names])
    watched = files["topics/legs.json"]["watch_for"][1:]
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms", "watch_for": [*watched, "flag-g"]}
    edition = edition_of(bundle_of(files))
    for present, signs in (([], "bcdeg"), (["b"], "cdega")):
        watch_for = told(edition, present=present).safety_net.watch_for
        assert [one.red_flag for one in watch_for] == [f"flag-{name}" for name in signs]


def test_an_older_release_counts_its_questions_in_figures() -> None:
    assert told(small("urgent", "emergency", question=None)).say.endswith("1. Is there a? 2. Is there b?")


def test_what_must_not_be_said_comes_with_the_words_of_the_content(draft: Edition) -> None:
    found = told(draft, region="GB", present=["saddle-numbness"])
    assert {one.kind for one in found.must_not_say} == set(KINDS)
    for one in found.must_not_say:
        assert isinstance(one.what, str)
        assert len(one.examples) >= 2 or one.kind == "wrong_number"


def test_a_release_without_those_words_names_the_kinds_alone() -> None:
    nothing: Json
    for nothing in (None, {}):
        found = told(small("emergency", must_not_say=nothing), present=["a"])
        assert [(one.kind, one.what, one.examples) for one in found.must_not_say] == [
            (kind, MISSING, ()) for kind in KINDS
        ]


@pytest.mark.parametrize("status", ["settled", "ask", "cannot_tell"])
@pytest.mark.parametrize("advised", [None, *LEVELS])
@pytest.mark.parametrize("worst_case", LEVELS)
def test_what_is_forbidden_follows_from_the_decision_in_the_order_of_the_kinds(
    status: Status, advised: Level | None, worst_case: Level
) -> None:
    at_home = status == "settled" and advised == "self_care"
    allowed = {
        *(("reassurance", "waiting", "no_need_of_care", "retraction") if at_home else ()),
        *(("milder_care",) if advised == "self_care" else ()),
        *(("hedging",) if advised in {None, "self_care", "routine"} else ()),
        *(("retraction",) if advised is None else ()),
        *(("self_treatment",) if RANK[worst_case] < RANK["urgent"] else ()),
        *(("driving",) if advised != "emergency" else ()),
    }
    assert forbidden(status, advised, worst_case) == tuple(kind for kind in KINDS if kind not in allowed)
