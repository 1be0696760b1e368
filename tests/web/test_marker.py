"""Nothing a client sends appears in an answer, a log line, a metric or a span: a marker in every place, counted: 0."""

import json
import random
import socket
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from api.web.callers import hashed
from tests.face.test_server import Server, start, stop
from tests.web.small_collector import small_collector

MARKER = "zqmarker"
REQUESTS = 600
PATHS = [
    f"/{MARKER}", f"/v1/topics/{MARKER}", "/v1/topics/leg-twitching", "/v1/topics", f"/v1/releases/{MARKER}/bundle",
    f"/releases/{MARKER}/bundle.json", "/v1/changes", "/v1/search", "/v1/red-flag-checks", f"/problems/{MARKER}",
    f"/docs/assets/{MARKER}", f"/v1/regions/{MARKER}", "/healthz", "/metrics", f"//{MARKER}.example/", f"/%7a{MARKER}",
    f"http://{MARKER}.example/v1/topics", f"/v1/topics/..%2f{MARKER}", f"/v1/topics;{MARKER}", "*",
]  # fmt: skip
QUERIES = [
    "", f"?{MARKER}", f"?q={MARKER}", f"?language={MARKER}", f"?release={MARKER}", f"?since={MARKER}", f"?{MARKER}=1",
    f"?topic={MARKER}", f"?level={MARKER}", f"?limit={MARKER}", f"?q={MARKER}&q={MARKER}",
    f"?key=sleepguidance_{MARKER}",
]  # fmt: skip
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "OPTIONS", "PUT", MARKER.upper()]
HEADERS = [
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Baggage", "Content-Type", "Cookie", "Expect",
    "Forwarded", "If-Match", "If-Modified-Since", "If-None-Match", "Last-Event-ID", "Mcp-Session-Id", "Origin", "Range",
    "Referer", "Traceparent", "Tracestate", "Upgrade", "User-Agent", "X-Amzn-Trace-Id", "X-B3-TraceId",
    "X-Correlation-ID", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID",
    f"X-{MARKER}", MARKER,
]  # fmt: skip
VALUES = [
    MARKER, f"Bearer {MARKER}", f"Basic {MARKER}", f"en-{MARKER}", f'"{MARKER}"', f"https://{MARKER}.example",
    f"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-{MARKER}", f"vendor={MARKER}", f"bytes={MARKER}",
    f"application/json; charset={MARKER}", f"192.0.2.1, {MARKER}", f"for={MARKER};host={MARKER}", f"\xff{MARKER}",
    MARKER * 100, f'W/"{MARKER}"', f"{MARKER};q=0.5, en",
]  # fmt: skip
BROKEN = [f"{MARKER}\x01", f"{MARKER}\r\n {MARKER}: folded", MARKER * 9_000]
"""Values that make a request one that cannot be read."""
BODIES = [
    {MARKER: 1}, {"present": [MARKER]}, {"topic": MARKER}, {"language": MARKER}, {"region": MARKER},
    {"release": MARKER}, {"include": [MARKER]}, {"measurements": [{"finding": MARKER, "value": MARKER}]},
    {"measurements": [{MARKER: 1}]}, {"measurements": [{"finding": "age-years", "value": 1, MARKER: MARKER}]}, MARKER,
    [MARKER], {"present": ["leg-twitching"], "absent": ["leg-twitching"], "topic": MARKER},
]  # fmt: skip
RAW = [MARKER.encode(), f'{{"{MARKER}":1,"{MARKER}":2}}'.encode(), f'{{"{MARKER}":'.encode(), b"\xff" + MARKER.encode()]


def request(draw: random.Random) -> bytes:
    """Draw one request whose every part may be the marker."""
    method = draw.choice(METHODS)
    sent = draw.sample(HEADERS, draw.randint(0, 6))
    lines = [f"{name}: {draw.choice(VALUES if draw.random() < 0.97 else BROKEN)}" for name in sent]
    body = draw.choice([b"", *RAW, *(json.dumps(one).encode() for one in BODIES)]) if method != "GET" else b""
    if body and "Content-Type" not in sent:
        lines.append("Content-Type: application/json")
    host = draw.choice(["127.0.0.1", "127.0.0.1", f"{MARKER}.example"])
    head = [
        f"{method} {draw.choice(PATHS)}{draw.choice(QUERIES)} HTTP/1.1", f"Host: {host}", *lines,
        f"Content-Length: {len(body)}", "Connection: close",
    ]  # fmt: skip
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def answered(server: Server, sent: bytes) -> bytes:
    """Send bytes and give all that comes back."""
    address = urlsplit(server.address)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=300) as connection:
        connection.sendall(sent)
        received = bytearray()
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    return bytes(received)


def test_nothing_that_a_client_sends_is_told_anywhere(tmp_path: Path) -> None:
    keys = tmp_path / "partners.json"
    keys.write_text(json.dumps({"partners": [{"name": "night-clinic", "sha256": hashed("another key")}]}))
    draw = random.Random(20_261_122)
    with small_collector() as collector:
        server = start(
            SLEEP_GUIDANCE_TRACES=collector.address,
            SLEEP_GUIDANCE_PARTNER_KEYS=str(keys),
            SLEEP_GUIDANCE_QUOTA_READS="150/hour",
            SLEEP_GUIDANCE_QUOTA_CHECKS="100/hour",
            SLEEP_GUIDANCE_CORS_ORIGINS="https://app.example",
        )
        answers = [answered(server, request(draw)) for _ in range(REQUESTS)]
        metrics = httpx.get(f"{server.address}/metrics").text
        out, err = stop(server)
        spans = b"".join(collector.bodies)
    statuses = Counter(answer[9:12].decode() for answer in answers)
    assert {"200", "400", "401", "404", "405", "422", "429"} <= statuses.keys(), statuses
    assert len(collector.spans()) > REQUESTS / 2
    told = {
        "answers": b"".join(answers), "log": out.encode(), "errors": err.encode(), "metrics": metrics.encode(),
        "spans": spans,
    }  # fmt: skip
    assert {name: text.lower().count(MARKER.encode()) for name, text in told.items()} == dict.fromkeys(told, 0)
    assert all(len(text) > 50 for text in told.values()), "something was told everywhere"
    assert b"night-clinic" not in b"".join(told.values())
    assert b"127.0.0.1" not in told["log"] + told["metrics"] + told["spans"], "nor where a client calls from"
