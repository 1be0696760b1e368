"""Holds the tools: which there are, and the one way to call one. A tool more is one name more in `TOOLS`."""

from collections.abc import Mapping
from typing import Final

from api.mcp.checking import CHECK
from api.mcp.guidance import GUIDANCE
from api.mcp.questions import QUESTIONS
from api.mcp.replies import REPLY
from api.mcp.shapes import Tool
from api.releases.library import Library
from schemas.problems import ProblemError, ProfileRefused
from schemas.words import Json

TOOLS: Final[Mapping[str, Tool]] = {tool.name: tool for tool in (CHECK, QUESTIONS, GUIDANCE, REPLY)}
"""Every tool by its name, the most important first."""


def answer_tool(tool: Tool, arguments: Json, library: Library) -> bytes:
    """Answer a call of a tool from the newest release of a library.

    A text that is left out is not known. A list that is left out is refused, for a symptom may have been lost with it.

    Raises:
        ProfileRefused: a list is left out, an argument is unknown, or the tool refuses them.

    """
    shape = tool.shape(library.edition(None))
    lists = [name for name, one in shape["properties"].items() if one.get("type") == "array"]
    faults = [
        ProblemError(
            pointer=f"/{name}",
            code="missing_field",
            detail="The list is left out. Give it, and leave it empty only where there is nothing in it.",
        )
        for name in lists
        if name not in arguments
    ]
    if arguments.keys() - shape["properties"].keys():
        detail = "An argument is given that the tool does not take. Leave it out, or look for a misspelling."
        faults.append(ProblemError(pointer="", code="unknown_field", detail=detail))
    if faults:
        raise ProfileRefused(tuple(faults))
    return tool.answer(arguments, library)
