"""Holds the checks on asking: circles and depth of gates, gates that name their children, the order of questions."""

from collections.abc import Iterator
from typing import Final

from pydantic import MISSING

from api.content.checks.references import file_of
from api.content.vocabulary import Vocabulary
from api.logic import identifier, leaves
from schemas.problems import Fault
from schemas.releases import Bundle
from schemas.words import RANK

DEEPEST: Final = 2
"""How many steps a finding may stand below its highest gate."""


def family_faults(words: Vocabulary) -> Iterator[Fault]:
    """Give a fault for every finding that implies itself, and for every one too far below its highest gate."""
    circles = [name for name in words.findings if any(name in words.ancestors[one] for one in words.parents[name])]
    for name in circles:
        yield Fault(file_of("findings", name), "/implies", "it implies itself in a circle")
    if not circles:
        for name in words.findings:
            if _depth(name, words) > DEEPEST:
                yield Fault(file_of("findings", name), "/implies", f"it stands more than {DEEPEST} steps below a gate")


def question_faults(bundle: Bundle, words: Vocabulary) -> Iterator[Fault]:
    """Give a fault for every gate whose "no" would not be a no to each child, and for the order of questions."""
    yield from _gate_faults(bundle, words)
    yield from _order_faults(bundle, words)


def asked_findings(bundle: Bundle, words: Vocabulary) -> set[str]:
    """Give the findings that an interview may ask about: those that red flags read, and their gates."""
    read = {identifier(leaf) for red_flag in bundle.red_flags for leaf in leaves(red_flag.when)}
    return {above for name in read for above in words.ancestors[name]}


def _depth(name: str, words: Vocabulary) -> int:
    return max((1 + _depth(parent, words) for parent in words.findings[name].implies), default=0)


def _gate_faults(bundle: Bundle, words: Vocabulary) -> Iterator[Fault]:
    """A denial must be of each child: a gate that can rule out urgent or worse names every child in its question."""
    grave = {
        identifier(leaf)
        for red_flag in bundle.red_flags
        if RANK[red_flag.level] >= RANK["urgent"]
        for leaf in leaves(red_flag.when)
    }
    for name, finding in words.findings.items():
        if not words.descendants[name] & grave - {name}:
            continue
        for child in sorted(words.descendants[name] - {name}):
            below = words.findings[child]
            if name in below.implies and below.replaced_by is MISSING and not _names(finding.question, below.name):
                yield Fault(file_of("findings", name), "/question", f"it must name its child {child} as {below.name!r}")


def _names(question: str, name: str) -> bool:
    return name.casefold() in question.casefold()


def _order_faults(bundle: Bundle, words: Vocabulary) -> Iterator[Fault]:
    order = list(bundle.question_order)
    asked = asked_findings(bundle, words)
    for name in sorted({name for name in order if order.count(name) > 1}):
        yield Fault("question-order.json", "", f"{name} stands twice")
    for name in sorted(asked - set(order)):
        yield Fault("question-order.json", "", f"{name} is missing; `python -m api order` works the order out anew")
    for name in sorted(set(order) - asked):
        yield Fault("question-order.json", "", f"{name} is asked by no red flag")
