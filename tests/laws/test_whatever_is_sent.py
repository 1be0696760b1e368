"""Whatever bytes are sent to the check, the answer is 200 or a clear 4xx, never a 500, and never an echo."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.checking import parse_profile
from schemas.checks import Profile
from schemas.problems import ProfileRefused
from tests.face.calling import call

Json = Any
MARKER = "zqmarker"
FIELDS = ["topic", "region", "language", "release", "present", "absent", "unsure", "measurements", "include", MARKER]
WORDS = st.sampled_from(["numb", "weak", "gate", "age", "weeks", "GB", "en", "legs", "1.0.0", "possible", MARKER, ""])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["finding", "value", MARKER]), inner, max_size=3)
    ),
    max_leaves=6,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5)
FUZZ = settings(max_examples=400, deadline=None)


def send(app: ASGIApp, content: bytes) -> None:
    answer = call(app, "POST", "/v1/red-flag-checks", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 400, 422}
    assert MARKER not in answer.text
    json.loads(answer.text)
    if answer.status_code != 200:
        assert answer.json()["emergency"]


@FUZZ
@given(body=BODIES)
def test_any_json_is_answered_or_refused(small_app: ASGIApp, body: Json) -> None:
    send(small_app, json.dumps(body).encode())


@st.composite
def near_profiles(draw: st.DrawFn) -> list[tuple[str, Json]]:
    """The keys and values of a body that is nearly a profile; a key may stand twice, and texts may hold colons."""
    ids = st.lists(st.sampled_from(["numb", "a:b", ":", '"":', "\u00e9"]), max_size=3)
    measured = st.lists(
        st.fixed_dictionaries({"finding": st.just("age"), "value": st.floats() | st.integers()}), max_size=2
    )
    values: dict[str, st.SearchStrategy[Json]] = {
        "topic": WORDS, "region": WORDS, "present": ids, "absent": ids, "unsure": ids, "measurements": measured,
    }  # fmt: skip
    names = draw(st.lists(st.sampled_from([*values]), max_size=5))
    return [(name, draw(values[name])) for name in names]


@FUZZ
@given(pairs=near_profiles(), space=st.sampled_from(["", " ", "\n"]))
def test_a_profile_is_read_as_strict_json_or_not_at_all(pairs: list[tuple[str, Json]], space: str) -> None:
    body = "{" + ",".join(f"{json.dumps(name)}{space}:{space}{json.dumps(value)}" for name, value in pairs) + "}"
    assert reading(parse_profile, body.encode()) == reading(strictly, body.encode())
    if len(dict(pairs)) < len(pairs):
        assert reading(parse_profile, body.encode()) in {"repeated_key", "not_a_number"}


def strictly(body: bytes) -> Profile:
    return Profile.model_validate(read_json(body))


def reading(read: Callable[[bytes], Profile], body: bytes) -> Profile | str:
    """What is read, or why nothing is."""
    try:
        return read(body)
    except NotStrictJson as error:
        return error.code
    except ProfileRefused as refusal:
        return refusal.errors[0].code


@FUZZ
@given(content=st.binary(max_size=60))
def test_any_bytes_are_answered_or_refused(small_app: ASGIApp, content: bytes) -> None:
    send(small_app, content)


@FUZZ
@given(
    path=st.sampled_from(["topics", "causes", "remedies", "red-flags", "findings", "search", "releases"]),
    query=st.dictionaries(
        st.sampled_from(["q", "topic", "cause", "category", "level", "language", "release", MARKER]),
        WORDS | st.text(max_size=8),
        max_size=3,
    ),
)
def test_any_query_is_answered_or_refused(small_app: ASGIApp, path: str, query: dict[str, str]) -> None:
    answer = call(small_app, "GET", f"/v1/{path}", params=query)
    assert answer.status_code in {200, 422}
    assert MARKER not in answer.text
