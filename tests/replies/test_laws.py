"""What holds of every reply: the service's own words pass, typing habits change nothing, any text gets a verdict."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.red_flags.checking import as_model, check, parse_profile
from schemas.checks import CheckAnswer
from tests.replies.corpus import SETS, answer, draft, entries, judged, profiles, verdict, verdict_on
from tests.test_cases import CASES

Json = Any
REGIONS: list[Json] = [{"region": code} for code in ("GB", "US", "FR", "AU", "DE", "JP")] + [{}]
NAMES = list(profiles())


def sampled(count: int) -> list[CheckAnswer]:
    """Answers to the cases that were written for each red flag, drawn from a seed."""
    source = random.Random(7)
    drawn = [{**case["given"], **source.choice(REGIONS)} for _, case in source.sample(CASES, count)]
    return [as_model(check(parse_profile(json.dumps(one).encode()), draft())) for one in drawn]


ANSWERS = [*map(answer, NAMES), *sampled(60)]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_what_the_service_says_itself_keeps_its_answer(number: int) -> None:
    found = verdict_on(ANSWERS[number].model_dump(mode="json"), ANSWERS[number].say)
    assert found.kept, (found.missing, [(one.kind, ANSWERS[number].say[one.start : one.end]) for one in found.wrong])


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_the_closing_alone_keeps_the_answer(number: int) -> None:
    given_answer = ANSWERS[number].model_dump(mode="json")
    closing = verdict_on(given_answer, "Hm.").closing
    assert isinstance(closing, str)
    assert verdict_on(given_answer, closing).kept, closing


def test_a_reply_that_only_leaves_something_out_is_kept_with_the_closing_behind_it() -> None:
    repaired = 0
    for name in SETS:
        for entry in entries(name):
            found = verdict(entry)
            if found.verdict == "append_closing":
                repaired += 1
                assert judged(entry.to, f"{entry.reply} {found.closing}").kept, entry.reply
    assert repaired >= 20


@pytest.mark.parametrize(
    "habit",
    [
        str.upper,
        lambda text: text.replace("'", "\u2019"),
        lambda text: text.replace(" ", "\u00a0"),
        "\u200b".join,
        lambda text: "".join(chr(ord(one) + 0xFEE0) if one.isalnum() and one.isascii() else one for one in text),
        lambda text: f"**{text}**",
        lambda text: f"\n\n{text}\n",
        lambda text: text.replace("a", "a\u0301").replace("e", "\u00e9"),
    ],
    ids=["upper case", "curly quotes", "hard blanks", "zero width", "full width", "bold", "lines", "accents"],
)
def test_a_habit_of_typing_changes_no_verdict(habit: Callable[[str], str]) -> None:
    for entry in entries("tuning"):
        if entry.reply.isascii() and not {"<", "~", "\n", '"'} & set(entry.reply):
            assert judged(entry.to, habit(entry.reply)).verdict == verdict(entry).verdict, entry.reply


def test_equal_replies_have_equal_verdicts_and_none_repeats_a_word_of_them() -> None:
    for to in NAMES:
        marked = "Zqmarker. You'll be fine, zqmarker. Zqmarker \u05d0!"
        first, second = judged(to, marked), judged(to, marked)
        assert first == second
        assert "zqmarker" not in first.model_dump_json().lower()


WORDS = st.sampled_from([
    "call", "999", "112", "911", "now", "not", "never", "if", "or", "and", "but", "do", "you", "need", "see", "a",
    "doctor", "today", "tomorrow", "wait", "fine", "worry", "just", "cramp", "nothing", "emergency", "ambulance", ",",
    ".", "?", "!", '"', "'", "~~", "(", ")", "no", "when", "only", "don't", "I", "they", "\u200b", "\u05d0", "9",
    "nine", "\n", "-", "it", "is",
])  # fmt: skip


SAID = st.characters(min_codepoint=9, exclude_categories=["Cs"])
"""Whatever may stand in a reply."""


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=60), to=st.sampled_from(NAMES))
def test_any_words_get_a_verdict_with_places_inside_the_reply(words: list[str], to: str) -> None:
    reply = " ".join(words)
    for one in judged(to, reply).wrong:
        assert 0 <= one.start < one.end <= len(reply)


@settings(max_examples=300, deadline=None)
@given(reply=st.text(SAID, min_size=1, max_size=200), to=st.sampled_from(NAMES))
def test_any_text_gets_a_verdict(reply: str, to: str) -> None:
    found = judged(to, reply)
    assert found.verdict in {"send", "append_closing", "say_instead", "check_again"}
    for one in found.wrong:
        assert 0 <= one.start < one.end <= len(reply)


@pytest.mark.parametrize(
    "part",
    [
        "call 999 ",
        "not ",
        "a. ",
        "(",
        "9 ",
        "~~",
        "<a",
        "if it gets worse ",
        "\ufdfa",
        "see a doctor, ",
        "'\"",
        "\n",
        "e\u0301",
    ],
)
def test_as_long_a_text_as_can_be_sent_gets_a_verdict_too(part: str) -> None:
    reply = (part * 60_000)[:60_000]
    assert not judged("emergency GB", reply).kept
    assert len(judged("emergency GB", reply).wrong) <= 100


def test_the_sets_are_files_that_hold_nothing_else() -> None:
    folder = Path(__file__).parent
    assert {path.stem for path in folder.glob("*.json")} == {*SETS, "answers"}
