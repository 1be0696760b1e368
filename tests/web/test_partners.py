"""Partner keys: hashed, header only, a quota of their own, and a wrong one is never taken for nobody."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from api.cli import main
from api.releases.library import Library
from api.web.callers import hashed, new_key, read_partners
from api.web.problems import EMERGENCY
from schemas.problems import ContentRefused
from tests.face.calling import app_of
from tests.web.calling import CHECK, asking, statuses

Json = Any
READ, ASK = ("GET", "/v1/topics"), ("POST", CHECK)
KEY, OTHER_KEY = new_key(), new_key()
CLINIC = {"name": "night-clinic", "sha256": hashed(KEY), "quota": "3/hour"}
APP = {"name": "sleep-app", "sha256": hashed(OTHER_KEY)}


def file_of(place: Path, document: Json) -> Path:
    path = place / "partners.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def app(small: Library, tmp_path: Path) -> ASGIApp:
    """An app with two partners; everybody else may send one read and one check an hour."""
    path = file_of(tmp_path, {"partners": [CLINIC, APP]})
    return app_of(small, partner_keys=path, quota_reads="1/hour", quota_checks="1/hour", quota_partners="2/hour")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def ask(app: ASGIApp, method: str, path: str, **more: Json) -> httpx.Response:
    return asyncio.run(asking(app)(method, path, **more))


def test_a_partner_has_a_quota_of_its_own_wherever_it_calls_from(app: ASGIApp) -> None:
    assert statuses(app, [READ] * 3, headers=bearer(KEY)) == [200, 200, 200]
    assert statuses(app, [READ], "198.51.100.1", headers=bearer(KEY)) == [429]
    assert statuses(app, [ASK] * 4, headers=bearer(KEY), json={}) == [200, 200, 200, 429]
    assert statuses(app, [READ] * 3, headers=bearer(OTHER_KEY)) == [200, 200, 429]
    assert statuses(app, [READ] * 2) == [200, 429]


def test_a_partner_without_any_quota_is_not_counted(small: Library, tmp_path: Path) -> None:
    app = app_of(small, partner_keys=file_of(tmp_path, {"partners": [APP]}))
    assert set(statuses(app, [READ] * 10, headers=bearer(OTHER_KEY))) == {200}
    assert set(statuses(app, [READ] * 10)) == {200}
    assert statuses(app, [READ], headers=bearer(KEY)) == [401]


WRONG = [
    "",
    "Bearer",
    "Bearer ",
    f"Bearer {new_key()}",
    f"Bearer {KEY[:-1]}",
    f"Bearer {KEY}x",
    f"Bearer {KEY} ",
    f"Bearer  {KEY} {KEY}",
    f"Bearer {KEY},{KEY}",
    f"Basic {KEY}",
    KEY,
    f"Bearer {hashed(KEY)}",
    f"Bearer {KEY.upper()}",
    f"Bearer \xff{KEY}",
    "Bearer " + "x" * 10_000,
]


@pytest.mark.parametrize("value", WRONG, ids=range(len(WRONG)))
def test_a_wrong_key_is_refused_and_never_taken_for_nobody(small: Library, tmp_path: Path, value: str) -> None:
    app = app_of(small, partner_keys=file_of(tmp_path, {"partners": [CLINIC]}))
    headers = {"Authorization": value.encode("latin-1")}
    refused = ask(app, *READ, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/key-refused")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert refused.headers["cache-control"] == "no-store"
    assert "emergency" not in refused.json()
    checked = ask(app, *ASK, headers=headers, json={})
    assert (checked.status_code, checked.json()["emergency"]) == (401, EMERGENCY)
    assert KEY not in refused.text + checked.text


def test_the_name_of_the_scheme_is_read_in_any_case(app: ASGIApp) -> None:
    assert statuses(app, [READ] * 2, headers={"Authorization": f"bEARER   {KEY}"}) == [200, 200]


def test_two_keys_are_refused_even_if_one_is_right(app: ASGIApp) -> None:
    headers = [("Authorization", f"Bearer {KEY}"), ("Authorization", f"Bearer {OTHER_KEY}")]
    assert statuses(app, [READ], headers=headers) == [401]


@pytest.mark.parametrize("path", ["/v1/topics?key={key}", "/v1/topics?{key}", "/docs?access_token={key}"])
def test_a_key_in_the_address_is_refused(small: Library, tmp_path: Path, path: str) -> None:
    app = app_of(small, partner_keys=file_of(tmp_path, {"partners": [CLINIC]}))
    assert ask(app, "GET", path.format(key=KEY)).status_code == 401
    refused = ask(app, "GET", path.format(key=KEY), headers=bearer(KEY))
    assert refused.status_code == 401
    assert KEY not in refused.text


def test_wrong_keys_are_counted_as_their_network_so_that_none_can_be_tried_for_ever(app: ASGIApp) -> None:
    assert statuses(app, [READ] * 3, headers=bearer("wrong")) == [401, 429, 429]
    assert statuses(app, [READ]) == [429]
    assert statuses(app, [READ], headers=bearer(KEY)) == [200]


def test_without_partners_the_header_is_not_looked_at(small_app: ASGIApp) -> None:
    assert statuses(small_app, [READ] * 2, headers=bearer("anything")) == [200, 200]


def test_browser_apps_may_send_a_key_only_where_there_are_partners(small: Library, tmp_path: Path) -> None:
    headers = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    path = file_of(tmp_path, {"partners": [CLINIC]})
    with_partners = app_of(small, partner_keys=path, cors_origins="https://app.example")
    assert ask(with_partners, "OPTIONS", "/v1/topics", headers=headers).status_code == 200
    without = app_of(small, cors_origins="https://app.example")
    assert ask(without, "OPTIONS", "/v1/topics", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"partners": [CLINIC, {**APP, "name": "night-clinic"}]}, "partners.json#/partners/1/name: it stands there"),
        ({"partners": [CLINIC, {**APP, "sha256": hashed(KEY)}]}, "partners.json#/partners/1/sha256: it stands there"),
        ({"partners": [{**CLINIC, "key": KEY}]}, "partners.json#/partners/0/key: Extra inputs are not permitted"),
        ({"partners": [{**CLINIC, "sha256": KEY}]}, "partners.json#/partners/0/sha256: String should match pattern"),
        ({"partners": [{**CLINIC, "quota": "10/day"}]}, "partners.json#/partners/0/quota: String should match pattern"),
        ([CLINIC], "partners.json: Input should be an object"),
    ],
)
def test_a_file_of_keys_with_a_fault_is_refused_with_its_place(tmp_path: Path, document: Json, says: str) -> None:
    with pytest.raises(ContentRefused) as error:
        read_partners(file_of(tmp_path, document))
    assert says in str(error.value)
    assert KEY not in str(error.value)


def test_a_file_of_keys_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match=r"partners.json: the file is missing or cannot be read"):
        read_partners(tmp_path / "partners.json")


def test_a_new_key_is_shown_once_and_only_its_hash_goes_into_the_file(
    small: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["partners", "new", "night-clinic", "--quota", "1/hour"]) == 0
    shown, line = capsys.readouterr().out.splitlines()
    key = shown.rpartition(" ")[2]
    entry = json.loads(line.partition(": ")[2])
    assert entry == {"name": "night-clinic", "sha256": hashed(key), "quota": "1/hour"}
    app = app_of(small, partner_keys=file_of(tmp_path, {"partners": [entry]}))
    assert statuses(app, [READ] * 2, headers=bearer(key)) == [200, 429]
    assert main(["partners", "new", "sleep-app"]) == 0
    again, line = capsys.readouterr().out.splitlines()
    assert "quota" not in line
    assert again.rpartition(" ")[2] != key


def test_a_partner_with_no_proper_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["partners", "new", "Night Clinic", "--quota", "often"]) == 1
    err = capsys.readouterr().err
    assert "partner#/name: String should match pattern" in err
    assert "partner#/quota: String should match pattern" in err
