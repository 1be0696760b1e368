"""Holds the folder of a mirror: whole generations, one of them current. Believes nothing and asks nobody.

::

    DIR/
      current               points at the generation to serve; swapped in one step
      generations/<number>/ a whole folder of releases, as `load_library` reads it
      staged/               the next generation while it is being put together; a run that was cut off leaves it
      downloads/            bundles on their way, by digest; the next run goes on with them
      lock                  held by the one process that writes here

At every moment `current` leads to a whole generation: a generation is complete on the disk before it is pointed at, and
the one before stays until the next swap.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from api.releases.files import replace_file
from api.releases.keyring import SignedKeys, read_steps, signature_name, step_name
from api.releases.library import Library, load_library
from schemas.keys import KeySet
from schemas.problems import ContentRefused, Fault, FolderInUse, UpstreamUnusable
from schemas.words import Digest

CURRENT: Final = "current"
GENERATIONS: Final = "generations"
STAGED: Final = "staged"
DOWNLOADS: Final = "downloads"
LOCK: Final = "lock"
IN_USE: Final = "another process writes this folder; one mirror is enough for all who serve from it"
_NEXT: Final = ".current.new"


class Download(NamedTuple):
    """A file on its way, and what is kept of it between tries: its bytes, and the ETag that they came under."""

    path: Path
    length: int

    def held(self) -> tuple[int, str]:
        """Tell how many bytes are there, and under which ETag; nothing where they cannot be gone on with."""
        if not self._note.exists() or not self.path.exists():
            return 0, ""
        held = self.path.stat().st_size
        return (held, self._note.read_text()) if 0 < held < self.length else (0, "")

    def complete(self) -> bool:
        """Tell whether as many bytes are there as there should be."""
        return self.path.exists() and self.path.stat().st_size == self.length

    def begin(self, tag: str) -> None:
        """Begin with nothing; `tag` is empty where it cannot be gone on with later."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(b"")
        if tag:
            self._note.write_text(tag)

    def appending(self) -> BinaryIO:
        """Open for more bytes; a write that the disk takes only in part is an error."""
        return self.path.open("ab")

    def forget(self) -> None:
        """Take away what is there."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.tag")


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Be the one process that writes a mirror's folder; it is made where there is none.

    Raises:
        FolderInUse: another process is.
        UpstreamUnusable: the folder cannot be written.

    """
    try:
        (directory / GENERATIONS).mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(error) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(IN_USE) from None
        yield
    finally:
        os.close(lock)


def unwritable(error: OSError) -> UpstreamUnusable:
    """Say that the folder of a mirror cannot be written."""
    return UpstreamUnusable(f"the folder of the mirror cannot be written: {error.strerror}")


def published(directory: Path) -> Path:
    """Give the folder of releases in a folder that may be a mirror's."""
    return directory / CURRENT if (directory / CURRENT).exists() else directory


def load_kept(directory: Path, trusted: KeySet) -> Library:
    """Load the releases of a folder that others may change meanwhile.

    Raises:
        ContentRefused: something in it does not fit, is not there any more, or is not signed by trusted keys.

    """
    try:
        return load_library(real(directory), trusted)
    except ContentRefused:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever lies in a folder, whoever serves another goes on serving it
        reason = f"it could not be made sense of ({type(error).__name__})"
        raise ContentRefused((Fault(directory.name, "", reason),)) from None


def real(path: Path) -> Path:
    """Give where a path leads; where it leads in a circle, somewhere that is not there."""
    return Path(os.path.realpath(path))


def candidates(directory: Path) -> list[Path]:
    """Give the generations that could be served, the current one first, then the newest."""
    found = sorted((path for path in (directory / GENERATIONS).iterdir() if path.name.isdecimal()), reverse=True)
    current = real(directory / CURRENT)
    return sorted(found, key=lambda path: real(path) != current)


def stage(directory: Path) -> Path:
    """Begin the next generation with nothing."""
    staged = directory / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    return staged


def put(staged: Path, name: str, data: bytes) -> None:
    """Write a file of the next generation."""
    path = staged / name
    path.parent.mkdir(exist_ok=True)
    replace_file(path, data)


def take(staged: Path, name: str, source: Path) -> None:
    """Take a file over that is on this disk already, without copying it where the disk can do that."""
    path = staged / name
    path.parent.mkdir(exist_ok=True)
    try:
        os.link(source, path)
    except OSError:
        replace_file(path, source.read_bytes())
    else:
        with path.open("rb") as file:
            os.fsync(file.fileno())


def add_steps(staged: Path, before: Path | None, more: Iterable[SignedKeys]) -> None:
    """Keep the key sets that led to the next generation's, behind those that led to the one before."""
    known = read_steps(before) if before is not None else []
    for step in more:
        if step not in known:
            known.append(step)
    for number, step in enumerate(known, 1):
        name = step_name(number)
        put(staged, signature_name(name), step.signature)
        put(staged, name, step.data)


def swap(directory: Path, staged: Path) -> Path:
    """Make the next generation the current one, in one step, and give its folder."""
    for folder in (staged, *(path for path in staged.rglob("*") if path.is_dir())):
        _settle(folder)
    numbers = [int(path.name) for path in candidates(directory)]
    made = directory / GENERATIONS / f"{max(numbers, default=0) + 1:08d}"
    staged.rename(made)
    _settle(made.parent)
    point_at(directory, made)
    tidy(directory)
    return made


def point_at(directory: Path, generation: Path) -> None:
    """Make a generation the current one, where it is not yet."""
    if real(directory / CURRENT) == real(generation):
        return
    (directory / _NEXT).unlink(missing_ok=True)
    (directory / _NEXT).symlink_to(generation.relative_to(directory), target_is_directory=True)
    (directory / _NEXT).replace(directory / CURRENT)
    _settle(directory)


def tidy(directory: Path) -> None:
    """Take away what runs left that were cut off, and every generation but the current one and the one before."""
    (directory / _NEXT).unlink(missing_ok=True)
    current = real(directory / CURRENT)
    found = candidates(directory)
    kept = [path for path in found if real(path) == current]
    kept += [path for path in found if kept and path.name < kept[0].name][:1]
    for path in (directory / STAGED, *(path for path in found if path not in kept)):
        shutil.rmtree(path, ignore_errors=True)


def download_of(directory: Path, wanted: Digest, length: int) -> Download:
    """Give where a file of a digest is kept while it is on its way."""
    return Download(directory / DOWNLOADS / wanted.removeprefix("sha256:"), length)


def forget_downloads(directory: Path) -> None:
    """Take away everything that was on its way."""
    shutil.rmtree(directory / DOWNLOADS, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Wait until the disk holds the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
