"""Traces: one span a request at a real collector, continued from `traceparent`, with nothing that a client wrote."""

import sys

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from api.releases.library import Library
from api.settings import SettingsRefused
from api.web.traces import parent_of, tracing
from tests.face.calling import app_of, call
from tests.face.test_server import start, stop
from tests.face.wire import wait_until
from tests.web.small_collector import SmallCollector, attributes, small_collector

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{PARENT}-01"


def served(collector: SmallCollector, *requests: tuple[str, str, dict[str, str]]) -> list[Span]:
    """Serve requests with traces on, and give their spans; `readyz`, asked while waiting for the start, is left out."""
    server = start(SLEEP_GUIDANCE_TRACES=collector.address)
    with httpx.Client(base_url=server.address) as client:
        for method, path, headers in requests:
            client.request(method, path, headers=headers)
    stop(server)
    return [span for span in collector.spans() if not span.name.endswith("/readyz")]


def test_each_request_is_one_span_that_belongs_to_the_trace_of_its_caller() -> None:
    with small_collector() as collector:
        spans = served(
            collector,
            ("GET", "/v1/topics/leg-twitching?language=en", {"traceparent": SAMPLED, "tracestate": "some=text"}),
            ("GET", "/v1/topics/none", {}),
            ("POST", "/v1/red-flag-checks", {}),
            ("GET", "/healthz", {"traceparent": f"00-{TRACE}-{PARENT}-00"}),
        )
        names = [span.name for span in spans]
        assert names == ["GET /v1/topics/{topic}", "GET /v1/topics/{topic}", "POST /v1/red-flag-checks"], (
            "whoever says that a trace is not recorded is believed"
        )
        first, second, third = spans
        assert (first.trace_id.hex(), first.parent_span_id.hex()) == (TRACE, PARENT)
        assert first.trace_state == ""
        assert second.trace_id.hex() != TRACE
        assert not second.parent_span_id
        assert attributes(third) == {
            "http.request.method": "POST", "http.route": "/v1/red-flag-checks", "http.response.status_code": 415,
        }  # fmt: skip
        assert {span.kind for span in spans} == {Span.SPAN_KIND_SERVER}
        assert {span.status.code for span in spans} == {Status.STATUS_CODE_UNSET}
        assert all(0 < span.end_time_unix_nano - span.start_time_unix_nano < 60e9 for span in spans)
        assert collector.resources()["service.name"] == "sleep-guidance-api"


def test_a_failure_of_ours_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    with small_collector() as collector:
        record = tracing(collector.address)
        record("/fail", "GET", 500, 0.01, [])
        record("/well", "GET", 200, 0.01, [])
        wait_until(lambda: len(collector.spans()) == 2)
        codes = [span.status.code for span in collector.spans()]
        assert codes == [Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET]


def test_what_a_collector_answers_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, small: Library
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    with small_collector(status=400) as collector:
        assert call(app_of(small, traces=collector.address), "GET", "/v1/topics").status_code == 200
        wait_until(lambda: bool(caplog.messages))
    assert set(caplog.messages) == {"traces are not taken"}


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"zqmarker",
        SAMPLED.upper().encode(),
        SAMPLED.encode() + b"-zqmarker",
        SAMPLED.encode() + b" ",
        b"\xff" + SAMPLED.encode(),
        SAMPLED.encode()[:-1],
        b"0" * 100_000,
    ],
)
def test_a_parent_that_is_not_well_formed_is_let_go(value: bytes) -> None:
    assert parent_of([(b"traceparent", value)]) == {}


def test_of_two_parents_neither_is_believed() -> None:
    one = (b"traceparent", SAMPLED.encode())
    assert parent_of([one, one]) == {}
    assert parent_of([(b"tracestate", b"some=text"), one]) == {"traceparent": SAMPLED}


def test_a_collector_that_takes_nothing_is_told_of_in_the_log_and_costs_nobody_an_answer() -> None:
    with small_collector(status=400) as collector:
        server = start(SLEEP_GUIDANCE_TRACES=collector.address, OTEL_BSP_SCHEDULE_DELAY="20")
        assert httpx.get(f"{server.address}/healthz").status_code == 200
        wait_until(lambda: bool(collector.bodies))
        out, _ = stop(server)  # which waits for what is being sent
    assert '"level": "error", "event": "traces are not taken"}' in out


def test_without_the_packages_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsRefused, match="install the extra `traces`"):
        tracing("http://127.0.0.1:4318/v1/traces")
