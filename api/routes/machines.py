"""Holds what tools read before they call: /llms.txt, and the OpenAPI document cut down to what a chatbot needs."""

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Request, Response

from api.red_flags.edition import Texts
from api.releases.library import Library
from api.web.caching import NEWEST
from api.web.documents import Documents
from api.web.turns import when_made

router = APIRouter()

_HOW: Final = """How to do the check right:

- Send what is known in four lists: `present`, `absent`, `unsure` (asked, does not know) and `measurements`. What stands
  in none of them is unanswered, and unanswered is never "no". Do not put a finding into `absent` unless the person was
  asked about it and said no.
- Do what `advice` says; where there is none yet, ask what `ask_next` asks, and send everything again. `level` and
  `worst_case` are bounds, not instructions. Speak `say` as it is.
- A person's own words can be matched to findings first. A match is a question to ask, never an answer.
- A level that you do not know is an emergency. If this may be an emergency, call the local emergency number; do not
  wait for this service.
- Nothing that is sent is stored or logged. No key is needed."""


@router.get("/llms.txt", include_in_schema=False)
async def get_llms_text(request: Request) -> Response:
    """Tell a language model what this is and how to use it, in the form of llmstxt.org."""
    library: Library = request.app.state.library
    edition = library.edition(None)
    lines = _llms_text(edition.texts[edition.default_language], edition.reference.version)
    headers = {"Cache-Control": NEWEST, "Content-Language": "en"}
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/openapi-small.json", include_in_schema=False)
async def get_small_openapi(request: Request) -> Response:
    """Give the calls that a chatbot needs, for tools that import no more than thirty."""
    documents: Documents = await when_made(request.app.state.documents)
    return Response(documents.small, media_type="application/json", headers={"Cache-Control": NEWEST})


def _llms_text(texts: Texts, version: str) -> Iterator[str]:
    manifest = texts.bundle.manifest
    yield "# Sleep Guidance API"
    yield ""
    yield (
        "> Structured sleep-health guidance (topics, causes, remedies, red flags), cited and graded, and a check of "
        f"symptoms against the criteria for care. Release {version}. No clinician has reviewed the content."
    )
    yield ""
    yield f"{manifest.intended_use} {manifest.emergency_line}"
    yield ""
    yield _HOW
    yield ""
    yield "## Calls"
    yield ""
    yield "- [Red-flag check](/v1/red-flag-checks): POST a profile; `advice` is the instruction, `ask_next` what to ask"
    yield "- [Finding matches](/v1/finding-matches): POST a person's words; proposes findings, decides nothing"
    yield "- [Findings](/v1/findings): every finding that a check takes, with its question"
    yield "- [Levels](/v1/levels): the five levels of care, `self_care` to `emergency`"
    yield "- [Regions](/v1/regions): the number that calls an ambulance, by country"
    yield "- [Search](/v1/search?q=restless%20legs): items of every kind by plain words"
    yield ""
    yield "## Topics"
    yield ""
    for topic in texts.topics.values():
        yield f"- [{topic.title}](/v1/topics/{topic.id}): {topic.summary} As Markdown with `Accept: text/markdown`"
    yield ""
    yield "## Descriptions"
    yield ""
    yield "- [Small OpenAPI document](/openapi-small.json): the calls above, for tool importers"
    yield "- [OpenAPI document](/openapi.json): every call"
    yield "- [Model Context Protocol](/mcp): the same check as tools, over streamable HTTP"
    yield ""
    yield "## Optional"
    yield ""
    yield "- [Causes](/v1/causes): how each is told apart, and how sure that is"
    yield "- [Remedies](/v1/remedies): steps, cautions, and how sure they are"
    yield "- [Red flags](/v1/red-flags): each with its criterion in full"
    yield "- [Releases](/v1/releases): every edition of the content, with digests"
