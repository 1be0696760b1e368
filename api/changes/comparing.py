"""Holds how two contents differ, each difference with its type. Refuses to prove what it does to answers.

What no rule reads is told here whole. What a rule reads is handed on, with the least that it asks for whatever is
proved.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from api.changes.comparing_items import Difference, Edition, added, changed, removed, translated
from api.changes.telling import listed
from api.changes.vocabularies import join
from api.releases.freezing import KINDS
from schemas.content import LevelText, Region
from schemas.releases import Bump, Bundle, Change
from schemas.words import Frozen, Json


def differences(before: Bundle, after: Bundle) -> tuple[Difference, ...]:
    """Give every difference between two contents; where there is none they are the same, tombstones aside."""
    return (*_items(before, after), *_levels(before, after), *_order(before, after), *_documents(before, after))


def _items(before: Bundle, after: Bundle) -> Iterator[Difference]:
    joined = join(before, after)
    for name, kind in KINDS.items():
        old, new = ({item.id: item for item in getattr(bundle, name)} for bundle in (before, after))
        for one in sorted(old.keys() | new.keys()):
            if one not in old:
                yield added(kind, one, new[one])
            elif one not in new:
                yield removed(kind, one, old[one])
            else:
                was = Edition(old[one], _translations(before, name, one))
                now = Edition(new[one], _translations(after, name, one))
                if was != now:
                    yield from changed(kind, one, was, now, joined)


def _levels(before: Bundle, after: Bundle) -> Iterator[Difference]:
    """A level's words are what a person does: to change them is to change every answer."""
    for old, new in zip(before.levels, after.levels, strict=True):
        fields = {name for name in LevelText.model_fields if getattr(old, name) != getattr(new, name)}
        fields |= translated(_translations(before, "levels", old.id), _translations(after, "levels", old.id))
        if fields - {"citations"}:
            summary = f"The level {new.id} says in other words what to do ({_names(fields - {'citations'})})."
            yield Difference(Change(type="question_changed", summary=summary), "minor", words=("level", new.id))
        if "citations" in fields:
            yield _told("sources", f"The level {new.id} cites other sources.")


def _order(before: Bundle, after: Bundle) -> Iterator[Difference]:
    """A question that is asked earlier or later changes no answer; what is new or gone is told elsewhere."""
    old, new = ({finding.id for finding in bundle.findings} for bundle in (before, after))
    order = [name for name in before.question_order if name in new]
    if order != [name for name in after.question_order if name in old]:
        yield _told("question_changed", "Other questions are asked, or in another order.", "minor")


def _documents(before: Bundle, after: Bundle) -> Iterator[Difference]:
    old, new = set(before.manifest.languages), set(after.manifest.languages)
    for language in sorted(new - old):
        yield _told("item_added", f"The language {language} is new.", "minor")
    for language in sorted(old - new):
        yield _told("item_removed", f"The language {language} is gone.", "major")
    for name in ("manifest", "phrases"):
        fields = _differing(getattr(before, name), getattr(after, name)) - {"languages"}
        fields |= translated(_translations(before, name), _translations(after, name))
        if fields:
            yield _told("wording", f"In the {name}: {_names(fields)} changed; no rule did.")
    yield from _regions(before, after)


def _regions(before: Bundle, after: Bundle) -> Iterator[Difference]:
    if before.regions.crisis_directory != after.regions.crisis_directory:
        yield _told("wording", "The directory of crisis lines has another address.")
    old, new = ({region.code: region for region in bundle.regions.regions} for bundle in (before, after))
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            yield _told("item_added", f"The region {new[code].name} ({code}) is new.", "minor")
        elif code not in new:
            yield _told("item_removed", f"The region {old[code].name} ({code}) is gone.", "major")
        else:
            yield from _region(old[code], new[code])


def _region(old: Region, new: Region) -> Iterator[Difference]:
    fields = _differing(old, new)
    called = f"{new.name} ({new.code})"
    if "ambulance" in fields:
        yield _told("wording", f"The number that calls an ambulance in {called} is now {new.ambulance}.")
    if fields - {"ambulance", "citations"}:
        yield _told("wording", f"The region {called}: {_names(fields - {'ambulance', 'citations'})} changed.")
    if "citations" in fields:
        yield _told("sources", f"The region {called} cites other sources.")


def _told(
    kind: Literal["question_changed", "item_added", "item_removed", "wording", "sources"],
    summary: str,
    least: Bump = "patch",
) -> Difference:
    """Tell of what belongs to no item and decides nothing."""
    return Difference(Change(type=kind, summary=summary, answers_can=("same",)), least)


def _differing(old: Frozen, new: Frozen) -> set[str]:
    return {name for name in type(new).model_fields if getattr(old, name) != getattr(new, name)}


def _translations(bundle: Bundle, *place: str) -> dict[str, Mapping[str, Json]]:
    """Give the texts that stand at one place of each language."""
    found: dict[str, Mapping[str, Json]] = {}
    for language, texts in bundle.translations.items():
        here: Json = texts
        for name in place:
            here = here.get(name, {})
        found[language] = here
    return found


def _names(fields: set[str]) -> str:
    return listed(sorted(fields))
