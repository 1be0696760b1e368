"""Holds the evaluator: all criteria weighed at once, in sums of large integers. Means exactly what `api.logic` means.

Each operator of a criterion is a *node*, and so is a criterion that is one leaf alone. Without negation a node is
present where enough of its parts are present, and absent where so many are absent that enough can never be: strong
Kleene logic is two counts. Every node has a field of a few bits in one large integer, which starts so far below the
threshold of the node that its top bit is set exactly when the threshold is reached. What answers add to all fields is
worked out once; so a check adds one integer for each few answers, however many rules there are. Then each node that
has reached its threshold counts as one part in the field of the node above it, the deepest first.

A set of nodes is written as the top bits of their fields.
"""

from typing import NamedTuple

from api.red_flags.masks import Table, summed


class Depth(NamedTuple):
    """The nodes of one depth."""

    nodes: int
    parents: int
    steps: tuple[tuple[int, int], ...]
    """Nodes whose parents stand equally far below them, and how many bits that is."""


class Tally(NamedTuple):
    """The nodes of some criteria; the first criterion stands lowest."""

    table: Table
    """What answers add to the fields of the nodes that they are parts of."""
    present_at: int
    """The fields before present parts are counted."""
    absent_at: int
    """The fields before absent parts are counted."""
    answered_at: int
    """The fields before answered leaves are counted: the threshold is all leaves of the node itself."""
    nodes: int
    roots: tuple[int, ...]
    """The outermost node of each criterion."""
    spans: tuple[int, ...]
    """All nodes of each criterion."""
    readers: tuple[int, ...]
    """For each bit of a mask of answers, the nodes that it is a part of."""
    carry: int
    """How far the top bit of a field stands above its lowest."""
    depths: tuple[Depth, ...]
    """Of the nodes that have a parent, the outermost first."""


def present_fields(tally: Tally, present: int) -> int:
    """Count what is present; the top bits of the fields are the nodes that are present."""
    return _carried(tally, summed(tally.table, present, tally.present_at), tally.nodes)


def absent_fields(tally: Tally, absent: int) -> int:
    """Count what is absent; the top bits of the fields are the nodes that are absent."""
    return _carried(tally, summed(tally.table, absent, tally.absent_at), tally.nodes)


def asking_nodes(tally: Tally, answered: int) -> int:
    """Give the nodes that have a leaf of their own that is not answered."""
    return tally.nodes & ~summed(tally.table, answered, tally.answered_at)


def live_nodes(tally: Tally, unknown: int, roots: int) -> int:
    """Give the unknown nodes with only unknown nodes above them, up to one of some roots: there answers matter."""
    live = unknown & roots
    for _, parents, steps in tally.depths:
        if live & parents:
            for nodes, apart in steps:
                live |= (live << apart) & nodes & unknown
    return live


def narrowed(tally: Tally, absent: int, fields: int, live: int) -> tuple[int, int]:
    """Count what has become absent into the fields; give them, and the nodes that are still live."""
    fields = _carried(tally, summed(tally.table, absent, fields), live)
    lost = fields & live
    for _, parents, steps in tally.depths:
        if lost & parents:
            for nodes, apart in steps:
                lost |= (lost << apart) & nodes
    return fields, live & ~lost


def _carried(tally: Tally, fields: int, among: int) -> int:
    """Count each node among some that has reached its threshold as a part of its parent, the deepest first."""
    carry = tally.carry
    for children, _, steps in reversed(tally.depths):
        reached = fields & among & children
        if reached:
            for nodes, apart in steps:
                if here := reached & nodes:
                    fields += here >> (apart + carry)
    return fields
