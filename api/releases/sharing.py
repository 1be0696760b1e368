"""Holds how releases that say the same share it, so that many take little more room than one. Reads and judges nothing.

Two items are the same where each field has the same value, and was written or left out alike.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final, TypeVar

from api.red_flags.edition import Edition
from api.red_flags.fragments import Fragments
from schemas.releases import Bundle, ReleaseManifest
from schemas.words import Frozen

LISTS: Final = ("topics", "causes", "remedies", "red_flags", "findings", "sources", "reassurance")
"""The lists of a bundle whose items have an id."""
SINGLES: Final = ("manifest", "levels", "phrases", "regions", "question_order", "translations")

Item = TypeVar("Item", bound=Frozen)
Table = TypeVar("Table")


def sharing(bundle: Bundle, before: Bundle) -> Bundle:
    """Give the same bundle, made of what another holds wherever that is the same."""
    lists = {name: _shared(getattr(bundle, name), getattr(before, name), attrgetter("id")) for name in LISTS}
    singles = {name: getattr(before, name) for name in SINGLES if getattr(before, name) == getattr(bundle, name)}
    return bundle.model_copy(update=lists | singles)


def sharing_edition(edition: Edition, before: Edition) -> Edition:
    """Give the same edition, made of the tables and the pieces of text of another wherever those are the same."""
    rules, other = edition.rules, before.rules
    tally = other.views[""].tally
    return edition._replace(
        rules=replace(
            rules,
            below=_either(rules.below, other.below),
            questions=_either(rules.questions, other.questions),
            views={topic: replace(view, tally=_either(view.tally, tally)) for topic, view in rules.views.items()},
        ),
        texts={
            language: one._replace(fragments=_pieces(one.fragments, before.texts[language].fragments))
            if language in before.texts
            else one
            for language, one in edition.texts.items()
        },
    )


def sharing_stamps(manifest: ReleaseManifest, before: ReleaseManifest) -> ReleaseManifest:
    """Give the same manifest, made of the stamps of another wherever an item is the same in both."""
    return manifest.model_copy(update={"items": _shared(manifest.items, before.items, attrgetter("kind", "id"))})


def _shared(items: Iterable[Item], before: Iterable[Item], name: Callable[[Item], Hashable]) -> tuple[Item, ...]:
    held = {name(item): item for item in before}
    pairs = ((item, held.get(name(item), item)) for item in items)
    return tuple(
        other if other == item and other.model_fields_set == item.model_fields_set else item for item, other in pairs
    )


def _either(one: Table, other: Table) -> Table:
    return other if other == one else one


def _pieces(fragments: Fragments, before: Fragments) -> Fragments:
    """Give the same fragments in the same order, each made of another's where that is the same."""
    shared: dict[str, Any] = {
        name: {key: _either(piece, held.get(key, piece)) for key, piece in pieces.items()}
        for name, pieces, held in zip(Fragments._fields, fragments, before, strict=True)
        if isinstance(pieces, dict) and isinstance(held, dict)
    }
    return fragments._replace(**shared)
