"""Holds the criterion: the one shape of every rule. Refuses to hold what a rule means (that is `api.logic`)."""

from __future__ import annotations

from pydantic import MISSING, Field

from schemas.words import Frozen, Identifier, Operator


class Criterion(Frozen):
    """A rule as one flat object, so that clients can be generated for it.

    Which fields go with which operator is held by the loader:

    - ``finding``: ``id`` of a yes/no finding;
    - ``number``: ``id`` of a number finding, with ``at_least``, ``below`` or both: the half-open band
      ``at_least <= value < below`` in the finding's own unit;
    - ``all_of``, ``any_of``: ``of``, one criterion or more;
    - ``some_of``: ``count`` and ``of``; at least ``count`` of them, ``1 <= count <= len(of)``.
    """

    op: Operator
    id: Identifier | MISSING = MISSING
    at_least: float | MISSING = MISSING
    below: float | MISSING = MISSING
    count: int | MISSING = Field(default=MISSING, ge=1)
    of: tuple[Criterion, ...] | MISSING = Field(default=MISSING, min_length=1)
