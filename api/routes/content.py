"""Holds the content reads: topics, causes, remedies, red flags, findings, levels, sources, regions, search."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import HTTPException
from pydantic import MISSING

from api.content.citing import citations
from api.content.writing import cause_in_markdown, red_flag_in_markdown, remedy_in_markdown, topic_in_markdown
from api.red_flags.refusals import refused
from api.routes.choosing import (
    CauseQuery,
    Chosen,
    ContentQuery,
    RedFlagQuery,
    RemedyQuery,
    SearchQuery,
    TopicQuery,
    choose,
)
from api.routes.negotiating import OFFERED, in_markdown, prefers_markdown
from api.web.caching import OWN, of_withdrawn
from api.web.turns import when_made
from schemas.answers import (
    CauseDocument,
    CauseList,
    FindingDocument,
    FindingList,
    LevelList,
    RedFlagDocument,
    RedFlagList,
    RegionDocument,
    RegionList,
    RemedyDocument,
    RemedyList,
    SearchAnswer,
    SourceDocument,
    SourceList,
    TopicDocument,
    TopicEntry,
    TopicList,
)
from schemas.content import Topic
from schemas.problems import ItemRecalled
from schemas.words import RANK, Kind

Item = TypeVar("Item")
router = APIRouter(prefix="/v1", tags=["content"])


def _example(value: str) -> object:
    return Path(max_length=60, examples=[value])


@router.get("/topics")
async def list_topics(request: Request, response: Response, query: Annotated[ContentQuery, Query()]) -> TopicList:
    """List every topic."""
    reference, texts, *_ = choose(request, response, query)
    return TopicList(
        release=reference,
        language=texts.language,
        items=tuple(
            TopicEntry(id=topic.id, title=topic.title, summary=topic.summary, synonyms=topic.synonyms)
            for topic in texts.topics.values()
        ),
    )


@router.get("/topics/{topic}", response_model=TopicDocument, responses=OFFERED)
async def get_topic(
    request: Request,
    response: Response,
    topic: Annotated[str, _example("leg-twitching")],
    query: Annotated[ContentQuery, Query()],
) -> TopicDocument | Response:
    """Give the whole article of a topic in one document; as Markdown where `Accept` prefers it."""
    chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "topic", topic)
    document = _topic_document(chosen, _found(chosen.texts.topics, topic))
    if prefers_markdown(request, response):
        bundle = chosen.texts.bundle
        return in_markdown(topic_in_markdown(document, bundle.manifest, bundle.levels), response)
    return document


@router.get("/causes")
async def list_causes(request: Request, response: Response, query: Annotated[CauseQuery, Query()]) -> CauseList:
    """List causes, of one topic or category."""
    reference, texts, *_ = choose(request, response, query)
    topic = _topic(query, texts.topics)
    return CauseList(
        release=reference,
        language=texts.language,
        items=tuple(
            cause
            for cause in texts.causes.values()
            if (not topic or topic in cause.topics) and query.category in {MISSING, cause.category}
        ),
    )


@router.get("/causes/{cause}", response_model=CauseDocument, responses={**OFFERED, 410: {}})
async def get_cause(
    request: Request,
    response: Response,
    cause: Annotated[str, _example("hypnic-jerks")],
    query: Annotated[ContentQuery, Query()],
) -> CauseDocument | Response:
    """Give one cause; as Markdown where `Accept` prefers it."""
    chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "cause", cause)
    item = _found(chosen.texts.causes, cause)
    document = CauseDocument(release=chosen.reference, language=chosen.texts.language, item=item)
    if prefers_markdown(request, response):
        return in_markdown(cause_in_markdown(document, chosen.texts.bundle.manifest), response)
    return document


@router.get("/remedies")
async def list_remedies(request: Request, response: Response, query: Annotated[RemedyQuery, Query()]) -> RemedyList:
    """List remedies, of one topic, category or cause."""
    reference, texts, *_ = choose(request, response, query)
    topic = _topic(query, texts.topics)
    if query.cause is not MISSING and query.cause not in texts.causes:
        raise refused("query:cause", "unknown_cause", "There is no cause of this id. GET /v1/causes lists them all.")
    helping = None if query.cause is MISSING else set(texts.causes[query.cause].remedies)
    return RemedyList(
        release=reference,
        language=texts.language,
        items=tuple(
            remedy
            for remedy in texts.remedies.values()
            if (not topic or topic in remedy.topics)
            and query.category in {MISSING, remedy.category}
            and (helping is None or remedy.id in helping or query.cause in remedy.causes)
        ),
    )


@router.get("/remedies/{remedy}", response_model=RemedyDocument, responses={**OFFERED, 410: {}})
async def get_remedy(
    request: Request,
    response: Response,
    remedy: Annotated[str, _example("warm-bath")],
    query: Annotated[ContentQuery, Query()],
) -> RemedyDocument | Response:
    """Give one remedy; as Markdown where `Accept` prefers it."""
    chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "remedy", remedy)
    item = _found(chosen.texts.remedies, remedy)
    document = RemedyDocument(release=chosen.reference, language=chosen.texts.language, item=item)
    if prefers_markdown(request, response):
        return in_markdown(remedy_in_markdown(document, chosen.texts.bundle.manifest), response)
    return document


@router.get("/red-flags")
async def list_red_flags(request: Request, response: Response, query: Annotated[RedFlagQuery, Query()]) -> RedFlagList:
    """List red flags, gravest first; a topic's hold those of every topic too."""
    reference, texts, *_ = choose(request, response, query)
    topic = _topic(query, texts.topics)
    return RedFlagList(
        release=reference,
        language=texts.language,
        items=tuple(
            sorted(
                (
                    red_flag
                    for red_flag in texts.red_flags.values()
                    if (not topic or not red_flag.topics or topic in red_flag.topics)
                    and query.level in {MISSING, red_flag.level}
                ),
                key=lambda red_flag: (-RANK[red_flag.level], red_flag.id),
            )
        ),
    )


@router.get("/red-flags/{red_flag}", response_model=RedFlagDocument, responses=OFFERED)
async def get_red_flag(
    request: Request,
    response: Response,
    red_flag: Annotated[str, _example("stroke-or-tia-now")],
    query: Annotated[ContentQuery, Query()],
) -> RedFlagDocument | Response:
    """Give one red flag with its criterion in full; without the criterion as Markdown, where `Accept` prefers that."""
    reference, texts, *_ = chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "red_flag", red_flag)
    item = _found(texts.red_flags, red_flag)
    document = RedFlagDocument(release=reference, language=texts.language, item=item)
    if prefers_markdown(request, response):
        return in_markdown(red_flag_in_markdown(document, texts.bundle.manifest, texts.bundle.levels), response)
    return document


@router.get("/findings")
async def list_findings(request: Request, response: Response, query: Annotated[TopicQuery, Query()]) -> FindingList:
    """List findings; a topic's are those that a check of the topic takes."""
    reference, texts, rules, *_ = choose(request, response, query)
    readable = rules.views[_topic(query, texts.topics)].readable
    return FindingList(
        release=reference,
        language=texts.language,
        items=tuple(finding for finding in texts.findings.values() if finding.id in readable),
    )


@router.get("/findings/{finding}")
async def get_finding(
    request: Request,
    response: Response,
    finding: Annotated[str, _example("saddle-numbness")],
    query: Annotated[ContentQuery, Query()],
) -> FindingDocument:
    """Give one finding: its question, help, synonyms, kind, unit, domain and what it implies."""
    reference, texts, *_ = chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "finding", finding)
    return FindingDocument(release=reference, language=texts.language, item=_found(texts.findings, finding))


@router.get("/levels")
async def list_levels(request: Request, response: Response, query: Annotated[ContentQuery, Query()]) -> LevelList:
    """List the five levels of care, mildest first."""
    reference, texts, *_ = choose(request, response, query)
    return LevelList(release=reference, language=texts.language, items=texts.bundle.levels)


@router.get("/sources")
async def list_sources(request: Request, response: Response, query: Annotated[ContentQuery, Query()]) -> SourceList:
    """List every source, and whether its text was read."""
    reference, texts, *_ = choose(request, response, query)
    return SourceList(release=reference, language=texts.language, items=texts.bundle.sources)


@router.get("/sources/{source}")
async def get_source(
    request: Request,
    response: Response,
    source: Annotated[str, _example("icsd-3-tr-2023")],
    query: Annotated[ContentQuery, Query()],
) -> SourceDocument:
    """Give one source."""
    reference, texts, *_ = chosen = choose(request, response, query)
    _heed_recalls(chosen, response, "source", source)
    sources = {one.id: one for one in texts.bundle.sources}
    return SourceDocument(release=reference, language=texts.language, item=_found(sources, source))


@router.get("/regions")
async def list_regions(request: Request, response: Response, query: Annotated[ContentQuery, Query()]) -> RegionList:
    """List the regions whose ambulance number is known."""
    reference, texts, *_ = choose(request, response, query)
    regions = texts.bundle.regions
    return RegionList(
        release=reference,
        language=texts.language,
        crisis_directory=regions.crisis_directory,
        items=regions.regions,
    )


@router.get("/regions/{code}")
async def get_region(
    request: Request,
    response: Response,
    code: Annotated[str, _example("GB")],
    query: Annotated[ContentQuery, Query()],
) -> RegionDocument:
    """Give one region: the number that calls an ambulance, and where to find a crisis line."""
    reference, texts, *_ = choose(request, response, query)
    return RegionDocument(
        release=reference,
        language=texts.language,
        crisis_directory=texts.bundle.regions.crisis_directory,
        item=_found(texts.regions, code),
    )


@router.get("/search")
async def search_content(request: Request, response: Response, query: Annotated[SearchQuery, Query()]) -> SearchAnswer:
    """Find items of every kind by plain words and synonyms; typing errors are tolerated."""
    reference, texts, *_ = choose(request, response, query)
    response.headers["Cache-Control"] = OWN
    shelf = await when_made(texts.search)
    from api.content.searching import search  # noqa: PLC0415 -- it was loaded with the shelf, in a thread

    return SearchAnswer(release=reference, language=texts.language, items=search(query.q, shelf))


def _heed_recalls(chosen: Chosen, response: Response, kind: Kind, identifier: str) -> None:
    """Refuse an item that is recalled as unsafe; tell in the answer's headers of one that is withdrawn."""
    if (kind, identifier) in chosen.removed:
        raise ItemRecalled(chosen.removed[kind, identifier].reason)
    if (kind, identifier) in chosen.withdrawn:
        response.headers.update(of_withdrawn(chosen.withdrawn[kind, identifier], response.headers))


def _found(items: Mapping[str, Item], identifier: str) -> Item:
    if identifier not in items:
        raise HTTPException(404)
    return items[identifier]


def _topic(query: TopicQuery, topics: Mapping[str, Topic]) -> str:
    """Give the topic that a query names, "" where it names none."""
    if query.topic is MISSING:
        return ""
    if query.topic not in topics:
        raise refused("query:topic", "unknown_topic", "There is no topic of this id. GET /v1/topics lists them all.")
    return query.topic


def _topic_document(chosen: Chosen, topic: Topic) -> TopicDocument:
    """Gather all that a topic needs, and the sources that any of it cites."""
    reference, texts, rules, *_ = chosen
    view = rules.views[topic.id]
    causes = tuple(cause for cause in texts.causes.values() if topic.id in cause.topics)
    remedies = tuple(remedy for remedy in texts.remedies.values() if topic.id in remedy.topics)
    red_flags = tuple(texts.red_flags[flag.id] for flag in view.red_flags)
    reassurance = tuple(item for item in texts.reassurance.values() if topic.id in item.topics)
    cited = {name for item in (topic, *causes, *remedies, *red_flags, *reassurance) for name in citations(item)}
    return TopicDocument(
        release=reference,
        language=texts.language,
        topic=topic,
        causes=causes,
        remedies=remedies,
        red_flags=red_flags,
        findings=tuple(finding for finding in texts.findings.values() if finding.id in view.readable),
        reassurance=reassurance,
        sources=tuple(source for source in texts.bundle.sources if source.id in cited),
    )
