"""Holds how criteria are laid out in the fields of a tally, once for each release. Weighs nothing."""

from collections.abc import Callable, Sequence

from api.logic import needed, parts
from api.red_flags.masks import joined, sum_table
from api.red_flags.tallies import Depth, Tally
from schemas.criteria import Criterion


def make_tally(criteria: Sequence[Criterion], bit: Callable[[Criterion], int], count: int) -> Tally:
    """Lay out the nodes of criteria; `bit` gives the bit of a leaf, and there are `count` of them."""
    laid = list[tuple[Criterion, int, int]]()
    for criterion in criteria:
        _lay(criterion, 0, len(laid), laid)
    width = 1 + max((len(_inside(node)) for node, _, _ in laid), default=1).bit_length()
    tops = [1 << index * width + width - 1 for index in range(len(laid))]
    adds, readers = [0] * count, [0] * count
    present_at = absent_at = answered_at = 0
    roots, spans, own = list[int](), list[int](), list[int]()
    by_depth: dict[int, int] = {}
    steps: dict[int, dict[int, int]] = {}
    apart = len(laid) * width
    for index, (node, depth, parent) in enumerate(laid):
        top, one = tops[index], tops[index] >> width - 1
        leaves = [bit(part).bit_length() - 1 for part in _inside(node) if not parts(part)]
        for leaf in leaves:
            adds[leaf] += one
            readers[leaf] |= top
        own.append(joined(1 << leaf for leaf in leaves))
        present_at += top - one * needed(node)
        absent_at += top - one * (len(_inside(node)) - needed(node) + 1)
        answered_at += top - one * len(leaves)
        by_depth[depth] = by_depth.get(depth, 0) | top
        if depth:
            spans[-1] |= top
            of_depth = steps.setdefault(depth, {})
            away = (index - parent) * width
            of_depth[away] = of_depth.get(away, 0) | top | top << apart
        else:
            roots.append(top)
            spans.append(top)
    return Tally(
        table=sum_table(adds),
        start=absent_at | present_at << apart,
        absent_at=absent_at,
        apart=apart,
        answered_at=answered_at,
        nodes=joined(tops),
        every=joined(roots),
        roots=tuple(roots),
        spans=tuple(spans),
        readers=tuple(readers),
        leaves=tuple(own),
        carry=width - 1,
        depths=tuple(
            Depth(joined(of_depth.values()), tuple((nodes, away) for away, nodes in of_depth.items()))
            for _, of_depth in sorted(steps.items(), reverse=True)
        ),
        within=tuple(
            (
                by_depth[depth - 1],
                joined(
                    (top << 1) - (top >> width - 1) for top, (_, of, _) in zip(tops, laid, strict=True) if of >= depth
                ),
            )
            for depth in sorted(steps)
        ),
    )


def _lay(node: Criterion, depth: int, parent: int, laid: list[tuple[Criterion, int, int]]) -> None:
    """Lay a node behind others, with its depth and the place of its parent; then all that stands within it."""
    place = len(laid)
    laid.append((node, depth, parent))
    for part in parts(node):
        if parts(part):
            _lay(part, depth + 1, place, laid)


def _inside(node: Criterion) -> tuple[Criterion, ...]:
    """Give what a node counts: its parts, or itself where it is a leaf."""
    return parts(node) or (node,)
