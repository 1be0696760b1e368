"""Holds the verdict on a draft: what it changes, which version it must have, and the report on it. Needs the solver."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import MISSING

from api.changes.bumping import FIRST, largest, stated, stepped
from api.changes.comparing import differences
from api.content.canonical import canonical
from api.proofs.assuring import assure, check_of
from api.proofs.encoding import encode
from api.proofs.proving import prove
from api.proofs.searching import Search
from schemas.assurance import Timings
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bundle, Change, SameMeaning
from schemas.words import Version

Clock = Callable[[], float]
Progress = Callable[[int, int], None]


class Verdict(NamedTuple):
    """The version that a draft must have, what it changes, and what an editor must still state."""

    version: Version
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    solver_seconds: float = 0.0


def judge(
    last: tuple[Version, Bundle] | None,
    draft: Bundle,
    statements: Sequence[SameMeaning],
    clock: Clock,
    progress: Progress = lambda _done, _total: None,
) -> Verdict:
    """Prove what a draft changes of the last release; where there is none it is the first.

    Raises:
        ContentRefused: nothing has changed, or the solver gave up.

    """
    if last is None:
        return Verdict(FIRST, (), stated((), statements)[1])
    version, before = last
    found = differences(before, draft)
    if not found:
        raise ContentRefused(
            (Fault("content", "", f"nothing has changed since {version}: there is nothing to release"),)
        )
    found, faults = stated(found, statements)
    search = Search(encode(before, draft), clock)
    changes = prove(found, search, progress)
    step = largest(one.bump for one in changes if one.bump is not MISSING)
    return Verdict(stepped(version, step), changes, faults, search.seconds)


def report(draft: Bundle, verdict: Verdict, clock: Clock, progress: Progress = lambda _done, _total: None) -> bytes:
    """Give the bytes of the assurance report on a draft.

    Raises:
        ContentRefused: a law does not hold on it; each fault names somebody in whom it shows.

    """
    search = Search(encode(draft, draft), clock)
    made = assure(draft, verdict.version, check_of(draft, verdict.version), search, progress)
    spent = Timings(solver_milliseconds=round((verdict.solver_seconds + search.seconds) * 1000))
    return canonical(made.model_copy(update={"timings": spent}))
