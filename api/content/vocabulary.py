"""Holds what findings say of one another: which climb to which, which are one and the same. Knows no person."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import MISSING

from schemas.content import Finding


class Vocabulary(NamedTuple):
    """The findings of one content by id, with their families.

    `parents` are the findings that one directly implies; for a number that is the finding it is a number of.
    `ancestors` and `descendants` follow them all the way and include the finding itself.
    """

    findings: Mapping[str, Finding]
    parents: Mapping[str, tuple[str, ...]]
    ancestors: Mapping[str, frozenset[str]]
    descendants: Mapping[str, frozenset[str]]

    def read_as(self, identifier: str) -> str:
        """Give the id under which a finding is read today: a retired one is read as the one that replaced it."""
        finding = self.findings[identifier]
        return identifier if finding.replaced_by is MISSING else self.read_as(finding.replaced_by)


def vocabulary(findings: Iterable[Finding]) -> Vocabulary:
    """Work out the families of findings; parents that do not exist are passed over, a circle ends where it closes."""
    by_id = {finding.id: finding for finding in findings}
    parents = {
        name: tuple(parent for parent in (*finding.implies, *_of(finding)) if parent in by_id)
        for name, finding in by_id.items()
    }
    ancestors = {name: _climb(name, parents) for name in by_id}
    below: dict[str, set[str]] = {name: set() for name in by_id}
    for name, above in ancestors.items():
        for ancestor in above:
            below[ancestor].add(name)
    return Vocabulary(by_id, parents, ancestors, {name: frozenset(found) for name, found in below.items()})


def _of(finding: Finding) -> tuple[str, ...]:
    return () if finding.of is MISSING else (finding.of,)


def _climb(start: str, parents: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(parents[name])
    return frozenset(reached)
