"""Holds one release made ready to answer: its rules in bits, its texts by language, its name. Changes never."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import NamedTuple, TypeVar

from api.content.languages import in_language
from api.content.searching import Shelf, search_shelf
from api.matching.index import Index, build_index
from api.red_flags.compiled import Rules, compile_rules
from schemas.content import Cause, Finding, LevelText, Reassurance, RedFlag, Region, Remedy, Topic
from schemas.releases import Bundle, ReleaseReference
from schemas.words import Level

Item = TypeVar("Item", Cause, Finding, Reassurance, RedFlag, Remedy, Topic)


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
    search: Callable[[], Shelf]
    """Gives what is searched; prepared when it is first asked for, as is the next."""
    words: Callable[[], Index]
    """Gives the index by which plain words are matched."""


class Edition(NamedTuple):
    """A release as the check sees it."""

    reference: ReleaseReference
    rules: Rules
    texts: Mapping[str, Texts]
    default_language: str


def make_edition(bundle: Bundle, reference: ReleaseReference) -> Edition:
    """Make a checked bundle ready to answer in each of its languages."""
    rules = compile_rules(bundle)
    return Edition(
        reference=reference,
        rules=rules,
        texts={
            language: _texts(in_language(bundle, language), language, rules) for language in bundle.manifest.languages
        },
        default_language=bundle.manifest.default_language,
    )


def _texts(bundle: Bundle, language: str, rules: Rules) -> Texts:
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
        search=cache(partial(search_shelf, bundle, language)),
        words=cache(partial(build_index, bundle, language, rules.words.ancestors)),
    )


def _by_id(items: Iterable[Item]) -> Mapping[str, Item]:
    return {item.id: item for item in items}
