"""Holds what the OpenAPI document says of quotas and partner keys. Knows no settings: it says what may be met."""

from typing import Any, Final

from schemas.words import Json

FREE: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""The addresses that are never counted: those who watch over the service must see it when it is busy."""
QUOTA_HEADERS: Final[dict[str, Json]] = {
    "RateLimit-Policy": {
        "description": 'The quota, where there is one: `"reads";q=600;w=60` is 600 requests in 60 seconds.',
        "schema": {"type": "string", "maxLength": 100},
    },
    "RateLimit": {
        "description": 'What is left of it: `"reads";r=12;t=60` is 12 requests in the next 60 seconds.',
        "schema": {"type": "string", "maxLength": 100},
    },
    "Retry-After": {
        "description": "How many seconds to wait before the next request.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 7200},
    },
}
PARTNER_KEY: Final[Json] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A partner key, where whoever runs the service gives them out; it brings a quota of its own. "
    "Nothing needs a key. A wrong one is refused.",
}


def with_quotas(document: dict[str, Any]) -> None:
    """Say of every call but the free ones that it takes a partner key, and that it may be refused for now."""
    components = document["components"]
    components["headers"] = QUOTA_HEADERS
    components["securitySchemes"] = {"partner_key": PARTNER_KEY}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in FREE else [{}, {"partner_key": []}]
            if path not in FREE:
                _add_headers(operation["responses"])


def _add_headers(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        names = ["RateLimit-Policy", "RateLimit", *(["Retry-After"] if status == "429" else [])]
        response.setdefault("headers", {}).update(
            {name: {"$ref": f"#/components/headers/{name}"} for name in names if status[0] in "24"}
        )
