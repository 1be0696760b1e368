"""Holds how texts are taken out of content and other languages put in. Knows no language by name but the default."""

from collections.abc import Iterator
from typing import Annotated, Final, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from schemas.releases import Bundle
from schemas.words import Frozen, Json, Text, TextMarker

Model = TypeVar("Model", bound=Frozen)

LISTS: Final = ("topics", "causes", "remedies", "red_flags", "findings", "reassurance", "levels")
"""The lists of a bundle whose items carry texts; sources keep the language they were published in."""

_TEXT: Final[TypeAdapter[str]] = TypeAdapter(Text)


def texts(item: Frozen) -> dict[str, Json]:
    """Give the text fields of an item alone, in the shape that a translation file has."""
    hints = get_type_hints(type(item), include_extras=True)
    found = {
        name: _texts_of(getattr(item, name), hint) for name, hint in hints.items() if name in type(item).model_fields
    }
    return {name: inner for name, inner in found.items() if inner}


def _texts_of(value: Json, hint: object) -> Json:
    if isinstance(value, Frozen):
        return texts(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Frozen):
        inner = [texts(part) for part in value]
        return inner if any(inner) else []
    if isinstance(value, str | tuple) and _marked(hint):
        return list(value) if isinstance(value, tuple) else value
    return None


def differences(original: Json, translation: Json, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Give a pointer and a sentence for everything in a translation that does not stand for a text of the original."""
    if isinstance(original, dict):
        yield from _object_differences(original, translation, pointer)
    elif isinstance(original, list):
        yield from _list_differences(original, translation, pointer)
    else:
        try:
            _TEXT.validate_python(translation)
        except ValidationError:
            yield pointer, "a text of one line, without blanks at its ends, is expected here"


def _object_differences(original: dict[str, Json], translation: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if not isinstance(translation, dict):
        yield pointer, "an object is expected here"
        return
    for name in original.keys() - translation.keys():
        yield f"{pointer}/{name}", "the text is missing"
    for name in translation.keys() - original.keys():
        yield f"{pointer}/{name}", "the original has no such text"
    for name in original.keys() & translation.keys():
        yield from differences(original[name], translation[name], f"{pointer}/{name}")


def _list_differences(original: list[Json], translation: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if not isinstance(translation, list) or not translation:
        yield pointer, "a list that is not empty is expected here"
    elif isinstance(original[0], str):
        for index, part in enumerate(translation):
            yield from differences("", part, f"{pointer}/{index}")
    elif len(original) != len(translation):
        yield pointer, f"the original has {len(original)} entries, the translation {len(translation)}"
    else:
        for index, (before, after) in enumerate(zip(original, translation, strict=True)):
            yield from differences(before, after, f"{pointer}/{index}")


def in_language(bundle: Bundle, language: str) -> Bundle:
    """Give the same content with its texts in another of its languages; rules and ids stay what they are."""
    if language == bundle.manifest.default_language:
        return bundle
    translated = bundle.translations[language]
    lists = {
        name: tuple(_with_texts(item, translated[name][item.id]) for item in getattr(bundle, name)) for name in LISTS
    }
    return bundle.model_copy(
        update={
            **lists,
            "phrases": _with_texts(bundle.phrases, translated["phrases"]),
            "manifest": _with_texts(bundle.manifest, translated["manifest"]),
        }
    )


def _with_texts(item: Model, overlay: Json) -> Model:
    return type(item).model_validate(_merged(item.model_dump(mode="json"), overlay))


def _merged(original: Json, overlay: Json) -> Json:
    if isinstance(original, dict):
        return {name: _merged(value, overlay[name]) if name in overlay else value for name, value in original.items()}
    if isinstance(original, list) and original and isinstance(original[0], dict):
        return [_merged(before, after) for before, after in zip(original, overlay, strict=True)]
    return overlay


def _marked(hint: object) -> bool:
    """Tell whether a type hint is, or holds, a text for people."""
    if get_origin(hint) is Annotated and any(isinstance(mark, TextMarker) for mark in get_args(hint)[1:]):
        return True
    return any(_marked(part) for part in get_args(hint))
