"""Holds the evaluator: all criteria weighed at once, in sums of large integers. Means exactly what `api.logic` means.

Each operator of a criterion is a *node*, and so is a criterion that is one leaf alone. Without negation a node is
present where enough of its parts are present, and absent where so many are absent that enough can never be: strong
Kleene logic is two counts. Every node has a field of a few bits in one large integer, which starts so far below the
threshold of the node that its top bit is set exactly when the threshold is reached. What answers add to all fields is
worked out once; so a check adds one integer for each few answers, however many rules there are. Then each node that
has reached its threshold counts as one part in the field of the node above it, the deepest first. The two counts stand
in the two halves of one integer, so that all this is done once for both.

A set of nodes is written as the top bits of their fields.
"""

from dataclasses import dataclass

from api.red_flags.masks import Table, summed


@dataclass(frozen=True, slots=True)
class Depth:
    """The nodes of one depth, at both ends."""

    nodes: int
    steps: tuple[tuple[int, int], ...]
    """Nodes whose parents stand equally far below them, and how many bits that is."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The nodes of some criteria; the first criterion stands lowest, and each node below all that stands within it."""

    table: Table
    """What answers add to the fields of the nodes that they are parts of."""
    start: int
    """The fields before anything is counted: what is absent, and above it, what is present."""
    absent_at: int
    """The lower half of these."""
    apart: int
    """How far the two halves stand apart."""
    answered_at: int
    """The fields before answered leaves are counted: the threshold is all leaves of the node itself."""
    nodes: int
    every: int
    """Every root."""
    roots: tuple[int, ...]
    """The outermost node of each criterion."""
    spans: tuple[int, ...]
    """All nodes of each criterion."""
    readers: tuple[int, ...]
    """For each bit of a mask of answers, the nodes that it is a part of."""
    leaves: tuple[int, ...]
    """For each node the bits of its own leaves, the lowest first."""
    carry: int
    """How far the top bit of a field stands above its lowest."""
    depths: tuple[Depth, ...]
    """Of the nodes that have a parent, the deepest first."""
    within: tuple[tuple[int, int], ...]
    """For each depth at which parents stand, the outermost first: its nodes, and whole fields of all deeper ones."""


def both_ends(tally: Tally, present: int, absent: int) -> tuple[int, int]:
    """Count what is present and what is absent; the top bits of the fields are the nodes that are so."""
    table, apart = tally.table, tally.apart
    fields = summed(table, absent, tally.start) + (summed(table, present, 0) << apart)
    fields = _carried(tally, fields, tally.nodes << apart | tally.nodes)
    upper = fields >> apart
    return upper, fields ^ upper << apart


def is_waiting(tally: Tally, nodes: int, answered: int) -> bool:
    """Tell whether some nodes have a leaf of their own that is not answered; mostly the lowest of them has."""
    if not nodes:
        return False
    lowest = (nodes & -nodes).bit_length() // (tally.carry + 1) - 1
    return bool(tally.leaves[lowest] & ~answered or nodes & ~summed(tally.table, answered, tally.answered_at))


def live_nodes(tally: Tally, unknown: int, roots: int) -> int:
    """Give the unknown nodes with only unknown nodes above them, up to one of some roots: there answers matter."""
    return unknown & ~_with_inner(tally, tally.nodes & ~unknown | tally.every & ~roots)


def narrowed(tally: Tally, absent: int, fields: int, live: int) -> tuple[int, int]:
    """Count what has become absent into the fields; give them, and the nodes that are still live."""
    fields = _carried(tally, summed(tally.table, absent, fields), live)
    lost = fields & live
    return fields, live & ~_with_inner(tally, lost) if lost else live


def _with_inner(tally: Tally, nodes: int) -> int:
    """Add the whole fields of all that stands within some nodes.

    A one that is added right above a node runs through the ones in the fields of all that stands within it, and turns
    them over.
    """
    for parents, inner in tally.within:
        if here := nodes & parents:
            nodes |= inner & ~((here << 1) + inner)
    return nodes


def _carried(tally: Tally, fields: int, among: int) -> int:
    """Count each node among some that has reached its threshold as a part of its parent, the deepest first."""
    carry = tally.carry
    for depth in tally.depths:
        reached = fields & among & depth.nodes
        if reached:
            for nodes, apart in depth.steps:
                if here := reached & nodes:
                    fields += here >> (apart + carry)
    return fields
