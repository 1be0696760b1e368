"""Holds what changed along a chain of releases, as the ledger tells it. Proves nothing, and needs no solver.

A release that was published before changes were proved is told by what is written differently, and says so.
"""

from itertools import pairwise

from api.changes.bumping import largest, step_between
from api.changes.comparing import differences
from api.releases.library import Library
from schemas.releases import ChangeStep, LedgerEntry, ReleaseChanges


def changes_to(after: LedgerEntry, library: Library) -> ReleaseChanges:
    """Give what a release changed of the one before it; the first has none before it, and no steps."""
    if after.sequence == 1:
        return ReleaseChanges(release=after.version, steps=())
    return changes_between(library.ledger.releases[after.sequence - 2], after, library)


def changes_between(before: LedgerEntry, after: LedgerEntry, library: Library) -> ReleaseChanges:
    """Give what changed from one release to a later one, release by release."""
    chain = library.ledger.releases[before.sequence - 1 : after.sequence]
    steps = tuple(_step(one, other, library) for one, other in pairwise(chain))
    return ReleaseChanges.model_validate(
        {
            "release": after.version,
            "from": before.version,
            "bump": largest(step.bump for step in steps),
            "steps": steps,
        }
    )


def _step(before: LedgerEntry, after: LedgerEntry, library: Library) -> ChangeStep:
    changes = after.changes
    if not changes:
        bundles = (library.releases[one.version].bundle for one in (before, after))
        changes = tuple(one.change for one in differences(*bundles))
    return ChangeStep.model_validate(
        {
            "from": before.version,
            "to": after.version,
            "bump": step_between(before.version, after.version),
            "proved": bool(after.changes),
            "changes": changes,
        }
    )
