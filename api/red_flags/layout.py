"""Holds how criteria are laid out in the fields of a tally, once for each release. Weighs nothing."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from api.logic import needed, parts
from api.red_flags.masks import joined, sum_table
from api.red_flags.tallies import Depth, Tally
from schemas.criteria import Criterion


def make_tally(criteria: Sequence[Criterion], bit: Callable[[Criterion], int], count: int) -> Tally:
    """Lay out the nodes of criteria; `bit` gives the bit of a leaf, and there are `count` of them."""
    laid = [node for criterion in criteria for node in _nodes(criterion)]
    width = 1 + max((len(_inside(node)) for node, _, _ in laid), default=1).bit_length()
    tops = [1 << index * width + width - 1 for index in range(len(laid))]
    adds, readers = [0] * count, [0] * count
    present_at = absent_at = answered_at = 0
    roots, spans = list[int](), list[int]()
    steps: dict[int, dict[int, int]] = {}
    parents: dict[int, int] = {}
    for index, (node, depth, above) in enumerate(laid):
        top, one = tops[index], tops[index] >> width - 1
        leaves = [bit(part).bit_length() - 1 for part in _inside(node) if not parts(part)]
        for leaf in leaves:
            adds[leaf] += one
            readers[leaf] |= top
        present_at += top - one * needed(node)
        absent_at += top - one * (len(_inside(node)) - needed(node) + 1)
        answered_at += top - one * len(leaves)
        if depth:
            spans[-1] |= top
            of_depth = steps.setdefault(depth, {})
            of_depth[above * width] = of_depth.get(above * width, 0) | top
            parents[depth] = parents.get(depth, 0) | tops[index - above]
        else:
            roots.append(top)
            spans.append(top)
    return Tally(
        table=sum_table(adds),
        present_at=present_at,
        absent_at=absent_at,
        answered_at=answered_at,
        nodes=joined(tops),
        roots=tuple(roots),
        spans=tuple(spans),
        readers=tuple(readers),
        carry=width - 1,
        depths=tuple(
            Depth(joined(of_depth.values()), parents[depth], tuple((nodes, apart) for apart, nodes in of_depth.items()))
            for depth, of_depth in sorted(steps.items())
        ),
    )


def _nodes(criterion: Criterion) -> Iterator[tuple[Criterion, int, int]]:
    """Give the nodes of a criterion, each with its depth and how many nodes its parent stands before it."""
    waiting = deque([(criterion, 0, 0)])
    index = 0
    while waiting:
        node, depth, parent = waiting.popleft()
        yield node, depth, index - parent
        waiting.extend((part, depth + 1, index) for part in parts(node) if parts(part))
        index += 1


def _inside(node: Criterion) -> tuple[Criterion, ...]:
    """Give what a node counts: its parts, or itself where it is a leaf."""
    return parts(node) or (node,)
