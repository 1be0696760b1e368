"""Holds how a folder of content becomes a bundle: parsed once, checked whole, refused whole with every fault listed."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.content.checks import faults_in
from api.content.languages import LISTS, differences, texts
from api.content.strict_json import NotStrictJson, read_json
from schemas.content import (
    Cause,
    ContentManifest,
    Finding,
    LevelText,
    Phrases,
    Reassurance,
    RedFlag,
    Regions,
    Remedy,
    Source,
    Topic,
)
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bundle
from schemas.words import Frozen, Identifier, Json

SCHEMA_MAJOR: Final = "1"
"""The major version of the content's form that this code reads."""

FOLDERS: Final[Mapping[str, type[Frozen]]] = {
    "topics": Topic,
    "causes": Cause,
    "remedies": Remedy,
    "red-flags": RedFlag,
    "findings": Finding,
    "sources": Source,
    "reassurance": Reassurance,
}
"""The folders of a draft and the kind of item in each."""

_MANIFEST: Final = TypeAdapter(ContentManifest)
_LEVELS: Final = TypeAdapter(tuple[LevelText, ...])
_PHRASES: Final = TypeAdapter(Phrases)
_REGIONS: Final = TypeAdapter(Regions)
_ORDER: Final = TypeAdapter(tuple[Identifier, ...])

Value = TypeVar("Value")
Progress = Callable[[int, int], None]
"""Told after each file how many of how many are read."""


class Draft(NamedTuple):
    """What was read of a draft, and all that is wrong with it; no bundle where an indispensable file cannot be read."""

    bundle: Bundle | None
    faults: tuple[Fault, ...]


def load_draft(directory: Path, progress: Progress = lambda _done, _total: None) -> Bundle:
    """Read a draft from its folder.

    Raises:
        ContentRefused: anything in it is wrong; every fault is listed with file and JSON pointer.

    """
    draft = read_draft(directory, progress)
    if draft.faults or draft.bundle is None:
        raise ContentRefused(draft.faults)
    return draft.bundle


def read_draft(directory: Path, progress: Progress = lambda _done, _total: None) -> Draft:
    """Read a draft from its folder, with every fault that it has."""
    faults: list[Fault] = []
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))
    documents: dict[str, Json] = {}
    for count, path in enumerate(paths, start=1):
        name = path.relative_to(directory).as_posix()
        if path.suffix != ".json":
            faults.append(Fault(name, "", "only .json files belong here"))
            continue
        try:
            documents[name] = read_json(path.read_bytes())
        except NotStrictJson as error:
            faults.append(Fault(name, "", f"{error.detail}{f' It is {error.key!r}.' if error.key else ''}"))
            documents[name] = None
        progress(count, len(paths))
    bundle = _bundle(documents, faults)
    if bundle is not None:
        known = {folder: {Path(name).stem for name in documents if name.startswith(f"{folder}/")} for folder in FOLDERS}
        faults += faults_in(bundle, known)
        faults += _translation_faults(bundle)
    return Draft(bundle, tuple(sorted(set(faults))))


def read_bundle(data: bytes) -> Bundle:
    """Read a published bundle.

    Raises:
        ContentRefused: it is not JSON, not of a form that this code reads, or fails a content check.

    """
    try:
        document = read_json(data)
    except NotStrictJson as error:
        raise ContentRefused((Fault("bundle.json", "", error.detail),)) from None
    faults: list[Fault] = []
    _check_schema_version("bundle.json", document.get("manifest") if isinstance(document, dict) else None, faults)
    bundle = None if faults else _parsed("bundle.json", Bundle.model_validate_json, data, faults)
    if faults or bundle is None:
        raise ContentRefused(tuple(faults))
    return bundle


def _bundle(documents: Mapping[str, Json], faults: list[Fault]) -> Bundle | None:
    """Put a bundle together from parsed files; None where one that everything else needs cannot be read."""
    _check_schema_version("manifest.json", documents.get("manifest.json"), faults)
    manifest = _single("manifest.json", _MANIFEST, documents, faults)
    levels = _single("levels.json", _LEVELS, documents, faults)
    phrases = _single("phrases.json", _PHRASES, documents, faults)
    regions = _single("regions.json", _REGIONS, documents, faults)
    order = _single("question-order.json", _ORDER, documents, faults)
    items: dict[str, list[Frozen]] = {folder.replace("-", "_"): [] for folder in FOLDERS}
    translations: dict[str, dict[str, Json]] = {}
    singles = {"manifest.json", "levels.json", "phrases.json", "regions.json", "question-order.json"}
    for name, document in documents.items():
        folder, *rest = name.split("/")
        if folder in FOLDERS and len(rest) == 1:
            if document is not None:
                item = _parsed(name, FOLDERS[folder].model_validate_json, json.dumps(document), faults)
                if item is not None:
                    if getattr(item, "id", None) != Path(name).stem:
                        faults.append(Fault(name, "/id", "the id must be the file's name"))
                    items[folder.replace("-", "_")].append(item)
        elif folder == "translations" and len(rest) > 1:
            _place(translations.setdefault(rest[0], {}), rest[1:], document, name, faults)
        elif name not in singles:
            faults.append(Fault(name, "", "no file of this name belongs here"))
    if manifest is None or levels is None or phrases is None or regions is None or order is None:
        return None
    return Bundle.model_validate(
        {
            "manifest": manifest,
            "levels": levels,
            "phrases": phrases,
            "regions": regions,
            "question_order": order,
            "translations": translations,
            **{name: tuple(sorted(found, key=_id)) for name, found in items.items()},
        }
    )


def _id(item: Frozen) -> str:
    return str(getattr(item, "id", ""))


def _check_schema_version(name: str, document: Json, faults: list[Fault]) -> None:
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, str) and version.split(".")[0] != SCHEMA_MAJOR:
        faults.append(Fault(name, "/schema_version", f"this code reads form {SCHEMA_MAJOR}.x only"))


def _single(name: str, adapter: TypeAdapter[Value], documents: Mapping[str, Json], faults: list[Fault]) -> Value | None:
    if name not in documents:
        faults.append(Fault(name, "", "the file is missing"))
        return None
    return (
        None if documents[name] is None else _parsed(name, adapter.validate_json, json.dumps(documents[name]), faults)
    )


def _parsed(name: str, read: Callable[..., Value], text: str | bytes, faults: list[Fault]) -> Value | None:
    try:
        return read(text, strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False, include_context=False):
            pointer = "".join(f"/{part}" for part in detail["loc"] if not str(part).startswith("function-"))
            faults.append(Fault(name, pointer, detail["msg"]))
        return None


def _place(language: dict[str, Json], rest: list[str], document: Json, name: str, faults: list[Fault]) -> None:
    """Put one translation file where it belongs: a list by item id, or one of the single documents."""
    place = [part.removesuffix(".json").replace("-", "_") for part in rest]
    if rest[0] in FOLDERS and len(rest) == 2:  # noqa: PLR2004 -- a folder and a file
        language.setdefault(place[0], {})[Path(name).stem] = document
    elif rest in (["manifest.json"], ["levels.json"], ["phrases.json"]):
        language[place[0]] = document
    else:
        faults.append(Fault(name, "", "no translation of this name belongs here"))


def _translation_faults(bundle: Bundle) -> list[Fault]:
    """List every text that a language lacks, and every one that stands for nothing."""
    wanted: dict[str, Json] = {
        name: {item.id: texts(item) for item in getattr(bundle, name)} for name in LISTS if getattr(bundle, name)
    }
    wanted |= {"phrases": texts(bundle.phrases), "manifest": texts(bundle.manifest)}
    languages = set(bundle.manifest.languages) - {bundle.manifest.default_language}
    faults = [
        Fault("manifest.json", "/languages", f"{language} has translations but is not named here")
        for language in bundle.translations.keys() - languages
    ]
    for language in sorted(languages):
        for pointer, message in differences(wanted, bundle.translations.get(language, {})):
            place, _, inner = pointer.removeprefix("/").partition("/")
            folder, item = place.replace("_", "-"), inner.partition("/")
            file = f"{folder}/{item[0]}.json" if folder in FOLDERS and item[0] else f"{folder}.json"
            below = f"/{item[2]}" if folder in FOLDERS and item[2] else ("" if folder in FOLDERS else f"/{inner}")
            faults.append(Fault(f"translations/{language}/{file}", below.rstrip("/"), message))
    return faults
