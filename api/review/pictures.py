"""Holds the two pictures, as SVG that stands in the page: the gates with their children, and the ladder of levels."""

from collections.abc import Mapping
from statistics import fmean
from textwrap import wrap
from typing import Final

from api.review.markup import Html, element
from api.review.material import Material
from schemas.content import Finding
from schemas.words import LEVELS

ROW: Final = 38
LINE: Final = 17
GATE_WIDTH: Final = 270
CHILD_LEFT: Final = 320
CHILD_WIDTH: Final = 500
"""The sizes of the picture of a gate: two columns, one row a child."""

SLOT: Final = 24
BOX: Final = 17
HEAD: Final = 34
COLUMNS: Final = {"self_care": (0, 100), "routine": (125, 205), "soon": (415, 205)} | {
    "urgent": (705, 205),
    "emergency": (995, 205),
}
LADDER_WIDTH: Final = 1240
DASHES: Final = ("none", "7 3", "2 3", "9 3 2 3")
"""The sizes of the ladder: the left edge and the width of each column; lines differ by their dashes, not by colour."""

SWEEPS: Final = 12
"""How often the order in each column is worked out anew from the columns beside it."""

Places = Mapping[str, tuple[int, int]]
"""The column and the slot of each red flag."""


def gates(material: Material) -> tuple[Html, ...]:
    """Give one picture for each gate: the gate on the left, its children on the right, one row each."""
    children: dict[str, list[Finding]] = {name: [] for name in sorted(material.words.findings)}
    for name, above in sorted(material.words.parents.items()):
        for gate in above:
            children[gate].append(material.words.findings[name])
    return tuple(
        _gate(material.words.findings[name], below, {child.id for child in below if children[child.id]})
        for name, below in children.items()
        if below
    )


def _gate(gate: Finding, children: list[Finding], gates_too: set[str]) -> Html:
    lines = wrap(gate.name, 36)
    tall = (len(lines) + 1) * LINE + 12
    height = max(len(children) * ROW, tall + 4)
    middle = height / 2
    words = [
        element("text", line, x="10", y=f"{middle - tall / 2 + LINE * count + 4:g}", class_="name")
        for count, line in enumerate(lines, start=1)
    ]
    identity = element(
        "text", gate.id, x="10", y=f"{middle - tall / 2 + LINE * (len(lines) + 1) + 2:g}", class_="identity"
    )
    rows = [
        element(
            "g",
            _line(f"M {GATE_WIDTH} {middle:g} L {CHILD_LEFT} {ROW * (count + 0.5):g}"),
            _box(CHILD_LEFT, ROW * count + 2, CHILD_WIDTH, ROW - 4),
            element("text", child.name, x=f"{CHILD_LEFT + 10}", y=f"{ROW * count + 17}", class_="name"),
            element(
                "text",
                f"{child.id}{' (a gate itself)' if child.id in gates_too else ''}",
                x=f"{CHILD_LEFT + 10}",
                y=f"{ROW * count + 31}",
                class_="identity",
            ),
        )
        for count, child in enumerate(children)
    ]
    return element(
        "svg",
        element("title", f"The gate {gate.id} and its {len(children)} children"),
        *rows,
        _box(1, middle - tall / 2, GATE_WIDTH - 1, tall),
        *words,
        identity,
        viewBox=f"0 0 {CHILD_LEFT + CHILD_WIDTH + 2} {height}",
        class_="gate",
    )


def ladder(material: Material) -> Html:
    """Give the picture of the ladder: a column a level, and a line from each red flag to each of its graver twins."""
    places = _places(material)
    slots = 1 + max((slot for _, slot in places.values()), default=0)
    heads = [element("text", level, x=f"{left + 4}", y="20", class_="level") for level, (left, _) in COLUMNS.items()]
    empty = [
        element("text", "no red flag", x=f"{COLUMNS[level][0] + 4}", y=f"{HEAD + 16}", class_="label")
        for number, level in enumerate(LEVELS)
        if all(column != number for column, _ in places.values())
    ]
    taken: set[tuple[int, int]] = set()
    rungs = [
        element(
            "g",
            element("title", f"{name}: {', '.join(material.red_flags[name].graver) or 'nothing'} above it"),
            *(
                _line(_way(places[name], places[above], slots, taken), DASHES[count % len(DASHES)])
                for above in material.red_flags[name].graver
            ),
            _label(name, places[name]),
            class_="rung",
        )
        for count, name in enumerate(sorted(places, key=lambda one: places[one]))
    ]
    return element(
        "svg",
        element("title", "The ladder: each red flag at its level, joined to its graver twins"),
        *heads,
        *empty,
        *rungs,
        viewBox=f"0 0 {LADDER_WIDTH} {HEAD + slots * SLOT + 4}",
        class_="ladder",
    )


def _places(material: Material) -> Places:
    """Give each red flag a slot in its level's column, near the slots of those it is joined to; lone ones go last."""
    joins: dict[str, set[str]] = {name: set(flag.graver) for name, flag in material.red_flags.items()}
    for name, flag in material.red_flags.items():
        for above in flag.graver:
            joins[above].add(name)
    columns = [[name for name, flag in material.red_flags.items() if flag.level == level] for level in LEVELS]
    most = max(len(column) for column in columns)
    slots = {name: _slot(count, len(column), most) for column in columns for count, name in enumerate(column)}
    for _ in range(SWEEPS):
        for column in reversed(columns):
            column.sort(key=lambda name: (fmean(slots[one] for one in joins[name]) if joins[name] else most, name))
            slots.update({name: _slot(count, len(column), most) for count, name in enumerate(column)})
    return {name: (number, slots[name]) for number, column in enumerate(columns) for name in column}


def _slot(count: int, length: int, most: int) -> int:
    """Spread the entries of a column over the height of the longest one."""
    return (2 * count + 1) * most // (2 * length)


def _way(start: tuple[int, int], end: tuple[int, int], slots: int, taken: set[tuple[int, int]]) -> str:
    """Draw a way between two red flags; it passes a column between two labels, in a lane that no other line takes."""
    left, width = COLUMNS[LEVELS[start[0]]]
    x, y = left + width, _middle(start[1])
    goal, aim = COLUMNS[LEVELS[end[0]]][0], _middle(end[1])
    if start[0] == end[0]:
        return f"M {x} {y:g} C {x + 34} {y:g} {x + 34} {aim:g} {x} {aim:g}"
    way = f"M {x} {y:g}"
    for column in range(start[0] + 1, end[0]):
        wanted = start[1] + (end[1] - start[1]) * (column - start[0]) / (end[0] - start[0]) + 0.5
        lanes = [lane for lane in range(slots + 1) if (column, lane) not in taken] or [slots]
        lane = min(lanes, key=lambda one: abs(one - wanted))
        taken.add((column, lane))
        passed, across = COLUMNS[LEVELS[column]]
        level = HEAD + lane * SLOT
        way += f" L {passed} {level} L {passed + across} {level}"
    return f"{way} L {goal} {aim:g}"


def _middle(slot: int) -> float:
    return HEAD + (slot + 0.5) * SLOT


def _label(name: str, place: tuple[int, int]) -> Html:
    left, width = COLUMNS[LEVELS[place[0]]]
    middle = _middle(place[1])
    return element(
        "a",
        _box(left, middle - BOX / 2, width, BOX),
        element("text", name, x=f"{left + 5}", y=f"{middle + 4:g}", class_="label"),
        href=f"#red-flag-{name}",
    )


def _box(left: float, top: float, width: float, height: float) -> Html:
    return element("rect", x=f"{left:g}", y=f"{top:g}", width=f"{width:g}", height=f"{height:g}", rx="3")


def _line(way: str, dashes: str = "none") -> Html:
    return element("path", d=way, stroke_dasharray=dashes)
