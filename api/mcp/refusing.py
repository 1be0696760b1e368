"""Holds how a refusal or failure is told to a model: where, what to do, call again. Repeats nothing that was sent."""

import json
import traceback
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from api.web.logs import LOG
from api.web.problems import EMERGENCY
from schemas.problems import ProblemError, ProfileRefused

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
NO_STORE: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}
"""An answer about a person is kept by nobody on its way."""
FAILED: Final = "The tool failed; nothing was checked. This is no answer about the person. Call it again in a moment."
IN_TOOLS: Final[Mapping[str, str]] = {
    "GET /v1/findings lists them all.": "The tool's schema names them all; list_questions finds one by plain words.",
    "GET /v1/topics lists them all.": "The tool's schema names them all.",
    "or leave out `topic`": "or give every_topic as `topic`",
}
"""What a refusal says of HTTP, and what it says to a model."""


def refusal_told(refusal: ProfileRefused) -> str:
    """Tell a model what to put right."""
    faults = "\n".join(f"- {_place(error.pointer)}: {_in_tools(error)}" for error in refusal.errors)
    return (
        "Refused: nothing was checked, and nothing is known of the person from this call. "
        f"Put this right, then call the tool again with everything else as it was:\n{faults}\n{EMERGENCY}"
    )


def failure_told() -> str:
    """Tell a model that the fault is ours."""
    return f"{FAILED}\n{EMERGENCY}"


def log_failure(error: Exception) -> None:
    """Log a failure by its type and its place in the code; its message may hold what a person sent."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    LOG.error("failure", extra={"error": type(error).__name__, "where": f"{frame.name}:{frame.lineno}"})


def rpc_error(code: int, message: str) -> Response:
    """Answer a message that cannot be read, and so has no id, with an error of JSON-RPC."""
    error = {"code": code, "message": message, "data": {"emergency": EMERGENCY}}
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error})
    return Response(body, 400, headers=NO_STORE, media_type="application/json")


def _place(pointer: str) -> str:
    """Name a place in words and as a pointer: in words the entries of a list are counted from 1."""
    if not pointer:
        return "The arguments"
    _, name, *rest = pointer.split("/")
    if rest:
        return f"`{name}`, entry {int(rest[0]) + 1} ({pointer})"
    return f"`{name}`"


def _in_tools(error: ProblemError) -> str:
    detail = error.detail
    for over_http, in_tools in IN_TOOLS.items():
        detail = detail.replace(over_http, in_tools)
    return detail
