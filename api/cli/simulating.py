"""Holds the command `interview --simulate`: draws people, prints tables of their interviews, writes a chart."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from api.cli.terminal import Terminal
from api.red_flags.compiled import Rules, View
from api.red_flags.refusals import refused
from api.red_flags.simulating import (
    Emergency,
    Interview,
    NoSayer,
    Person,
    Simulation,
    adult_with,
    benign_findings,
    simulate,
    spread,
)
from api.releases.library import load_library
from api.settings import Settings
from schemas.words import LEVELS

YOUNGEST: Final = 20
OLDEST: Final = 70
"""The ages between which benign adults are drawn, both ends included."""
FINDINGS: Final = 2
"""How many findings each of them has."""
LABELS: Final = 16
"""The most counts that are written under an axis; where there are more, every second or third is."""
_AXIS: Final = "#444444"
_BAR: Final = "#2f6f9f"


class Draw(NamedTuple):
    """How many benign adults are drawn, from which seed, and where the chart goes."""

    people: int
    seed: int
    chart: Path | None


class Bars(NamedTuple):
    """One bar chart: its title, the label of its axis, and for each count the people who have it."""

    title: str
    label: str
    people: Counter[int]


def simulated(topic: str, draw: Draw, settings: Settings, terminal: Terminal) -> int:
    """Interview drawn people with the newest release and print how many questions it takes.

    Raises:
        ProfileRefused: the topic is not known.

    """
    edition = load_library(settings.releases).newest().edition
    if topic not in edition.rules.views:
        raise refused("/topic", "unknown_topic", "There is no topic of this id.")
    rules, view = edition.rules, edition.rules.views[topic]
    found = simulate(
        drawn(draw, rules, view), rules, view, lambda done, total: terminal.progress("interviewing", done, total)
    )
    terminal.write(
        f"Release {edition.reference.version}, topic {topic}, {draw.people} benign adults, seed {draw.seed}."
    )
    for line in report(found):
        terminal.write(line)
    if draw.chart is None:
        return 0
    try:
        draw.chart.write_text(chart(found.volunteering), encoding="utf-8")
    except OSError:
        terminal.complain("The chart cannot be written there.")
        return 1
    terminal.note(f"The chart is in {draw.chart}.")
    return 0


def drawn(draw: Draw, rules: Rules, view: View) -> tuple[Person, ...]:
    """Draw adults who have two findings with nothing serious about them, and volunteer them."""
    chance = random.Random(draw.seed)  # noqa: S311 -- made-up people, the same ones for the same seed; no secret
    benign = benign_findings(rules, view)
    return tuple(
        adult_with(chance.sample(benign, min(FINDINGS, len(benign))), chance.randint(YOUNGEST, OLDEST), rules)
        for _ in range(draw.people)
    )


def report(found: Simulation) -> list[str]:
    """Put a simulation into tables."""
    groups = {"who volunteer two findings": found.volunteering, "who volunteer nothing": found.silent}
    reached = {name: Counter(one.levels[-1] for one in group) for name, group in groups.items()}
    return [
        "An exchange is one screen, asked and answered.",
        "",
        *_table(
            ("Benign adults", "count", "minimum", "median", "90th percentile", "maximum"),
            [
                (name, what, *map(str, spread(counts)))
                for name, group in groups.items()
                for what, counts in (("exchanges", _exchanges(group)), ("findings asked", _asked(group)))
            ],
        ),
        "",
        *_table(
            ("Levels reached by benign adults", *LEVELS),
            [(name, *(str(levels[level]) for level in LEVELS)) for name, levels in reached.items()],
        ),
        "",
        *_table(
            ("Emergency", "screens until found", "first answer if volunteered", "what the person has"),
            [_emergency(one) for one in found.emergencies],
        ),
        "",
        *_table(
            ("Emergencies not volunteered, found after", "red flags"),
            sorted((screens, str(count)) for screens, count in Counter(map(_until, found.emergencies)).items()),
        ),
        "",
        *_table(
            ("Age of who says no to everything", "exchanges", "findings asked", "level", "status"),
            [
                (f"{age:g}", str(len(one.screens)), str(len(one.asked())), one.levels[-1], one.statuses[-1])
                for age, one in found.ages
            ],
        ),
        "",
        *questions(found.no_sayer),
    ]


def questions(found: NoSayer) -> list[str]:
    """Tell what an adult who says no to everything is asked, and for each question the red flags that force it."""
    gates = found.gates()
    counted = f"{len(found.questions)} questions ({gates} gates, {len(found.questions) - gates} ungated)"
    return [
        f"An adult who says no to everything is asked {counted} on {found.screens} screens.",
        *_table(
            ("question", "kind", "red flags that no other of these questions rules out"),
            [
                (
                    question.finding,
                    f"gate of {question.children}" if question.children else "ungated",
                    ", ".join(question.forced_by) or "none",
                )
                for question in found.questions
            ],
        ),
    ]


def chart(interviews: Sequence[Interview]) -> str:
    """Draw how exchanges and findings asked are spread over people, as SVG that loads nothing."""
    title = f"Interviews with {len(interviews)} benign adults who volunteer two findings"
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": "0 0 800 330",
            "role": "img",
            "font-family": "sans-serif",
            "font-size": "13",
        },
    )
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "rect", {"width": "800", "height": "330", "fill": "#ffffff"})
    _write(svg, (400, 28), title, {"font-size": "17"})
    _draw(svg, 40, Bars("Exchanges", "exchanges until settled", Counter(_exchanges(interviews))))
    _draw(svg, 440, Bars("Findings asked", "findings asked until settled", Counter(_asked(interviews))))
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _draw(svg: ET.Element, left: int, bars: Bars) -> None:
    """Draw one bar chart, 320 wide, with every count between the least and the most on its axis."""
    width, height, base = 320, 180, 270
    counts = range(min(bars.people), max(bars.people) + 1)
    step = width / len(counts)
    labelled = -(-len(counts) // LABELS)
    tallest = max(bars.people.values())
    _write(svg, (left + width / 2, 58), bars.title, {"font-size": "15"})
    _write(svg, (left + width / 2, base + 42), bars.label, {})
    middle = base - height / 2
    _write(svg, (left - 16, middle), "people", {"transform": f"rotate(-90 {left - 16} {middle:g})"})
    axis = {"x1": str(left), "y1": str(base), "x2": str(left + width), "y2": str(base), "stroke": _AXIS}
    ET.SubElement(svg, "line", axis)
    for place, count in enumerate(counts):
        people = bars.people[count]
        centre, tall = left + step * (place + 0.5), height * people / tallest
        bar = {"x": f"{centre - step * 0.4:.1f}", "y": f"{base - tall:.1f}"}
        bar |= {"width": f"{step * 0.8:.1f}", "height": f"{tall:.1f}", "fill": _BAR}
        ET.SubElement(svg, "rect", bar)
        if place % labelled == 0:
            _write(svg, (centre, base + 18), str(count), {})
        if people:
            _write(svg, (centre, base - tall - 5), str(people), {})


def _write(svg: ET.Element, place: tuple[float, float], text: str, more: dict[str, str]) -> None:
    """Write a text around a place."""
    where = {"x": f"{place[0]:.1f}", "y": f"{place[1]:.1f}", "text-anchor": "middle", "fill": "#222222"}
    ET.SubElement(svg, "text", {**where, **more}).text = text


def _exchanges(group: Iterable[Interview]) -> list[int]:
    return [len(one.screens) for one in group]


def _asked(group: Iterable[Interview]) -> list[int]:
    return [len(one.asked()) for one in group]


def _emergency(one: Emergency) -> tuple[str, ...]:
    return (one.red_flag, _until(one), one.volunteering.levels[0], ", ".join(one.way))


def _until(one: Emergency) -> str:
    screens = one.screens_until_found()
    return "never" if screens is None else str(screens)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Set rows in columns with two blanks between them; the last column is not filled up."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (header, *rows)]
