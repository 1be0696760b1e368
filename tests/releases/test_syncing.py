"""Delta sync: along any chain of releases a partner's copy becomes, byte for byte, the newest bundle."""

import base64
import random
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from api.content.strict_json import read_json
from api.releases.freezing import freeze, read_ledger
from api.releases.library import Library, load_library
from api.releases.pointing import point
from api.releases.syncing import sync_page, taken_apart
from api.settings import ROOT
from schemas.problems import ContentRefused
from schemas.releases import Recall
from tests.builders import NOW, bundle_of
from tests.face.calling import app_of, call
from tests.laws.strategies import contents
from tests.releases.signed import publish

Json = Any


class Asking(httpx.Client):
    """A client whose requests are answered by an app in the process."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(base_url="http://test")
        self.app = app

    def get(self, url: httpx.URL | str, **more: Json) -> httpx.Response:
        return call(self.app, "GET", str(url), **more)


def partner() -> dict[str, Callable[..., Json]]:
    """The client of docs/syncing.md, as it is written there."""
    code = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "syncing.md").read_text(), re.DOTALL)[0]
    names: dict[str, Json] = {}
    exec(compile(code, "docs/syncing.md", "exec"), names)  # noqa: S102 -- the documentation's own code
    return names


def translated(files: dict[str, Json], draw: random.Random) -> dict[str, Json]:
    """Translate a part of a draft at random into a made-up language; a release holds translations as they stand."""
    texts: dict[str, Json] = {"phrases": {"no_advice_yet": f"Qqq {draw.randrange(3)}"}}
    for folder in ("topics", "findings"):
        names = [
            name.removeprefix(f"{folder}/").removesuffix(".json") for name in files if name.startswith(f"{folder}/")
        ]
        texts[folder] = {name: {"title": f"Q {draw.randrange(3)}"} for name in names if draw.random() < 0.5}
        if not texts[folder]:
            del texts[folder]
    return {language: texts for language in ("qaa", "qab") if draw.random() < 0.7}


@given(st.lists(contents(), min_size=1, max_size=4), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_deltas_along_any_chain_of_releases_give_the_newest_bundle(
    history: list[dict[str, Json]], seed: int
) -> None:
    draw = random.Random(seed)
    client = partner()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        copies: list[tuple[dict[Json, Json], str | None]] = [({}, None)]
        for number, files in enumerate(history):
            bundle = bundle_of(files).model_copy(update={"translations": translated(files, draw)})
            try:
                freeze(bundle, f"{number + 1}.0.0", folder, NOW + timedelta(days=number))
            except ContentRefused:  # an id that was removed came again: such a history cannot be published
                continue
            library = load_library(folder)
            app = app_of(library)
            copies = [(dict(copy), token) for copy, token in copies]
            for index, (copy, token) in enumerate(copies):
                kept, digest = client["sync"](Asking(app), copy, token, limit=draw.choice([1, 2, 7, 1000]))
                assert client["bundle"](copy) == library.newest().bundle_bytes
                assert digest == library.newest().entry.bundle == client["digest"](copy)
                copies[index] = (copy, kept)
                assert client["sync"](Asking(app), dict(copy), kept) == (kept, digest)
            copies.append(({}, None))


def test_what_is_taken_apart_goes_together_again(shipped: Library) -> None:
    for release in shipped.releases.values():
        assert partner()["bundle"](taken_apart(read_json(release.bundle_bytes))) == release.bundle_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two releases; the second has other words and one cause less."""
    made = tmp_path / "releases"
    made.mkdir()
    publish(tmp_path, None, folder=made)
    return made


def whole_sync_of(library: Library, version: str) -> str:
    """The token that a partner holds who has a release whole."""
    digest = library.releases[version].entry.bundle.removeprefix("sha256:")
    return base64.urlsafe_b64encode(f"{digest}:{digest}:0".encode()).rstrip(b"=").decode()


def test_a_deletion_is_a_record_of_its_own(folder: Path) -> None:
    library = load_library(folder)
    answer = call(app_of(library), "GET", "/v1/changes", params={"since": whole_sync_of(library, "1.0.0")}).json()
    told = [(one["op"], one["kind"], one["id"], one["release"], "item" in one) for one in answer["items"]]
    assert told == [
        ("delete", "cause", "arm-cause", "1.1.0", False),
        ("upsert", "phrases", "phrases", "1.1.0", True),
        ("upsert", "tombstones", "tombstones", "1.1.0", True),
    ]
    assert answer["items"][2]["item"] == [{"kind": "cause", "id": "arm-cause", "last_release": "1.0.0"}]
    assert ("next_page_token" in answer, "next_sync_token" in answer) == (False, True)


def test_a_sync_that_began_never_mixes_two_releases(folder: Path) -> None:
    library = load_library(folder)
    older = library._replace(
        latest=library.latest.model_copy(update={"version": "1.0.0"}), releases={"1.0.0": library.releases["1.0.0"]}
    )
    first = sync_page(older, None, 5)
    assert first.next_page_token
    second = call(app_of(library), "GET", "/v1/changes", params={"since": str(first.next_page_token)}).json()
    assert second["release"]["version"] == "1.0.0"
    assert {one["release"] for one in second["items"]} == {"1.0.0"}
    after = call(app_of(library), "GET", "/v1/changes", params={"since": second["next_sync_token"]}).json()
    assert after["release"]["version"] == "1.1.0"


@pytest.mark.parametrize("token", ["", "aXyz", "%%%%", "bm90aGluZw", "-:-:0", "e" * 200, "Ä"])
def test_a_token_that_is_none_of_ours_is_refused_and_not_repeated(folder: Path, token: str) -> None:
    answer = call(app_of(load_library(folder)), "GET", "/v1/changes", params={"since": token})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "query:since")
    assert not token or token not in answer.text


def token_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(":".join(map(str, parts)).encode()).rstrip(b"=").decode()


def test_a_token_of_a_release_from_elsewhere_is_gone_with_the_way_back(folder: Path) -> None:
    library = load_library(folder)
    newest = library.latest.digest.removeprefix("sha256:")
    for token in (token_of("a" * 64, newest, 0), token_of("-", "a" * 64, 3), token_of("a" * 64, "a" * 64, 0)):
        answer = call(app_of(library), "GET", "/v1/changes", params={"since": token})
        assert answer.status_code == 410
        assert "Start again: GET /v1/changes without `since`" in answer.json()["detail"]
    beyond = call(app_of(library), "GET", "/v1/changes", params={"since": token_of("-", newest, 99999)})
    assert beyond.status_code == 400


def test_a_copy_of_the_service_that_is_behind_leads_nobody_back(folder: Path) -> None:
    library = load_library(folder)
    behind = library._replace(
        latest=library.latest.model_copy(update={"version": "1.0.0", "sequence": 1}),
        releases={"1.0.0": library.releases["1.0.0"]},
    )
    first = sync_page(library, None, 5)
    whole = sync_page(library, None, 1000)
    for token in (str(first.next_page_token), str(whole.next_sync_token)):
        answer = call(app_of(behind), "GET", "/v1/changes", params={"since": token})
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-yet")
        assert int(answer.headers["retry-after"]) > 0
        assert call(app_of(library), "GET", "/v1/changes", params={"since": token}).status_code == 200
    older = sync_page(behind, None, 5)
    assert sync_page(library, str(older.next_page_token), 5).release.version == "1.0.0"


def test_nobody_is_led_to_a_release_that_was_recalled_on_the_way(folder: Path) -> None:
    first = sync_page(load_library(folder), None, 5)
    held = whole_sync_of(load_library(folder), "1.1.0")
    recall = Recall(version="1.1.0", severity="unsafe", reason="Wrong.", replacement="1.0.0", recalled=NOW)
    point(read_ledger(folder), (recall,), NOW, folder, None)
    app = app_of(load_library(folder))
    assert call(app, "GET", "/v1/changes", params={"since": str(first.next_page_token)}).status_code == 410
    back = call(app, "GET", "/v1/changes", params={"since": held}).json()
    assert back["release"]["version"] == "1.0.0"
    assert ("upsert", "arm-cause") in [(one["op"], one["id"]) for one in back["items"]]


def test_an_id_that_was_removed_is_never_used_again(folder: Path, small: Library) -> None:
    with pytest.raises(
        ContentRefused, match=r"causes/arm-cause\.json#/id: this id was removed and is never used again"
    ):
        freeze(small.newest().bundle, "1.2.0", folder, NOW)
    assert load_library(folder).newest().bundle.tombstones[0].id == "arm-cause"


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_its_bounds_is_refused(small_app: ASGIApp, limit: str) -> None:
    assert call(small_app, "GET", "/v1/changes", params={"limit": limit}).status_code == 422
