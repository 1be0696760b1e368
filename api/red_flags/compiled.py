"""Holds the rules of one release in bits, so that a check costs little. Means exactly what `api.logic` means.

Every yes/no finding is one bit, and so is every band of a number. A state of knowledge is two masks: what is present
and what is not absent. A criterion without negation holds at the lower end where it holds of the first mask, at the
upper end where it holds of the second; so strong Kleene logic is two runs of plain logic.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pydantic import MISSING

from api.content.vocabulary import Vocabulary, vocabulary
from api.logic import identifier, leaves, needed, parts
from schemas.content import RedFlag
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import RANK, Level


class CompiledCriterion(NamedTuple):
    """A criterion as two functions over masks.

    `holds(mask)` tells whether it is true where exactly the bits of the mask are true. `unknown(lower, upper)` gives
    the bits of the unknown leaves of its unknown parts, 0 where it is settled.
    """

    holds: Callable[[int], bool]
    unknown: Callable[[int, int], int]


class CompiledRedFlag(NamedTuple):
    """A red flag with its rule in bits."""

    id: str
    level: Level
    rank: int
    emergency_if_unsure: bool
    criterion: Criterion
    rule: CompiledCriterion


class View(NamedTuple):
    """What is considered for one topic, or for all: red flags (gravest first) and the findings that may be sent."""

    red_flags: tuple[CompiledRedFlag, ...]
    readable: frozenset[str]


class Rules(NamedTuple):
    """All that a check needs of a release, without its texts."""

    words: Vocabulary
    names: tuple[str, ...]
    """The finding of each bit."""
    bits: Mapping[str, int]
    """For a yes/no finding its bit, for a number the bits of its bands."""
    bands: Mapping[str, tuple[tuple[Criterion, int], ...]]
    up: Mapping[str, int]
    """The bits that are present where a finding is."""
    down: Mapping[str, int]
    """The bits that are absent where a finding is."""
    order: tuple[str, ...]
    """The findings that can be asked, in the order of asking."""
    behind: Mapping[str, int]
    """For each finding that is used only together with a number, the bits of that number's bands."""
    views: Mapping[str, View]
    """By topic; under "" the view of every topic."""
    cautions: Mapping[str, tuple[tuple[Criterion, CompiledCriterion], ...]]
    """By remedy."""
    reassurance: Mapping[str, CompiledCriterion]


def compile_rules(bundle: Bundle) -> Rules:
    """Work out the bits of a content that has passed its checks."""
    words = vocabulary(bundle.findings)
    criteria = [red_flag.when for red_flag in bundle.red_flags]
    criteria += [
        caution.unsuitable_when
        for remedy in bundle.remedies
        for caution in remedy.cautions
        if caution.unsuitable_when is not MISSING
    ]
    criteria += [item.when for item in bundle.reassurance]
    atoms: dict[Criterion, int] = {}
    names: list[str] = []
    bits: dict[str, int] = {}
    for name, finding in words.findings.items():
        if finding.kind == "yes_no":
            bits[name] = 1 << len(names)
            names.append(name)
    for band in sorted({leaf for one in criteria for leaf in leaves(one) if leaf.op == "number"}, key=str):
        name = identifier(band)
        atoms[band] = 1 << len(names)
        bits[name] = bits.get(name, 0) | atoms[band]
        names.append(name)
    compiled = {one: compile_criterion(one, bits, atoms) for one in criteria}
    red_flags = sorted(bundle.red_flags, key=lambda red_flag: (-RANK[red_flag.level], red_flag.id))
    return Rules(
        words=words,
        names=tuple(names),
        bits=bits,
        bands={
            name: tuple((band, bit) for band, bit in atoms.items() if identifier(band) == name)
            for name, finding in words.findings.items()
            if finding.kind == "number"
        },
        up={name: _joined(bits, words.ancestors[name]) for name in words.findings},
        down={name: _joined(bits, words.descendants[name]) for name in words.findings},
        order=bundle.question_order,
        behind=_behind(bundle, words, bits),
        views={
            topic: _view(
                bundle,
                topic,
                [flag for flag in red_flags if not topic or not flag.topics or topic in flag.topics],
                words,
                compiled,
            )
            for topic in ["", *(topic.id for topic in bundle.topics)]
        },
        cautions={
            remedy.id: tuple(
                (caution.unsuitable_when, compiled[caution.unsuitable_when])
                for caution in remedy.cautions
                if caution.unsuitable_when is not MISSING
            )
            for remedy in bundle.remedies
        },
        reassurance={item.id: compiled[item.when] for item in bundle.reassurance},
    )


def compile_criterion(
    criterion: Criterion, bits: Mapping[str, int], atoms: Mapping[Criterion, int]
) -> CompiledCriterion:
    """Turn a criterion into functions over masks."""
    count = needed(criterion)
    if not parts(criterion):
        return _flat([_bit(criterion, bits, atoms)], 1)
    if all(not parts(part) for part in parts(criterion)):
        flat = [_bit(part, bits, atoms) for part in parts(criterion)]
        if len(set(flat)) == len(flat):
            return _flat(flat, count)
    inner = [compile_criterion(part, bits, atoms) for part in parts(criterion)]

    def holds(mask: int) -> bool:
        return sum(part.holds(mask) for part in inner) >= count

    def unknown(lower: int, upper: int) -> int:
        if holds(lower) or not holds(upper):
            return 0
        found = 0
        for part in inner:
            found |= part.unknown(lower, upper)
        return found

    return CompiledCriterion(holds, unknown)


def each_bit(mask: int) -> Iterator[int]:
    """Give the positions of the bits of a mask, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _flat(flat: list[int], count: int) -> CompiledCriterion:
    """Count leaves in one mask: `any_of` needs 1 of them, `all_of` each, `some_of` its count."""
    every = 0
    for bit in flat:
        every |= bit

    def holds(mask: int) -> bool:
        return (mask & every).bit_count() >= count

    def unknown(lower: int, upper: int) -> int:
        if (lower & every).bit_count() >= count or (upper & every).bit_count() < count:
            return 0
        return upper & every & ~lower

    return CompiledCriterion(holds, unknown)


def _bit(leaf: Criterion, bits: Mapping[str, int], atoms: Mapping[Criterion, int]) -> int:
    return atoms[leaf] if leaf.op == "number" else bits[identifier(leaf)]


def _joined(bits: Mapping[str, int], names: frozenset[str]) -> int:
    joined = 0
    for name in names:
        joined |= bits.get(name, 0)
    return joined


def _view(
    bundle: Bundle,
    topic: str,
    red_flags: list[RedFlag],
    words: Vocabulary,
    compiled: Mapping[Criterion, CompiledCriterion],
) -> View:
    read = {identifier(leaf) for red_flag in red_flags for leaf in leaves(red_flag.when)}
    for remedy in bundle.remedies:
        if not topic or topic in remedy.topics:
            for caution in remedy.cautions:
                if caution.unsuitable_when is not MISSING:
                    read |= {identifier(leaf) for leaf in leaves(caution.unsuitable_when)}
    for cause in bundle.causes:
        if not topic or topic in cause.topics:
            read |= {name for clue in cause.tells_apart for name in clue.findings}
    for item in bundle.reassurance:
        if not topic or topic in item.topics:
            read |= {identifier(leaf) for leaf in leaves(item.when)}
    family = {name for one in read for name in words.ancestors[one] | words.descendants[one]}
    return View(
        tuple(
            CompiledRedFlag(
                id=red_flag.id,
                level=red_flag.level,
                rank=RANK[red_flag.level],
                emergency_if_unsure=red_flag.if_unsure is not MISSING,
                criterion=red_flag.when,
                rule=compiled[red_flag.when],
            )
            for red_flag in red_flags
        ),
        frozenset(family),
    )


def _behind(bundle: Bundle, words: Vocabulary, bits: Mapping[str, int]) -> Mapping[str, int]:
    """Find the findings that every criterion uses only beside a band of one and the same number.

    They are asked once that number is known: no adult is asked about infants.
    """
    beside: dict[str, frozenset[str]] = {}
    for red_flag in bundle.red_flags:
        for name, numbers in _beside(red_flag.when, frozenset()):
            beside[name] = beside.get(name, numbers) & numbers
    behind: dict[str, int] = {}
    for name in words.findings:
        uses = [beside[below] for below in words.descendants[name] if below in beside]
        shared = frozenset.intersection(*uses) - {name} if uses else frozenset()
        if shared:
            behind[name] = _joined(bits, shared)
    return behind


def _beside(criterion: Criterion, numbers: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    if not parts(criterion):
        yield identifier(criterion), numbers - {identifier(criterion)}
        return
    if criterion.op == "all_of":
        numbers |= {identifier(part) for part in parts(criterion) if part.op == "number"}
    for part in parts(criterion):
        yield from _beside(part, numbers)
