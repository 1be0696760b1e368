"""The data by which replies are read: complete, without a pattern that cannot hold, and in step with the content."""

import json
import re
from importlib import resources
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from api.red_flags.speaking import forbidden
from api.replies.patterns import compile_exception, compile_set
from api.replies.reading import read
from api.replies.spelling import Numbers
from api.replies.wording import english
from schemas.wording import Wording
from schemas.words import LEVELS, NotToSayKind
from tests.replies.corpus import draft, judged

Json = Any
NONE = Numbers("", frozenset(), frozenset())


def wording() -> Wording:
    return TypeAdapter(Wording).validate_json(resources.files("api.replies").joinpath("english.json").read_bytes())


def texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [text for one in inner for text in texts(one)]


def test_every_level_and_every_kind_has_its_wording() -> None:
    found = wording()
    conditions = found.conditions
    for by_level in (found.instructions, found.conditional, conditions.after, conditions.later, conditions.or_):
        assert set(by_level) == set(LEVELS)
    assert set(found.statements) == set(get_args(NotToSayKind))


def test_every_class_is_used_and_every_one_that_is_used_is_there() -> None:
    found = wording()
    used = {name for text in texts(json.loads(found.model_dump_json())) for name in re.findall(r"<([a-z-]+)>", text)}
    assert used == set(found.classes)


def test_no_pattern_begins_with_a_gap_or_something_that_may_be_left_out() -> None:
    found = wording()
    patterns = [text for one in found.statements.values() for group in one.says for text in group.any]
    patterns += [text for one in found.instructions.values() for part in texts(one.model_dump()) for text in [part]]
    for text in patterns:
        assert not re.match(r"\.\.|~|\S+\?( |$)|\([^)]*\)\?", text), text


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("call ..1 doctor", "call a doctor", True),
        ("call ..1 doctor", "call a good doctor", False),
        ("call ..1 doctor", "call not doctor", False),
        ("call ..1 doctor", "call , doctor", False),
        ("call ~1 doctor", "call , doctor", True),
        ("call the? doctor", "call doctor", True),
        ("call (the|a good)? doctor", "call a good doctor", True),
        ("<who> calls", "the nurse calls", True),
        ("(ring|call up) <who>", "call up doctor", True),
        ("in #n days", "in #5 days", True),
        ("in #n days", "in #here days", False),
        ("#n days", "#12 days", True),
        ("#here", "call #here", True),
        (", call", "call", False),
        ("call", "recall", False),
        ("call", "calls", False),
    ],
)
def test_a_pattern_means_what_its_form_says(pattern: str, text: str, *, holds: bool) -> None:
    found = compile_set([(None, pattern)], {"who": ("doctor", "the nurse")})
    assert found.holds_in(text.split()) is holds


def test_a_comma_in_a_pattern_is_the_beginning_of_a_sentence_too() -> None:
    found = compile_set([("x", ", call")], {})
    sentences = read("Call now. Do, call now. Recall.", NONE).sentences
    assert [[(one.tag, list(one.places)) for one in found.find(sentence)] for sentence in sentences] == [
        [("x", [0, 1])], [("x", [2, 3])], [],
    ]  # fmt: skip


def test_an_exception_stands_before_or_after_or_on_both_sides() -> None:
    before, after = compile_exception("not ..1 @ at all", {})
    assert before is not None
    assert after is not None
    assert before.search(" do not just ")
    assert not before.search(" do not just now ")
    assert after.match(" at all ")
    assert compile_exception("@ now", {})[0] is None
    assert compile_exception("not @", {})[1] is None


def test_the_words_of_every_question_can_stand_beside_a_grave_answer() -> None:
    language = english()
    for finding in draft().texts["en"].findings.values():
        for sentence in read(f"{finding.question} {finding.name}", NONE).sentences:
            for word in sentence.words:
                known = {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed")}
                assert len(word) == 1 or word[0] in "#?" or known & language.plain_questions, (finding.id, word)


@pytest.mark.parametrize("kind", get_args(NotToSayKind))
def test_every_example_of_what_must_not_be_said_is_found_where_it_is_forbidden(kind: NotToSayKind) -> None:
    """The content's own examples, each said beside a right instruction to an emergency."""
    assert kind in forbidden("settled", "emergency", "emergency")
    told = getattr(draft().texts["en"].bundle.phrases.must_not_say, kind)
    for example in told.examples:
        found = judged("emergency GB", f"Call 999 now. {example}")
        assert found.verdict == "say_instead", example
        assert kind in {one.kind for one in found.wrong}, (example, found.wrong)
