"""Holds what there is to ask, in masks: what a "no" denies, what stands in front of a question. Knows no person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.content.vocabulary import Vocabulary
from api.logic import identifier, parts
from api.red_flags.masks import joined, those
from schemas.criteria import Criterion
from schemas.releases import Bundle


@dataclass(frozen=True, slots=True)
class Question:
    """A finding that can be asked about."""

    name: str
    down: int
    """The bits that a "no" makes absent: its own, and those of all that imply it."""
    up: int
    """The bits that any answer makes present: those of the finding that a number is `of`."""
    nodes: int
    """The nodes of the rules that read one of the bits of `down`."""
    behind: int
    """The bits of the numbers without which it is not used: they are asked first."""
    behind_nodes: int
    """The nodes of the rules that read one of the bits of `behind`."""


def make_questions(
    names: Sequence[str],
    down: Mapping[str, int],
    of: Mapping[str, int],
    behind: Mapping[str, int],
    readers: Sequence[int],
) -> tuple[Question, ...]:
    """Make the question about each name.

    By name, in bits: `down` is what a "no" denies, `of` what a number is of, `behind` the numbers in front of it. By
    bit: `readers` are the nodes that it is a part of.
    """
    made = {
        name: Question(
            name=name,
            down=down[name],
            up=of[name],
            nodes=joined(those(readers, down[name])),
            behind=behind.get(name, 0),
            behind_nodes=joined(those(readers, behind.get(name, 0))),
        )
        for name in dict.fromkeys(names)
    }
    return tuple(made[name] for name in names)


def numbers_in_front(bundle: Bundle, words: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Find the findings that every criterion uses only beside a band of one and the same number, with those numbers.

    They are asked once that number is known: no adult is asked about infants.
    """
    beside: dict[str, frozenset[str]] = {}
    for red_flag in bundle.red_flags:
        for name, numbers in _beside(red_flag.when, frozenset()):
            beside[name] = beside.get(name, numbers) & numbers
    found: dict[str, frozenset[str]] = {}
    for name in words.findings:
        uses = [beside[below] for below in words.descendants[name] if below in beside]
        shared = frozenset.intersection(*uses) - {name} if uses else frozenset()
        if shared:
            found[name] = shared
    return found


def _beside(criterion: Criterion, numbers: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    if not parts(criterion):
        yield identifier(criterion), numbers - {identifier(criterion)}
        return
    if criterion.op == "all_of":
        numbers |= {identifier(part) for part in parts(criterion) if part.op == "number"}
    for part in parts(criterion):
        yield from _beside(part, numbers)
