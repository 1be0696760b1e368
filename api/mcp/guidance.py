"""Holds the tool `find_guidance`: causes and remedies by plain words, id or topic. Says nothing of one person."""

from collections.abc import Iterator
from typing import Final, Literal, assert_never

from api.content.searching import search
from api.mcp.shapes import Tool, about, arguments_of, text, text_of
from api.red_flags.edition import Edition, Texts
from api.red_flags.refusals import refused
from api.releases.library import Library
from schemas.content import Cause, Remedy, Topic
from schemas.tools import Entry, GuidanceAnswer
from schemas.words import Json, Kind

MOST_WHOLE: Final = 3
"""The most causes, and the most remedies, that are given whole."""
DESCRIPTION: Final = (
    "Finds guidance that holds for people in general: causes, remedies, their evidence and sources. By plain words; by "
    "the id of a cause, with the remedies for it; by the id of a remedy, with the causes it is for; or all of a topic. "
    "Before any of it is offered to a person, check_red_flags must have given `guidance` for them: only the remedies "
    "named there suit that person. Tell the evidence as it stands, and speak `say` with it."
)


def shape(edition: Edition) -> Json:
    """Give the schema of the arguments."""
    chosen = about(edition)
    return arguments_of(
        {
            "words": text("Plain words, such as: magnesium for cramps. An empty text for all."),
            "id": text("The id of a cause or a remedy from an earlier answer. An empty text for all."),
            "topic": chosen["topic"],
            "language": chosen["language"],
        }
    )


def answer(arguments: Json, library: Library) -> bytes:
    """Answer with what fits, best first; the first causes and remedies stand whole.

    Raises:
        ProfileRefused: an argument is no text, or there is no such item, topic or language.

    """
    words, identifier, topic, language = (text_of(arguments, name) for name in ("words", "id", "topic", "language"))
    edition = library.edition(None)
    if (language or edition.default_language) not in edition.texts:
        known = ", ".join(sorted(edition.texts))
        raise refused("/language", "unknown_language", f"The content has no such language. It has: {known}.")
    texts = edition.texts[language or edition.default_language]
    if topic and topic not in texts.topics:
        raise refused("/topic", "unknown_topic", "There is no topic of this id. The tool's schema names them all.")
    related = (item for item in _related(identifier, texts) if not topic or _of(item, topic))
    items: dict[tuple[Kind, str], Topic | Cause | Remedy] = {(kind_of(item), item.id): item for item in related}
    if words:
        found = search(words, texts.search(), among=items)
        items = {(one.kind, one.id): items[one.kind, one.id] for one in found}
    manifest = texts.bundle.manifest
    return (
        GuidanceAnswer(
            release=edition.reference,
            language=texts.language,
            say=f"{manifest.intended_use} {manifest.emergency_line}",
            found=tuple(map(entry_of, items.values())),
            causes=tuple(one for one in items.values() if isinstance(one, Cause))[:MOST_WHOLE],
            remedies=tuple(one for one in items.values() if isinstance(one, Remedy))[:MOST_WHOLE],
        )
        .model_dump_json()
        .encode()
    )


def entry_of(item: Topic | Cause | Remedy) -> Entry:
    """Give an item in short."""
    return Entry(kind=kind_of(item), id=item.id, title=item.title, summary=item.summary)


def kind_of(item: Topic | Cause | Remedy) -> Literal["topic", "cause", "remedy"]:
    """Name the kind of an item."""
    match item:
        case Topic():
            return "topic"
        case Cause():
            return "cause"
        case Remedy():
            return "remedy"
        case _:
            assert_never(item)


def _related(identifier: str, texts: Texts) -> Iterator[Topic | Cause | Remedy]:
    """Give a cause and the remedies for it, a remedy and the causes it is for, or every item."""
    if not identifier:
        yield from texts.topics.values()
        yield from texts.causes.values()
        yield from texts.remedies.values()
    elif identifier in texts.causes:
        cause = texts.causes[identifier]
        yield cause
        yield from (one for one in texts.remedies.values() if one.id in cause.remedies or identifier in one.causes)
    elif identifier in texts.remedies:
        remedy = texts.remedies[identifier]
        yield remedy
        yield from (one for one in texts.causes.values() if one.id in remedy.causes or identifier in one.remedies)
    else:
        raise refused("/id", "unknown_item", "There is no cause or remedy of this id. Look for it with `words`.")


def _of(item: Topic | Cause | Remedy, topic: str) -> bool:
    return item.id == topic if isinstance(item, Topic) else topic in item.topics


GUIDANCE: Final = Tool("find_guidance", "Find guidance", DESCRIPTION, shape, GuidanceAnswer, answer)
