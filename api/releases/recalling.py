"""Holds what a recall does to what is served: a release answered by another, an item taken out. Writes nothing."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import MISSING

from api.releases.files import in_order
from api.releases.pointing import unsafe_releases
from schemas.content import Cause, Reassurance, Remedy, Topic
from schemas.releases import Bundle, Latest, Recall, Severity
from schemas.words import Identifier, Kind, Version

Recalled = Mapping[tuple[Kind, Identifier], Recall]
Item = TypeVar("Item", Cause, Remedy, Reassurance, Topic)


def answers_for(version: Version, latest: Latest) -> Version:
    """Give the release that answers for a version: itself, or its replacement where it is recalled as unsafe."""
    recall = unsafe_releases(latest).get(version)
    if recall is None:
        return version
    return latest.version if recall.replacement is MISSING else recall.replacement


def removed_items(version: Version, latest: Latest) -> Recalled:
    """Give the items that a release must not serve any more: those recalled as unsafe in it or in a later one."""
    return _recalled(version, latest, "unsafe")


def withdrawn_items(version: Version, latest: Latest) -> Recalled:
    """Give the items that a release serves though they are no longer right: those withdrawn in it or in a later one."""
    return _recalled(version, latest, "withdrawn")


def without(bundle: Bundle, removed: Recalled) -> Bundle:
    """Give a content without the removed items and without any mention of them in the items that stay."""
    if not removed:
        return bundle
    gone: dict[Kind, set[Identifier]] = {"cause": set(), "remedy": set(), "reassurance": set()}
    for kind, identifier in removed:
        gone[kind].add(identifier)

    def kept(names: tuple[Identifier, ...], kind: Kind) -> tuple[Identifier, ...]:
        return tuple(name for name in names if name not in gone[kind])

    return bundle.model_copy(
        update={
            "topics": tuple(_with(one, remedies=kept(one.remedies, "remedy")) for one in bundle.topics),
            "causes": tuple(
                _with(one, remedies=kept(one.remedies, "remedy"))
                for one in bundle.causes
                if one.id not in gone["cause"]
            ),
            "remedies": tuple(
                _with(one, causes=kept(one.causes, "cause")) for one in bundle.remedies if one.id not in gone["remedy"]
            ),
            "reassurance": tuple(one for one in bundle.reassurance if one.id not in gone["reassurance"]),
        }
    )


def _recalled(version: Version, latest: Latest, severity: Severity) -> Recalled:
    return {
        (recall.kind, recall.id): recall
        for recall in latest.recalls
        if recall.severity == severity and recall.kind is not MISSING and recall.id is not MISSING
        if in_order(version) <= in_order(recall.version)
    }


def _with(item: Item, **lists: tuple[Identifier, ...]) -> Item:
    return item.model_copy(update=lists)
