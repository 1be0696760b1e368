"""Holds the resources: topics, causes, remedies, red flags and findings of the newest release, as JSON to read."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from pydantic import BaseModel

from api.mcp.guidance import entry_of
from api.red_flags.checking import as_question
from api.red_flags.edition import Edition
from schemas.answers import CauseDocument, FindingDocument, RedFlagDocument, RemedyDocument
from schemas.tools import QuestionList, TopicArticle

SCHEME: Final = "sleep-guidance://"
MEDIA_TYPE: Final = "application/json"
KINDS: Final[Mapping[str, str]] = {
    "topics": "A topic's article, with its causes and remedies in short.",
    "causes": "One cause: how it is told apart, how it works, how sure that is, its sources.",
    "remedies": "One remedy: its steps, for whom, with which cautions, how sure it is, its sources.",
    "red-flags": "One red flag with its criterion in full, why it matters, and its sources.",
    "findings": "One finding: its question, help, synonyms, unit and range.",
}
"""The kinds of item that can be read by id, and what each holds."""


class Listed(NamedTuple):
    """A resource that is listed by name."""

    address: str
    title: str
    description: str


def listed(edition: Edition) -> list[Listed]:
    """Name the resources to start from: every topic, and all questions."""
    texts = edition.texts[edition.default_language]
    topics = [Listed(f"{SCHEME}topics/{topic.id}", topic.title, topic.summary) for topic in texts.topics.values()]
    return [
        *topics,
        Listed(f"{SCHEME}findings", "All findings", "Every finding that a check takes, with its question."),
    ]


def read(address: str, edition: Edition) -> bytes | None:
    """Give a resource; None where nothing is there."""
    document = _document(*address.removeprefix(SCHEME).partition("/"), edition) if address.startswith(SCHEME) else None
    return None if document is None else document.model_dump_json().encode()


def _document(kind: str, _: str, identifier: str, edition: Edition) -> BaseModel | None:  # noqa: PLR0911 -- one a kind
    texts = edition.texts[edition.default_language]
    release, language = edition.reference, texts.language
    match kind:
        case "topics" if identifier in texts.topics:
            causes = (entry_of(one) for one in texts.causes.values() if identifier in one.topics)
            remedies = (entry_of(one) for one in texts.remedies.values() if identifier in one.topics)
            topic = texts.topics[identifier]
            return TopicArticle(release=release, language=language, topic=topic, items=(*causes, *remedies))
        case "causes" if identifier in texts.causes:
            return CauseDocument(release=release, language=language, item=texts.causes[identifier])
        case "remedies" if identifier in texts.remedies:
            return RemedyDocument(release=release, language=language, item=texts.remedies[identifier])
        case "red-flags" if identifier in texts.red_flags:
            return RedFlagDocument(release=release, language=language, item=texts.red_flags[identifier])
        case "findings" if identifier in texts.findings:
            return FindingDocument(release=release, language=language, item=texts.findings[identifier])
        case "findings" if not identifier:
            readable = edition.rules.views[""].readable
            questions = (as_question(one) for one in texts.findings.values() if one.id in readable)
            return QuestionList(release=release, language=language, items=tuple(questions))
        case _:
            return None
