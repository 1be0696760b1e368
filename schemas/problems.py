"""Holds what can go wrong and how it is told: faults, problems and the tree of errors. Refuses to hold HTTP.

::

    SleepGuidanceError
    ├── ContentRefused     the draft or a release is not fit to serve; lists every fault
    ├── ProfileRefused     what was sent cannot be checked; lists every reason with a pointer
    ├── ReleaseUnknown     no release of that version is held here
    ├── ItemRecalled       the item asked for is recalled as unsafe
    ├── SignatureRefused   bytes are not signed by a key that is trusted for them
    ├── TokenAhead         a sync token leads to a release that this copy of the service has yet to get
    ├── TokenMalformed     a sync token is none of ours
    ├── TokenTooOld        a sync token leads from or to a release that cannot be given any more
    ├── UpstreamUnusable   an upstream cannot be followed as it was asked for
    ├── UpstreamSilent     an upstream does not give what it should have
    └── FolderInUse        another process writes the folder of a mirror
"""

from typing import Annotated, NamedTuple

from pydantic import MISSING, Field

from schemas.words import Frozen


class Fault(NamedTuple):
    """One thing that is wrong with the content: the file, the JSON pointer into it, and what to do."""

    file: str
    pointer: str
    message: str

    def __str__(self) -> str:
        """Write the fault on one line."""
        return f"{self.file}{'#' + self.pointer if self.pointer else ''}: {self.message}"


class ProblemError(Frozen):
    """One reason why a request was refused; it never repeats what was sent."""

    pointer: Annotated[str, Field(max_length=200)]
    """A JSON pointer into the body, or `query:NAME`, `header:NAME`, `path:NAME`."""
    code: Annotated[str, Field(max_length=60)]
    detail: Annotated[str, Field(max_length=1000)]


class Problem(Frozen):
    """An error as RFC 9457 writes it; `type` leads to a page that explains it."""

    type: Annotated[str, Field(max_length=200)]
    title: Annotated[str, Field(max_length=200)]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(max_length=1000)]
    errors: tuple[ProblemError, ...] | MISSING = MISSING
    emergency: Annotated[str, Field(max_length=300)] | MISSING = MISSING
    """On every error of a check: what to do if this may be an emergency."""


class SleepGuidanceError(Exception):
    """Every error that this project raises on purpose."""


class ContentRefused(SleepGuidanceError):
    """The content has faults and is refused whole; `faults` lists every one."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults and write them, one a line, into the message."""
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class ProfileRefused(SleepGuidanceError):
    """The request cannot be checked; `errors` lists every reason, `status` is the HTTP status that fits."""

    def __init__(self, errors: tuple[ProblemError, ...], status: int = 422) -> None:
        """Keep the reasons; the message names their codes only, never what was sent."""
        self.errors = errors
        self.status = status
        super().__init__(", ".join(error.code for error in errors))


class ReleaseUnknown(SleepGuidanceError):
    """No release of the version asked for is held here."""


class ItemRecalled(SleepGuidanceError):
    """The item asked for is recalled as unsafe; the message says why, in the words of the recall."""


class SignatureRefused(SleepGuidanceError):
    """Bytes are not signed by a key that is trusted for them; the message says what is wrong."""


class TokenAhead(SleepGuidanceError):
    """A sync token leads to a release that is newer than any held here."""


class TokenMalformed(SleepGuidanceError):
    """A sync token is none of ours."""


class TokenTooOld(SleepGuidanceError):
    """A sync token leads from or to a release that cannot be given any more."""


class UpstreamUnusable(SleepGuidanceError):
    """An upstream cannot be followed as it was asked for; the message says what to change."""


class UpstreamSilent(SleepGuidanceError):
    """An upstream cannot be reached, or does not give what it should have; the message says what and why."""


class FolderInUse(SleepGuidanceError):
    """Another process writes the folder of a mirror."""
