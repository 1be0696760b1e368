"""The content reads: what each gives, how it is narrowed, in which language, from which release."""

from typing import Any

import pytest
from starlette.types import ASGIApp

from api.content.languages import LISTS, texts
from api.content.loading import read_draft
from api.releases.library import Library
from schemas.releases import Bundle
from tests.builders import write
from tests.content.test_loading import good
from tests.face.calling import app_of, call

Json = Any
READS = [
    "/v1/topics", "/v1/topics/legs", "/v1/causes", "/v1/causes/cold", "/v1/remedies", "/v1/remedies/rest",
    "/v1/red-flags", "/v1/red-flags/mild", "/v1/findings", "/v1/findings/numb", "/v1/levels", "/v1/sources",
    "/v1/sources/book", "/v1/regions", "/v1/regions/GB", "/v1/search?q=cold",
]  # fmt: skip


def ids(app: ASGIApp, path: str) -> list[str]:
    answer = call(app, "GET", path)
    assert answer.status_code == 200, answer.text
    return [item.get("id", item.get("code")) for item in answer.json()["items"]]


@pytest.mark.parametrize("path", READS)
def test_every_content_answer_names_its_release_and_language(small_app: ASGIApp, path: str) -> None:
    answer = call(small_app, "GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "en"
    body = answer.json()
    assert body["language"] == "en"
    assert body["release"]["version"] == "1.0.0"
    assert body["release"]["clinical_review"] == "none"
    assert None not in _values(body)


def _values(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [inner for part in value.values() for inner in _values(part)]
    if isinstance(value, list):
        return [inner for part in value for inner in _values(part)]
    return [value]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/topics", ["arms", "legs"]),
        ("/v1/causes?topic=legs", ["cold"]),
        ("/v1/causes?category=body_or_mind", ["arm-cause", "cold"]),
        ("/v1/causes?category=retired_term", []),
        ("/v1/remedies?cause=cold", ["rest"]),
        ("/v1/remedies?category=mind", []),
        ("/v1/remedies?topic=legs&category=body", ["rest"]),
        ("/v1/red-flags", ["squeezed", "child", "late", "cold-arm", "mild"]),
        ("/v1/red-flags?topic=legs", ["squeezed", "child", "late", "mild"]),
        ("/v1/red-flags?level=urgent", ["child", "late"]),
        ("/v1/red-flags?topic=legs&level=routine", ["mild"]),
        ("/v1/findings", ["age", "arm-cold", "gate", "numb", "pregnant", "weak", "weeks"]),
        ("/v1/findings?topic=legs", ["age", "gate", "numb", "pregnant", "weak", "weeks"]),
        ("/v1/levels", ["self_care", "routine", "soon", "urgent", "emergency"]),
        ("/v1/sources", ["book"]),
        ("/v1/regions", ["GB"]),
        ("/v1/search?q=resst", ["arm-remedy", "rest"]),
        ("/v1/search?q=...", []),
        ("/v1/search?q=xylophone", []),
    ],
)
def test_lists_hold_what_their_query_asks_for(small_app: ASGIApp, path: str, expected: list[str]) -> None:
    assert ids(small_app, path) == expected


def test_a_topic_document_holds_all_that_an_app_needs_without_network(small_app: ASGIApp) -> None:
    body = call(small_app, "GET", "/v1/topics/legs").json()
    assert [flag["id"] for flag in body["red_flags"]] == ["squeezed", "child", "late", "mild"]
    assert [cause["id"] for cause in body["causes"]] == ["cold"]
    assert [remedy["id"] for remedy in body["remedies"]] == ["rest"]
    assert [source["id"] for source in body["sources"]] == ["book"]
    assert {one["id"] for one in body["findings"]} == {"age", "gate", "numb", "pregnant", "weak", "weeks"}


def test_a_pinned_release_answers_itself_and_says_what_superseded_it(small_app: ASGIApp) -> None:
    body = call(small_app, "GET", "/v1/topics?release=1.0.0").json()
    assert "superseded_by" not in body["release"]


def pseudo(text: str) -> str:
    """A text as the pseudo-language writes it; places for names stay."""
    return "[!" + text.replace("the", "thé") + "!]"


def translated(bundle: Bundle) -> Json:
    """Every text of a bundle in the pseudo-language, as translation files."""

    def turn(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: turn(part) for name, part in value.items()}
        return [turn(part) for part in value] if isinstance(value, list) else pseudo(value)

    files = {f"translations/eo/{name}.json": turn(texts(getattr(bundle, name))) for name in ("phrases", "manifest")}
    files["translations/eo/levels.json"] = {level.id: turn(texts(level)) for level in bundle.levels}
    for name in LISTS:
        if name != "levels":
            for item in getattr(bundle, name):
                files[f"translations/eo/{name.replace('_', '-')}/{item.id}.json"] = turn(texts(item))
    return files


@pytest.fixture(scope="module")
def bilingual(bilingual_library: Library) -> ASGIApp:
    """The app with the small content in two languages."""
    return app_of(bilingual_library)


def test_another_language_changes_every_text_and_no_rule(bilingual: ASGIApp) -> None:
    english = call(bilingual, "GET", "/v1/topics/legs?language=en").json()
    other = call(bilingual, "GET", "/v1/topics/legs?language=eo").json()
    assert other["language"] == "eo"
    assert other["causes"][0]["tells_apart"][0]["text"] == "[!Numb.!]"
    assert other["remedies"][0]["steps"] == ["[!Lie down.!]", "[!Rest.!]"]
    assert [flag["when"] for flag in other["red_flags"]] == [flag["when"] for flag in english["red_flags"]]
    assert [source["title"] for source in other["sources"]] == ["A book"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("eo", "eo"), ("en;q=0.2, eo;q=0.9", "eo"), ("de, fr", "en"), ("eo;q=0", "en"), ("eo;q=abc", "en"),
        ("*", "en"), ("", "en"), ("!!", "en"), ("en-AU", "en"),
    ],
)  # fmt: skip
def test_accept_language_decides_and_falls_back(bilingual: ASGIApp, header: str, language: str) -> None:
    answer = call(bilingual, "GET", "/v1/levels", headers={"Accept-Language": header})
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Encoding, Accept-Language"
    assert answer.json()["language"] == language


def test_a_check_in_another_language_speaks_it_and_has_the_same_receipt(bilingual: ASGIApp) -> None:
    profile = {"present": ["numb"], "region": "GB"}
    answers = [
        call(bilingual, "POST", "/v1/red-flag-checks", json={**profile, "language": language}).json()
        for language in ("en", "eo")
    ]
    assert answers[1]["advice"]["headline"] == "[!It is emergency.!]"
    assert "[!Call 999.!]" in answers[1]["say"]
    assert answers[0]["receipt"] == answers[1]["receipt"]


def test_a_translation_with_holes_and_extras_is_refused_with_file_and_place(
    small: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = good() | translated(small.newest().bundle)
    files["manifest.json"]["languages"] = ["en", "eo"]
    del files["translations/eo/causes/cold.json"]["title"]
    files["translations/eo/causes/cold.json"]["colour"] = "x"
    files["translations/eo/remedies/rest.json"]["cautions"].pop()
    files["translations/eo/remedies/rest.json"]["steps"] = []
    files["translations/eo/levels.json"]["soon"] = "x"
    files["translations/eo/topics/legs.json"]["sections"][0]["text"] = ""
    faults = {
        str(one).split(", without blanks")[0]
        for one in read_draft(write(tmp_path_factory.mktemp("holes"), files)).faults
    }
    assert faults == {
        "translations/eo/causes/cold.json#/title: the text is missing",
        "translations/eo/causes/cold.json#/colour: the original has no such text",
        "translations/eo/remedies/rest.json#/cautions: the original has 2 entries, the translation 1",
        "translations/eo/remedies/rest.json#/steps: a list that is not empty is expected here",
        "translations/eo/levels.json#/soon: an object is expected here",
        "translations/eo/topics/legs.json#/sections/0/text: a text of one line",
    }
