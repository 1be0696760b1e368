"""Holds one release made ready to answer: its rules in bits, its texts by language, its name. Changes never."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from pydantic import MISSING
from pydantic_core import to_json

from api.content.languages import in_language
from api.prepared import Few, Prepared
from api.red_flags.compiled import Rules, compile_rules
from api.red_flags.fragments import Fragments, make_fragments
from schemas.content import Cause, Finding, LevelText, Phrases, Reassurance, RedFlag, Region, Remedy, Topic
from schemas.releases import Bundle, ReleaseReference
from schemas.words import RANK, Level

if TYPE_CHECKING:
    from api.content.searching import Shelf
    from api.matching.index import Index

Item = TypeVar("Item", Cause, Finding, Reassurance, RedFlag, Remedy, Topic)

MOST_INSTRUCTIONS: Final = 512
"""How many instructions are kept as they are spoken: there is one for each level and number to call."""


class Texts(NamedTuple):
    """The items of one content in one language, by id."""

    language: str
    bundle: Bundle
    topics: Mapping[str, Topic]
    red_flags: Mapping[str, RedFlag]
    findings: Mapping[str, Finding]
    causes: Mapping[str, Cause]
    remedies: Mapping[str, Remedy]
    reassurance: Mapping[str, Reassurance]
    levels: Mapping[Level, LevelText]
    regions: Mapping[str, Region]
    search: "Prepared[Shelf]"
    """What is searched; prepared when it is first asked for, as is the next."""
    words: "Prepared[Index]"
    """The index by which plain words are matched."""
    spoken: Callable[[str, int], str]
    """Gives the question about a finding in words, with its place on the screen."""
    instruction: Callable[[Level | None, str], str]
    """Gives what to do at a level, with the number to call; without one, that more must be asked before any advice."""
    fragments: Fragments


class Edition(NamedTuple):
    """A release as the check sees it."""

    reference: ReleaseReference
    named: bytes
    """The reference as it stands in every answer."""
    rules: Rules
    texts: Mapping[str, Texts]
    default_language: str
    older: Few
    """What is kept prepared of editions that another has superseded; it is shared with those before."""


def make_edition(bundle: Bundle, reference: ReleaseReference, before: Edition | None = None) -> Edition:
    """Make a checked bundle ready to answer in each of its languages; `before` is the edition of the release before.

    What is prepared of the edition to use now is kept; of all others together few things are.
    """
    rules = compile_rules(bundle)
    older = Few() if before is None else before.older
    few = None if reference.superseded_by is MISSING else older
    return Edition(
        reference=reference,
        named=to_json(reference),
        rules=rules,
        texts={
            language: _texts(in_language(bundle, language), language, rules, few)
            for language in bundle.manifest.languages
        },
        default_language=bundle.manifest.default_language,
        older=older,
    )


def renamed(edition: Edition, **changes: object) -> Edition:
    """Give an edition whose answers name its release with some changes."""
    reference = edition.reference.model_copy(update=changes)
    return edition._replace(reference=reference, named=to_json(reference))


def _texts(bundle: Bundle, language: str, rules: Rules, few: Few | None) -> Texts:
    return Texts(
        language=language,
        bundle=bundle,
        topics=_by_id(bundle.topics),
        red_flags=_by_id(bundle.red_flags),
        findings=_by_id(bundle.findings),
        causes=_by_id(bundle.causes),
        remedies=_by_id(bundle.remedies),
        reassurance=_by_id(bundle.reassurance),
        levels={level.id: level for level in bundle.levels},
        regions={region.code: region for region in bundle.regions.regions},
        search=Prepared(partial(_shelf, bundle, language), few),
        words=Prepared(partial(_index, bundle, language, rules.words.ancestors), few),
        spoken=cache(partial(_spoken, bundle.phrases, _by_id(bundle.findings))),
        instruction=lru_cache(maxsize=MOST_INSTRUCTIONS)(partial(_instruction, bundle)),
        fragments=make_fragments(bundle),
    )


def action(level: LevelText, phrases: Phrases, number: str) -> str:
    """Say what a level asks of a person, with the number where one is to be called now."""
    spoken = [level.headline, level.action]
    if level.id == "emergency":
        spoken.append(phrases.call_number.format(number=number))
    return " ".join(spoken)


def _instruction(bundle: Bundle, advised: Level | None, number: str) -> str:
    phrases = bundle.phrases
    return phrases.no_advice_yet if advised is None else action(bundle.levels[RANK[advised]], phrases, number)


def _shelf(bundle: Bundle, language: str) -> "Shelf":
    from api.content.searching import search_shelf  # noqa: PLC0415 -- a check needs none of it, nor of what it loads

    return search_shelf(bundle, language)


def _index(bundle: Bundle, language: str, ancestors: Mapping[str, frozenset[str]]) -> "Index":
    from api.matching.index import build_index  # noqa: PLC0415 -- a check needs none of it, nor of what it loads

    return build_index(bundle, language, ancestors)


def _spoken(phrases: Phrases, findings: Mapping[str, Finding], name: str, count: int) -> str:
    form = "{count}. {question}" if phrases.question is MISSING else phrases.question
    return form.format(count=count, question=findings[name].question)


def _by_id(items: Iterable[Item]) -> Mapping[str, Item]:
    return {item.id: item for item in items}
