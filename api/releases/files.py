"""Holds how files of releases are read and written: whole or not at all. Knows nothing of what they mean."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from api.content.canonical import digest
from api.content.strict_json import NotStrictJson, read_json
from schemas.problems import Fault
from schemas.words import Digest, Frozen, Version

Document = TypeVar("Document", bound=Frozen)


def read_file(directory: Path, name: str, faults: list[Fault]) -> bytes | None:
    """Read a file; where it cannot be read a fault says so."""
    try:
        return (directory / name).read_bytes()
    except OSError:
        faults.append(Fault(name, "", "the file is missing or cannot be read"))
        return None


def read_files(directory: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read every file that is there; which of them must be there is looked at elsewhere.

    Raises:
        OSError: one that is there cannot be read.

    """
    return {name: (directory / name).read_bytes() for name in names if (directory / name).is_file()}


def fitting(files: Mapping[str, bytes], name: str, wanted: Digest, faults: list[Fault]) -> bytes | None:
    """Give a file that has the wanted digest; where there is none that has, a fault says so."""
    data = files.get(name)
    if data is None:
        faults.append(Fault(name, "", "the file is missing or cannot be read"))
        return None
    if digest(data) != wanted:
        faults.append(Fault(name, "", "its digest is not the ledger's: a published release never changes"))
        return None
    return data


def parse(name: str, data: bytes, model: type[Document], faults: list[Fault]) -> Document | None:
    """Read bytes as strict JSON of a model; where they are not, faults say where and why."""
    try:
        read_json(data)
        return model.model_validate_json(data, strict=True)
    except NotStrictJson as error:
        faults.append(Fault(name, "", error.detail))
    except ValidationError as error:
        faults += [
            Fault(name, "".join(f"/{part}" for part in one["loc"]), one["msg"])
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    return None


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and wait until the disk holds it."""
    scratch = path.with_name(f".{path.name}.new")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def in_order(version: Version) -> tuple[int, ...]:
    """Give a version as numbers, so that versions can be put in order."""
    return tuple(int(part) for part in version.split("."))
