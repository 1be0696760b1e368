"""Holds the decision: both ends, what matched and why, what is open, and the level of the advice. No texts."""

from typing import NamedTuple

from api.logic import Truth, identifier, reasons
from api.red_flags.compiled import CompiledRedFlag, Rules, View, each_bit
from api.red_flags.facts import Facts
from schemas.checks import Status
from schemas.criteria import Criterion
from schemas.words import LEVELS, RANK, Level


class OpenRedFlag(NamedTuple):
    """A red flag above the level that is unknown, and the bits that it waits for."""

    red_flag: CompiledRedFlag
    unknown: int


class Decision(NamedTuple):
    """What the rules say of a state of knowledge.

    `level` is the highest level whose red flag is present, `worst_case` the highest whose red flag is not absent.
    `advice` is the level to act on; None where more must be asked first.
    """

    status: Status
    level: Level
    worst_case: Level
    advice: Level | None
    matched: tuple[CompiledRedFlag, ...]
    open: tuple[OpenRedFlag, ...]


def decide(facts: Facts, view: View) -> Decision:
    """Weigh every red flag of a view, gravest first."""
    lower, upper = facts.present, ~facts.absent
    matched = [flag for flag in view.red_flags if flag.rule.holds(lower)]
    rank = matched[0].rank if matched else 0
    still_open = [
        OpenRedFlag(flag, unknown)
        for flag in view.red_flags
        if flag.rank > rank and (unknown := flag.rule.unknown(lower, upper))
    ]
    level = LEVELS[rank]
    worst_case = still_open[0].red_flag.level if still_open else level
    if not still_open:
        return Decision("settled", level, worst_case, level, tuple(matched), ())
    if any(one.unknown & ~facts.unsure for one in still_open):
        advice = level if rank >= RANK["urgent"] else None
        return Decision("ask", level, worst_case, advice, tuple(matched), tuple(still_open))
    unsure_rank = max(_rank_if_unsure(one.red_flag) for one in still_open)
    return Decision("cannot_tell", level, worst_case, LEVELS[max(rank, unsure_rank)], tuple(matched), tuple(still_open))


def because(criterion: Criterion, facts: Facts, rules: Rules) -> tuple[str, ...]:
    """Give the ids, as they were given, that alone make a present criterion present."""

    def leaf(one: Criterion) -> Truth:
        return Truth.PRESENT if facts.present & _bit(one, rules) else Truth.ABSENT

    found: set[str] = set()
    for one in reasons(criterion, leaf):
        name = identifier(one)
        found |= {name} if name in facts.given else _carriers(name, facts, rules)
    return tuple(sorted(found))


def names_of(mask: int, rules: Rules) -> tuple[str, ...]:
    """Give the ids of the findings that the bits of a mask stand for."""
    return tuple(sorted({rules.names[position] for position in each_bit(mask)}))


def _carriers(name: str, facts: Facts, rules: Rules) -> set[str]:
    """Give the findings, as they were given, from which one that was not given follows."""
    return set(rules.words.descendants[name] & facts.given)


def _bit(leaf: Criterion, rules: Rules) -> int:
    if leaf.op == "number":
        return next(bit for band, bit in rules.bands[identifier(leaf)] if band == leaf)
    return rules.bits[identifier(leaf)]


def _rank_if_unsure(red_flag: CompiledRedFlag) -> int:
    """An emergency that nobody can confirm counts as urgent, unless the red flag says to call all the same."""
    if red_flag.level == "emergency" and not red_flag.emergency_if_unsure:
        return RANK["urgent"]
    return red_flag.rank
