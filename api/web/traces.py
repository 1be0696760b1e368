"""Holds the traces: one span a request, sent to an OpenTelemetry collector. Off, and not even loaded, by default.

A span holds the template of the route, the method, the status and the times: no address, no query, no body, and no
header but the two numbers of `traceparent`, by which the span belongs to the trace of its caller. `tracestate`, which
may hold any text, is let go.
"""

import logging
import re
import time
from typing import Final

from api import VERSION
from api.settings import SettingsRefused
from api.web.logs import LOG
from api.web.observing import Headers, Record

PATIENCE: Final = 3
"""Seconds that a collector is given for a batch; a server that stops waits no longer than that for the last one."""
FAILED: Final = 500
"""The status from which on it is the service that failed."""
_PARENT: Final = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
NOT_INSTALLED: Final = "SLEEP_GUIDANCE_TRACES: install the extra `traces` to send traces."


class Complaints(logging.Handler):
    """Says in our log that a collector does not take the spans; what it answered is not repeated."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say so."""
        LOG.log(record.levelno, "traces are not taken")


def tracing(collector: str) -> Record:
    """Make what sends a span for each answer, in batches and from a thread of its own.

    A request is over when it is told of, so its span is made whole then, with the times that it had.

    Raises:
        SettingsRefused: the packages of OpenTelemetry are not installed.

    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415
    except ImportError:
        raise SettingsRefused(NOT_INSTALLED) from None
    log = logging.getLogger("opentelemetry")
    log.handlers, log.propagate = [Complaints(logging.WARNING)], False
    provider = TracerProvider(
        resource=Resource.create({"service.name": "sleep-guidance-api", "service.version": VERSION})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector, timeout=PATIENCE)))
    tracer = provider.get_tracer("sleep_guidance", VERSION)
    propagator = TraceContextTextMapPropagator()

    def record(route: str, method: str, status: int, seconds: float, headers: Headers) -> None:
        ended = time.time_ns()
        span = tracer.start_span(
            f"{method} {route}",
            propagator.extract(parent_of(headers)),
            SpanKind.SERVER,
            {"http.request.method": method, "http.route": route, "http.response.status_code": status},
            start_time=ended - int(seconds * 1e9),
        )
        if status >= FAILED:
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    return record


def parent_of(headers: Headers) -> dict[str, str]:
    """Give `traceparent` where it stands there once and is well formed; whatever else a caller says is let go."""
    found = [value for name, value in headers if name == b"traceparent"]
    return {"traceparent": found[0].decode()} if len(found) == 1 and _PARENT.fullmatch(found[0]) else {}
