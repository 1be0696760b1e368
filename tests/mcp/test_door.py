"""The address of the protocol: who may call it, how, how much; whatever comes, it answers clearly and at once."""

import asyncio
import io
import json
import logging
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client
from starlette.types import ASGIApp

from api.app import make_routes
from api.mcp import door
from api.releases.library import Library
from api.settings import Settings
from api.web import logs
from tests.face.calling import app_of, call
from tests.mcp.calling import GENERATIONS, NOTHING, message, modern, post, talk, tool_message

Json = Any
MARKER = "zqmarker"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_any_method_but_post_is_refused_at_once_and_holds_no_connection(address: str, method: str) -> None:
    headers = {"Accept": "text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    answer = httpx.request(method, f"{address}/mcp", headers=headers, timeout=60)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "OPTIONS, POST"
    assert answer.headers["content-type"] == "application/problem+json"


def test_options_names_post(address: str) -> None:
    assert httpx.options(f"{address}/mcp").headers["allow"] == "OPTIONS, POST"


def test_what_lies_below_the_address_or_ends_with_a_slash_is_not_found(shipped_app: ASGIApp) -> None:
    for path in ("/mcp/", "/mcp/sse"):
        answer = call(shipped_app, "POST", path, json={})
        assert answer.status_code == 404
        assert "location" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", "[::1", ""])
def test_a_foreign_name_is_refused(shipped_app: ASGIApp, host: str) -> None:
    answer = post(shipped_app, message("tools/list"), Host=host)
    assert answer.status_code == 421
    assert answer.json()["type"] == "/problems/foreign-host"
    assert "SLEEP_GUIDANCE_HOSTS" in answer.json()["detail"]
    assert answer.json()["emergency"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_a_name_that_is_known(shipped_app: ASGIApp, host: str) -> None:
    assert post(shipped_app, message("tools/list"), Host=host).status_code == 200


def test_a_real_domain_is_known_by_setting(small: Library) -> None:
    app = app_of(small, hosts="Guidance.example.org, [2001:db8::1]")
    assert post(app, message("tools/list"), Host="guidance.example.org:443").status_code == 200
    assert post(app, message("tools/list"), Host="[2001:db8::1]").status_code == 200
    assert post(app, message("tools/list"), Host="example.org").status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://localhost.evil.example", "http://[::1"])
def test_a_foreign_page_is_refused(shipped_app: ASGIApp, origin: str) -> None:
    answer = post(shipped_app, tool_message("check_red_flags", NOTHING), Origin=origin)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-origin"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_of_this_machine_or_of_a_trusted_origin_may_call(small: Library) -> None:
    for app, origin in (
        (app_of(small), "http://localhost:5173"),
        (app_of(small, cors_origins="https://app.example"), "https://app.example"),
        (app_of(small, cors_origins="*"), "https://any.example"),
    ):
        assert post(app, message("tools/list"), Origin=origin).status_code == 200


def test_a_trusted_page_may_send_the_headers_of_the_protocol(small: Library) -> None:
    app = app_of(small, cors_origins="https://app.example")
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "content-type, mcp-protocol-version, mcp-method, mcp-name"
    assert call(app, "OPTIONS", "/mcp", headers=asked).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-16", "application/jsonx"])
def test_another_media_type_is_refused(shipped_app: ASGIApp, kind: str) -> None:
    answer = post(shipped_app, message("tools/list"), Content_Type=kind)
    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/wrong-media-type"


def test_128_kib_are_read_and_not_a_byte_more(shipped_app: ASGIApp) -> None:
    for size, status in ((128 * 1024, 400), (128 * 1024 + 1, 413)):
        assert post(shipped_app, b" " * size).status_code == status


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", -32700, "The text is not JSON."),
        (b"{", -32700, "The text is not JSON."),
        (b"\xff\xfe", -32700, "The text must be encoded as UTF-8."),
        (b"[" * 5000 + b"]" * 5000, -32700, "at most 16 deep"),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":NaN}}', -32700, "NaN"),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":"\\ud800"}}',
            -32700,
            "half of a character pair",
        ),
        (b"[]", -32600, "a batch is not taken"),
        (b'[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', -32600, "a batch is not taken"),
        (b'"zqmarker"', -32600, "Send one message"),
        (b"{}", -32600, "Send one JSON-RPC 2.0 request"),
        (b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}', -32600, "Send one JSON-RPC 2.0 request"),
        (b'{"jsonrpc":"2.0","id":{"zqmarker":1},"method":"tools/list"}', -32600, "Send one JSON-RPC 2.0 request"),
        (b'{"jsonrpc":"2.0","id":null,"method":"tools/list"}', -32600, "Send one JSON-RPC 2.0 request"),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', -32600, "Send one JSON-RPC 2.0 request"),
    ],
)
def test_what_is_no_message_is_an_error_of_the_protocol(
    shipped_app: ASGIApp, body: bytes, code: int, says: str
) -> None:
    for headers in ({}, modern("tools/list")[1]):
        answer = post(shipped_app, body, **headers)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == code
        assert answer.json()["id"] is None
        assert says in answer.json()["error"]["message"]
        assert answer.json()["error"]["data"]["emergency"]
        assert MARKER not in answer.text


def test_a_list_that_stands_twice_is_refused_so_that_no_symptom_is_lost(shipped_app: ASGIApp) -> None:
    call_once = json.dumps(tool_message("check_red_flags", {**NOTHING, "present": ["saddle-numbness"]}))
    for name, again in (("present", '"present": [], '), ("absent", '"absent": ["chest-pain"], ')):
        body = call_once.replace(f'"{name}": ', f'{again}"{name}": ', 1).encode()
        answer = post(shipped_app, body)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == "A key stands twice in one object."
    assert "emergency" in post(shipped_app, call_once.encode()).text


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("method", "params", "code", "says"),
    [
        ("zqmarker/list", {}, -32601, "There is no such method."),
        ("tools/call", {"name": MARKER, "arguments": {}}, -32602, "There is no tool of this name."),
        ("tools/call", {"name": "check_red_flags", "arguments": [MARKER]}, -32602, "The parameters are not those"),
        ("resources/read", {"uri": "sleep-guidance://zqmarker"}, -32602, "No resource has this address."),
        ("prompts/get", {"name": MARKER}, -32602, "There is no prompt of this name."),
        ("subscriptions/listen", {"notifications": {}}, -32601, "There is no such method."),
    ],
)
def test_a_call_that_cannot_be_answered_is_told_so_without_repeating_it(
    shipped_app: ASGIApp, generation: str, method: str, params: Json, code: int, says: str
) -> None:
    body, headers = modern(method, **params) if generation != "legacy" else (message(method, **params), {})
    if "uri" in params and headers:
        headers["Mcp_Name"] = params["uri"]
    answer = post(shipped_app, body, **headers)
    assert answer.json()["error"]["code"] == code
    assert says in answer.json()["error"]["message"]
    assert MARKER not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_notification_is_taken_in_silence(shipped_app: ASGIApp) -> None:
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    for headers in ({}, {"MCP_Protocol_Version": "2026-07-28"}):
        answer = post(shipped_app, body, **headers)
        assert (answer.status_code, answer.content.strip(b"nul")) == (202, b"")


def test_a_client_that_takes_no_json_is_refused_with_a_problem_or_an_error(shipped_app: ASGIApp) -> None:
    body, headers = modern("tools/list")
    answer = post(shipped_app, body, **headers, Accept="text/html")
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert post(shipped_app, message("tools/list"), Accept="text/html").json()["error"]["message"]


def test_an_unknown_revision_is_told_which_there_are(shipped_app: ASGIApp) -> None:
    body, headers = modern("tools/list")
    body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01"
    answer = post(shipped_app, body, **{**headers, "MCP_Protocol_Version": "2099-01-01"})
    assert answer.status_code == 400
    assert answer.json()["error"]["data"]["supported"] == ["2026-07-28"]


ARGUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.just(MARKER),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.just(MARKER) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["check_red_flags", "list_questions", "find_guidance", "check_reply"]),
    arguments=st.dictionaries(
        st.sampled_from([*NOTHING, "words", "id", MARKER]),
        ARGUMENTS | st.sampled_from(list(NOTHING.values())),
        max_size=8,
    ),
)
def test_any_arguments_are_answered_or_refused(small_app: ASGIApp, name: str, arguments: Json) -> None:
    answer = post(small_app, tool_message(name, {**NOTHING, **arguments}))
    assert answer.status_code == 200
    assert MARKER not in answer.text
    if answer.json()["result"].get("isError"):
        assert answer.json()["result"]["content"][0]["text"].startswith("Refused")


def test_a_failure_of_ours_is_told_as_such_and_logged_by_its_place_alone(
    small: Library, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = small._replace(releases={})  # a library that no edition answers for
    app = make_routes(broken)
    app.include_router(door.make_router(Settings()))
    monkeypatch.setattr(logs.LOG, "propagate", True)
    arguments = {**NOTHING, "region": MARKER}
    with caplog.at_level(logging.DEBUG):
        answer = post(app, tool_message("check_red_flags", arguments)).json()["result"]
        listed = post(app, message("tools/list")).json()["error"]
    assert answer["isError"] is True
    assert answer["content"][0]["text"].startswith("The tool failed; nothing was checked.")
    assert listed["code"] == -32603
    assert listed["message"].startswith("The tool failed; nothing was checked.")
    failures = [record for record in caplog.records if record.msg == "failure"]
    assert [record.__dict__["error"] for record in failures] == ["KeyError", "KeyError"]
    assert all(record.__dict__["where"].startswith("current:") for record in failures)


def test_nothing_that_was_sent_stands_in_any_log(small_app: ASGIApp, caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    with caplog.at_level(logging.DEBUG):
        writer = logs.start(stream)
        post(small_app, tool_message("check_red_flags", {**NOTHING, "present": [MARKER]}))
        post(small_app, message("tools/call", name="check_red_flags", arguments=[MARKER]))
        post(small_app, message(MARKER))
        post(small_app, message("tools/list"), Host=MARKER)
        post(small_app, message("tools/list"), Origin=MARKER)
        post(small_app, {"jsonrpc": MARKER})
        writer.stop()
    assert [json.loads(line)["route"] for line in stream.getvalue().splitlines()] == ["/mcp"] * 6
    assert MARKER not in stream.getvalue()
    assert MARKER not in "".join(f"{record.__dict__}{record.getMessage()}" for record in caplog.records)


@pytest.mark.parametrize("mode", GENERATIONS)
def test_a_hundred_clients_at_once_are_all_served(address: str, mode: str) -> None:
    async def crowd() -> list[bool]:
        async def one() -> bool:
            async with Client(f"{address}/mcp", mode=mode) as client:
                return (await client.call_tool("check_red_flags", NOTHING)).is_error

        return list(await asyncio.gather(*(one() for _ in range(100))))

    assert asyncio.run(crowd()) == [False] * 100


def test_the_first_calls_may_come_at_the_same_time(small: Library) -> None:
    app = app_of(small)

    async def together() -> list[int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            calls = (client.post("/mcp", json=message("tools/list")) for _ in range(5))
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    assert asyncio.run(together()) == [200] * 5


def test_both_generations_say_who_answers_and_what_the_rules_are(address: str) -> None:
    async def tell(client: Client) -> tuple[str, str, str]:
        assert client.server_info is not None
        return client.protocol_version, client.server_info.name, client.instructions or ""

    for mode, revision in (("auto", "2026-07-28"), ("legacy", "2025-11-25")):
        version, name, rules = talk(address, mode, tell)
        assert (version, name) == (revision, "sleep-guidance")
        assert "Never infer `absent`" in rules
