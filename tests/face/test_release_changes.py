"""The addresses that tell what releases changed, and how each was checked."""

from typing import Any

import pytest
from starlette.types import ASGIApp

from api.cli import main
from api.releases.library import load_library
from tests.builders import write
from tests.content.test_loading import good
from tests.face.calling import app_of, call

Json = Any


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    """Three releases made by the command: the second raises a level, the third drops a cause."""
    here = tmp_path_factory.mktemp("history")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SLEEP_GUIDANCE_RELEASES", str(here / "releases"))
        files = good()
        assert main(["release", "1.0.0", str(write(here / "first", files))]) == 0
        files["red-flags/mild.json"]["level"] = "soon"
        assert main(["release", "1.1.0", str(write(here / "second", files))]) == 0
        del files["causes/arm-cause.json"]
        assert main(["release", "2.0.0", str(write(here / "third", files))]) == 0
    return app_of(load_library(here / "releases"))


def changes(app: ASGIApp, version: str, query: str = "") -> Json:
    answer = call(app, "GET", f"/v1/releases/{version}/changes{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_changes_are_those_of_the_release_before_where_none_is_named(app: ASGIApp) -> None:
    body = changes(app, "1.1.0")
    assert (body["release"], body["from"], body["bump"]) == ("1.1.0", "1.0.0", "minor")
    assert [(one["from"], one["to"], one["bump"], one["proved"]) for one in body["steps"]] == [
        ("1.0.0", "1.1.0", "minor", True)
    ]
    change = body["steps"][0]["changes"][0]
    assert change.keys() == {"type", "kind", "id", "summary", "bump", "answers_can", "witnesses"}
    assert (change["type"], change["id"], change["answers_can"]) == ("level_raised", "mild", ["rise", "same"])
    witness = change["witnesses"][0]
    assert witness.keys() == {"present", "measurements", "before", "after", "words"}
    assert (witness["present"], witness["before"], witness["after"]) == (["gate"], "routine", "soon")
    for release, level in (("1.0.0", "routine"), ("1.1.0", "soon")):
        told = {"present": witness["present"], "release": release}
        assert call(app, "POST", "/v1/red-flag-checks", json=told).json()["level"] == level


def test_changes_of_several_releases_are_told_one_by_one(app: ASGIApp) -> None:
    body = changes(app, "2.0.0", "?from=1.0.0")
    assert body["bump"] == "major"
    assert [(one["from"], one["to"]) for one in body["steps"]] == [("1.0.0", "1.1.0"), ("1.1.0", "2.0.0")]
    assert [one["type"] for one in body["steps"][1]["changes"]] == ["item_removed"]


def test_the_first_release_changed_nothing(app: ASGIApp) -> None:
    assert changes(app, "1.0.0") == {"release": "1.0.0", "steps": []}


@pytest.mark.parametrize(
    ("version", "query", "status", "code"),
    [
        ("1.1.0", "?from=9.9.9", 422, "unknown_release"),
        ("1.1.0", "?from=1.1.0", 422, "not_older"),
        ("1.1.0", "?from=2.0.0", 422, "not_older"),
        ("1.1.0", "?from=1.0.0&from=1.0.0", 422, "repeated"),
        ("1.1.0", "?since=1.0.0", 422, "unknown_field"),
    ],
)
def test_a_release_to_tell_from_must_be_an_older_one(
    app: ASGIApp, version: str, query: str, status: int, code: str
) -> None:
    answer = call(app, "GET", f"/v1/releases/{version}/changes{query}")
    assert answer.status_code == status
    [error] = answer.json()["errors"]
    assert error["code"] == code
    assert code in {"repeated", "unknown_field"} or error["pointer"] == "query:from"


def test_the_changes_of_no_release_are_not_here(app: ASGIApp) -> None:
    for path in ("changes", "assurance"):
        assert call(app, "GET", f"/v1/releases/9.9.9/{path}").status_code == 404


def test_a_step_from_before_changes_were_proved_says_so(shipped_app: ASGIApp) -> None:
    body = changes(shipped_app, "1.1.0", "?from=1.0.0")
    [step] = body["steps"]
    assert (body["bump"], step["bump"], step["proved"]) == ("minor", "minor", False)
    types = [one["type"] for one in step["changes"]]
    assert {"wording", "sources", "item_added", "question_changed"} <= set(types)
    assert not any(one.get("witnesses") or "bump" in one for one in step["changes"])
    assert ("item_added", "pattern-changed") in {(one["type"], one.get("id")) for one in step["changes"]}


def test_the_report_of_a_release_is_given_as_it_was_published(app: ASGIApp) -> None:
    answer = call(app, "GET", "/v1/releases/1.1.0/assurance")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    body = answer.json()
    assert body["version"] == "1.1.0"
    assert [one["name"] for one in body["laws"]][:2] == ["silence", "sound"]


def test_a_release_from_before_reports_were_made_says_so(shipped_app: ASGIApp) -> None:
    answer = call(shipped_app, "GET", "/v1/releases/1.1.0/assurance")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "This release was published before assurance reports were made."
