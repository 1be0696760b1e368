"""Recalls: what must no longer be used is never served as if nothing were, and nobody is refused an answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.releases.freezing import read_ledger
from api.releases.library import Library, gone_stale, load_library
from api.releases.pointing import point
from schemas.problems import ContentRefused
from schemas.releases import Recall
from tests.builders import NOW
from tests.face.calling import app_of, call, check
from tests.releases.signed import publish

Json = Any
Recalling = Callable[..., Library]


@pytest.fixture
def recalling(tmp_path: Path) -> Recalling:
    """Two releases, of which recalls can be declared."""
    folder = tmp_path / "releases"
    folder.mkdir()
    publish(tmp_path, None, folder=folder)

    def apply(*recalls: Json) -> Library:
        said = tuple(
            Recall.model_validate({"severity": "unsafe", "reason": "It is wrong.", "recalled": NOW, **one})
            for one in recalls
        )
        point(read_ledger(folder), said, NOW, folder, None)
        return load_library(folder)

    return apply


def test_the_newest_release_recalled_as_unsafe_is_answered_by_its_replacement(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "replacement": "1.0.0"}))
    plain = check(app, {}).json()["release"]
    assert (plain["version"], "recalled" in plain, "superseded_by" in plain) == ("1.0.0", False, False)
    pinned = check(app, {"release": "1.1.0"}).json()
    assert (pinned["release"]["version"], pinned["release"]["recalled"]) == ("1.0.0", "1.1.0")
    assert "recalled" in pinned["say"]
    assert call(app, "GET", "/v1/topics").json()["release"]["version"] == "1.0.0"
    assert call(app, "GET", "/v1/changes").json()["release"]["version"] == "1.0.0"
    assert call(app, "GET", "/readyz").json()["release"]["version"] == "1.0.0"


def test_an_unsafe_remedy_is_neither_given_nor_suggested(recalling: Recalling) -> None:
    calm = {
        "topic": "arms",
        "absent": ["gate", "arm-cold", "pregnant"],
        "measurements": [{"finding": "age", "value": 30}],
    }
    before = app_of(recalling())
    suggested = [one["id"] for one in check(before, calm).json()["guidance"]["remedies"]]
    assert suggested == ["arm-remedy"]
    app = app_of(recalling({"version": "1.1.0", "kind": "remedy", "id": "arm-remedy"}))
    assert check(app, calm).json()["guidance"]["remedies"] == []
    gone = call(app, "GET", "/v1/remedies/arm-remedy")
    assert gone.status_code == 410
    assert gone.json()["detail"] == "This item is recalled as unsafe: It is wrong."
    assert [one["id"] for one in call(app, "GET", "/v1/remedies").json()["items"]] == ["rest"]
    topic = call(app, "GET", "/v1/topics/arms").json()
    assert topic["remedies"] == []
    assert topic["topic"]["remedies"] == []
    assert call(app, "GET", "/v1/remedies/arm-remedy?release=1.0.0").status_code == 410


def test_an_unsafe_cause_leaves_no_mention(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "kind": "cause", "id": "cold"}))
    assert call(app, "GET", "/v1/causes/cold").status_code == 410
    assert call(app, "GET", "/v1/remedies/rest").json()["item"]["causes"] == []


def test_an_unsafe_reassurance_is_not_spoken(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "kind": "reassurance", "id": "arm-calm"}))
    assert call(app, "GET", "/v1/topics/arms").json()["reassurance"] == []


def test_an_item_recalled_up_to_an_older_release_is_served_from_a_newer(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.0.0", "kind": "remedy", "id": "rest"}))
    assert call(app, "GET", "/v1/remedies/rest").status_code == 200
    assert call(app, "GET", "/v1/remedies/rest?release=1.0.0").status_code == 410


def test_a_withdrawn_item_is_served_and_told_of(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "kind": "red_flag", "id": "mild", "severity": "withdrawn"}))
    assert call(app, "GET", "/v1/red-flags/mild").status_code == 200
    told = call(app, "GET", "/v1/changes").json()["recalls"]
    assert [(one["kind"], one["id"], one["reason"]) for one in told] == [("red_flag", "mild", "It is wrong.")]
    assert call(app, "GET", "/v1/releases/latest").json()["recalls"] == told


@pytest.mark.parametrize(
    ("recall", "expected"),
    [
        ({"version": "3.0.0"}, "/recalls/0/version: no release has this version"),
        ({"version": "1.0.0", "replacement": "3.0.0"}, "/recalls/0/replacement: no release has this version"),
        ({"version": "1.1.0"}, "/recalls/0/replacement: it is recalled itself"),
        ({"version": "1.1.0", "kind": "red_flag", "id": "mild"}, "/recalls/0/kind: without it other answers"),
        ({"version": "1.1.0", "kind": "remedy"}, "/recalls/0: give both kind and id, or neither"),
    ],
)
def test_a_recall_that_cannot_be_followed_is_refused(recalling: Recalling, recall: Json, expected: str) -> None:
    with pytest.raises(ContentRefused) as error:
        recalling(recall)
    assert any(expected in str(fault) for fault in error.value.faults)


def test_an_expired_pointer_is_said_in_answers_and_readiness(recalling: Recalling) -> None:
    library = recalling({"version": "1.0.0"})
    assert "stale" not in check(app_of(library), {}).json()["release"]
    app = app_of(gone_stale(library))
    assert check(app, {}).json()["release"]["stale"] is True
    assert check(app, {"release": "1.0.0"}).json()["release"]["stale"] is True
    assert call(app, "GET", "/readyz").json()["release"]["stale"] is True
    assert call(app, "GET", "/v1/topics").json()["release"]["stale"] is True
