"""Holds how a read chooses its release and language, and which query parameters there are. Unknown ones are refused."""

from typing import Annotated, Literal, NamedTuple

from fastapi import Request, Response
from pydantic import MISSING, BaseModel, ConfigDict, Field

from api.red_flags.compiled import Rules
from api.red_flags.edition import Texts
from api.red_flags.refusals import refused
from api.releases.library import Library
from api.releases.recalling import Recalled, withdrawn_items
from api.web.caching import of_release
from api.web.negotiating import preferred
from schemas.releases import ReleaseReference
from schemas.words import ONE_LINE, Level


class NoQuery(BaseModel):
    """A query that takes nothing; a parameter of others is described by its field, where the framework looks."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContentQuery(NoQuery):
    """What every content read takes."""

    language: Annotated[str, Field(max_length=35, examples=["en"])] | MISSING = Field(
        default=MISSING, description="A language of the content; without it `Accept-Language` decides and falls back."
    )
    release: Annotated[str, Field(max_length=20, examples=["1.0.0"])] | MISSING = Field(
        default=MISSING, description="An exact version; the newest where left out."
    )


class TopicQuery(ContentQuery):
    """A content read that can be narrowed to a topic."""

    topic: Annotated[str, Field(max_length=60, examples=["leg-twitching"])] | MISSING = MISSING


class CauseQuery(TopicQuery):
    """Narrows causes."""

    category: (
        Literal["sleep_or_movement", "medicine_or_substance", "body_or_mind", "dangerous_look_alike", "retired_term"]
        | MISSING
    ) = MISSING


class RemedyQuery(TopicQuery):
    """Narrows remedies."""

    cause: Annotated[str, Field(max_length=60, examples=["hypnic-jerks"])] | MISSING = MISSING
    category: (
        Literal["routine", "food_and_drink", "body", "mind", "surroundings", "medicine", "seeing_someone"] | MISSING
    ) = MISSING


class RedFlagQuery(TopicQuery):
    """Narrows red flags."""

    level: Level | MISSING = MISSING


class ChangesQuery(NoQuery):
    """Chooses the release that changes are told from."""

    from_: Annotated[str, Field(max_length=20, examples=["1.0.0"])] | MISSING = Field(
        default=MISSING, alias="from", description="An older version; the release before where left out."
    )


class SearchQuery(ContentQuery):
    """Plain words to look for."""

    q: Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE, examples=["leg cramps at night"])]


class Chosen(NamedTuple):
    """The release and the texts that a read answers from."""

    reference: ReleaseReference
    texts: Texts
    rules: Rules
    removed: Recalled
    """The items that are recalled as unsafe."""
    withdrawn: Recalled
    """The items that are served and no longer right."""


def choose(request: Request, response: Response, query: ContentQuery) -> Chosen:
    """Choose the release and the language of a read, and name the language in the answer's headers.

    Raises:
        ReleaseUnknown: no release of that version is held here.
        ProfileRefused: the content has no such language, or a parameter stands in the query twice.

    """
    refuse_repeated(request)
    library: Library = request.app.state.library
    asked = None if query.release is MISSING else query.release
    edition = library.edition(asked)
    if query.language is not MISSING:
        if query.language not in edition.texts:
            known = ", ".join(sorted(edition.texts))
            raise refused("query:language", "unknown_language", f"The content has no such language. It has: {known}.")
        language = query.language
    else:
        language = preferred(request.headers.get("accept-language", ""), list(edition.texts), edition.default_language)
        if len(edition.texts) > 1:
            response.headers["Vary"] = "Accept-Language"
    response.headers.update(of_release(library, asked, edition.reference))
    response.headers["Content-Language"] = language
    version = edition.reference.version
    withdrawn = withdrawn_items(version, library.latest)
    return Chosen(
        edition.reference, edition.texts[language], edition.rules, library.releases[version].removed, withdrawn
    )


def refuse_repeated(request: Request) -> None:
    """Refuse a query in which a parameter stands twice: which of the two was meant is unknown."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(set(names)) != len(names):
        raise refused("query:", "repeated", "A parameter stands in the query more than once. Give each once.")
