"""Holds the drawing of ratios as bars, in SVG. Measures nothing."""

from collections.abc import Sequence
from html import escape

from benchmarks.comparing import Row

LEFT, UNIT, STEP, WIDTH = 330, 150, 22, 900
REACHED, MISSED = "#2a6f97", "#b5651d"


def chart(rows: Sequence[Row]) -> str:
    """Draw each ratio as a bar with a tick at its target; a bar that falls short has another colour."""
    height = 46 + STEP * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<style>text {font: 12px sans-serif}</style>",
        "<title>How fast answers are served, as ratios; the tick is the target</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for mark in range(4):
        x = LEFT + UNIT * mark
        line = f'<path d="M{x} 24V{height - 10}" stroke="#ddd"/>'
        parts.append(f'{line}<text x="{x}" y="16" text-anchor="middle">{mark}</text>')
    for place, row in enumerate(rows):
        parts += _bar(row, 30 + STEP * place)
    return "\n".join([*parts, "</svg>", ""])


def _bar(row: Row, y: int) -> list[str]:
    name = escape(f"{row.case}: {row.contender.name}")
    end, target = LEFT + row.ratio * UNIT, LEFT + row.contender.target * UNIT
    colour = REACHED if row.reached else MISSED
    return [
        f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{name}</text>',
        f'<rect x="{LEFT}" y="{y}" width="{end - LEFT:.0f}" height="16" fill="{colour}"/>',
        f'<path d="M{target:.0f} {y - 2}v20" stroke="#000" stroke-width="2"/>',
        f'<text x="{max(end, target) + 6:.0f}" y="{y + 12}">{row.ratio:.2f}</text>',
    ]
