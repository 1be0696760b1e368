"""Holds what is told in the SDK's types: tools, calls, resources, the prompt. Words and answers come from elsewhere."""

import json
from functools import cache
from typing import Any, Final

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel

from api.mcp import prompts, resources
from api.mcp.catalogue import TOOLS, answer_tool
from api.mcp.refusing import failure_told, log_failure, refusal_told
from api.red_flags.countries import COUNTRIES
from api.red_flags.edition import Edition
from api.releases.library import Library
from api.web.problems import EMERGENCY
from schemas.problems import ProfileRefused

HINTS: Final = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Context = ServerRequestContext[Any]
Page = PaginatedRequestParams | None


def tools(edition: Edition) -> list[Tool]:
    """Describe every tool for a release."""
    return [
        Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.shape(edition),
            output_schema=_answer_schema(tool.answer_model),
            annotations=HINTS,
        )
        for tool in TOOLS.values()
    ]


def called(call: CallToolRequestParams, library: Library) -> CallToolResult:
    """Answer the call of a tool: `say` to speak, the answer as text for clients that show only text, and as data.

    Raises:
        MCPError: there is no such tool.

    """
    tool = TOOLS.get(call.name)
    if tool is None:
        raise MCPError(INVALID_PARAMS, f"There is no tool of this name. tools/list names them. {EMERGENCY}")
    try:
        answer = answer_tool(tool, call.arguments or {}, library)
    except ProfileRefused as refusal:
        return unanswered(refusal_told(refusal))
    except Exception as error:  # noqa: BLE001 -- whatever fails is told to the model as our fault
        log_failure(error)
        return unanswered(failure_told())
    structured = json.loads(answer)
    texts = [structured[tool.spoken], answer.decode()]
    return CallToolResult(content=[TextContent(text=one) for one in texts], structured_content=structured)


def listed_resources(edition: Edition) -> ListResourcesResult:
    """List the resources to start from."""
    return ListResourcesResult(
        resources=[
            Resource(
                uri=one.address,
                name=one.title,
                title=one.title,
                description=one.description,
                mime_type=resources.MEDIA_TYPE,
            )
            for one in resources.listed(edition)
        ]
    )


async def list_templates(_context: Context, _page: Page) -> ListResourceTemplatesResult:
    """List the kinds of item that can be read by id."""
    return ListResourceTemplatesResult(
        resource_templates=[
            ResourceTemplate(
                uri_template=f"{resources.SCHEME}{kind}/{{id}}",
                name=kind,
                description=told,
                mime_type=resources.MEDIA_TYPE,
            )
            for kind, told in resources.KINDS.items()
        ]
    )


def resource_read(address: str, edition: Edition) -> ReadResourceResult:
    """Give a resource.

    Raises:
        MCPError: nothing has this address.

    """
    found = resources.read(address, edition)
    if found is None:
        raise MCPError(INVALID_PARAMS, "No resource has this address. resources/list and its templates name them.")
    contents = TextResourceContents(uri=address, mime_type=resources.MEDIA_TYPE, text=found.decode())
    return ReadResourceResult(contents=[contents])


async def list_prompts(_context: Context, _page: Page) -> ListPromptsResult:
    """List the one prompt."""
    region = PromptArgument(name="region", description="The country where the person is (ISO 3166-1), where known.")
    prompt = Prompt(name=prompts.PROMPT, title=prompts.TITLE, description=prompts.DESCRIPTION, arguments=[region])
    return ListPromptsResult(prompts=[prompt])


async def get_prompt(_context: Context, asked: GetPromptRequestParams) -> GetPromptResult:
    """Give the prompt.

    Raises:
        MCPError: there is no such prompt, or the region is no country.

    """
    region = (asked.arguments or {}).get("region", "")
    if asked.name != prompts.PROMPT:
        raise MCPError(INVALID_PARAMS, "There is no prompt of this name. prompts/list names it.")
    if region and region not in COUNTRIES:
        raise MCPError(INVALID_PARAMS, "`region` must be the ISO 3166-1 code of a country, such as GB.")
    message = PromptMessage(role="user", content=TextContent(text=prompts.conversation(region)))
    return GetPromptResult(description=prompts.DESCRIPTION, messages=[message])


@cache
def _answer_schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(mode="serialization")


def unanswered(told: str) -> CallToolResult:
    """Tell that a call was not answered."""
    return CallToolResult(content=[TextContent(text=told)], is_error=True)
