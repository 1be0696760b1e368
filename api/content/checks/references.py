"""Holds the check that every id an item names exists, and that nothing stands there unused."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import MISSING

from api.logic import identifier, leaves
from schemas.criteria import Criterion
from schemas.problems import Fault
from schemas.releases import Bundle
from schemas.words import Frozen, Json

_TARGETS = {
    "citations": "sources",
    "topics": "topics",
    "remedies": "remedies",
    "causes": "causes",
    "findings": "findings",
    "implies": "findings",
    "of": "findings",
    "replaced_by": "findings",
    "graver": "red-flags",
    "watch_for": "red-flags",
}
"""The fields that hold ids, and the folder in which each id must be."""

ITEMS = ("topics", "causes", "remedies", "red_flags", "findings", "sources", "reassurance")


def file_of(folder: str, item: str) -> str:
    """Give the path of an item's file inside a draft."""
    return f"{folder.replace('_', '-')}/{item}.json"


def reference_faults(bundle: Bundle, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    """Give a fault for every id that leads nowhere and for every finding and source that nothing uses."""
    used: dict[str, set[str]] = {}
    for folder in ITEMS:
        for item in getattr(bundle, folder):
            yield from _dangling(item, file_of(folder, item.id), "", known, used)
    for index, level in enumerate(bundle.levels):
        yield from _dangling(level, "levels.json", f"/{index}", known, used)
    for index, region in enumerate(bundle.regions.regions):
        yield from _dangling(region, "regions.json", f"/regions/{index}", known, used)
    for folder in ("findings", "sources"):
        for name in sorted({item.id for item in getattr(bundle, folder)} - used.get(folder, set())):
            if not _retired(bundle, name):
                yield Fault(file_of(folder, name), "", "nothing uses it")


def criteria_of(item: Frozen) -> Iterator[tuple[str, Criterion]]:
    """Give every criterion of an item with the pointer to it."""
    when = getattr(item, "when", MISSING)
    if isinstance(when, Criterion):
        yield "/when", when
    for index, caution in enumerate(getattr(item, "cautions", ())):
        if caution.unsuitable_when is not MISSING:
            yield f"/cautions/{index}/unsuitable_when", caution.unsuitable_when


def _retired(bundle: Bundle, name: str) -> bool:
    return any(finding.id == name and finding.replaced_by is not MISSING for finding in bundle.findings)


def _dangling(
    item: Frozen, file: str, pointer: str, known: Mapping[str, set[str]], used: dict[str, set[str]]
) -> Iterator[Fault]:
    for where, criterion in criteria_of(item):
        names = {identifier(leaf) for leaf in leaves(criterion)}
        yield from _missing(names, "findings", file, pointer + where, known, used)
    for field in type(item).model_fields:
        value: Json = getattr(item, field)
        if field in _TARGETS and value is not MISSING and not isinstance(value, Criterion):
            named = (value,) if isinstance(value, str) else value
            yield from _missing(named, _TARGETS[field], file, f"{pointer}/{field}", known, used)
            for name in sorted({name for name in named if named.count(name) > 1}):
                yield Fault(file, f"{pointer}/{field}", f"{name} stands twice")
        elif isinstance(value, Frozen) and not isinstance(value, Criterion):
            yield from _dangling(value, file, f"{pointer}/{field}", known, used)
        elif isinstance(value, tuple):
            for index, part in enumerate(value):
                if isinstance(part, Frozen):
                    yield from _dangling(part, file, f"{pointer}/{field}/{index}", known, used)


def _missing(
    names: Iterable[str],
    folder: str,
    file: str,
    pointer: str,
    known: Mapping[str, set[str]],
    used: dict[str, set[str]],
) -> Iterator[Fault]:
    for name in sorted(names):
        used.setdefault(folder, set()).add(name)
        if name and name not in known[folder]:
            yield Fault(file, pointer, f"there is no {name} in {folder}/")
