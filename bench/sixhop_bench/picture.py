"""Draws the 99th percentile over the size of the graph, both logarithmic, as SVG. Measures nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from sixhop_bench.results import Row

WIDTH, HEIGHT = 900, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 270, 40, 50
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#8e44ad", "#e08e0b", "#6b705c", "#00798c", "#9a031e", "#444444")
NOT_OF_SIZE = ("hubs", "tiny")
"""Graphs that differ by more than their size."""
DASHED = "plain"


class _Scale:
    """From a value to a place between two ends of the paper, logarithmically; whole powers of ten at the edges."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values))))
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self._start + share * (self._end - self._start)

    @property
    def powers(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def write_picture(rows: Sequence[Row], path: Path) -> None:
    """One line a question, of its rows with one client; graphs of another kind than the plain ones are left out."""
    shown = [row for row in rows if row.clients == 1 and row.graph not in NOT_OF_SIZE and row.p99_ms > 0]
    shown = shown or [row for row in rows if row.clients == 1 and row.p99_ms > 0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_svg(shown)) + "\n", encoding="utf-8")


def _svg(rows: Sequence[Row]) -> Iterator[str]:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    yield f'<text x="{LEFT}" y="24" font-size="16">99th percentile, one client: milliseconds over members</text>'
    if rows:
        x = _Scale([row.members for row in rows], LEFT, WIDTH - RIGHT)
        y = _Scale([row.p99_ms for row in rows], HEIGHT - BOTTOM, TOP)
        yield from _grid(x, y)
        yield from _lines(rows, x, y)
    yield "</svg>"


def _grid(x: _Scale, y: _Scale) -> Iterator[str]:
    for value in x.powers:
        yield f'<path d="M{x(value):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{value:,.0f}</text>'
    for value in y.powers:
        yield f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,g}</text>'


def _lines(rows: Sequence[Row], x: _Scale, y: _Scale) -> Iterator[str]:
    questions = list(dict.fromkeys(row.question for row in rows))
    for number, question in enumerate(questions):
        points = sorted((row.members, row.p99_ms) for row in rows if row.question == question)
        places = [(x(members), y(p99)) for members, p99 in points]
        colour = COLOURS[number % len(COLOURS)]
        dash = ' stroke-dasharray="6 4"' if question.startswith(DASHED) else ""
        path = "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in places)
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        for across, down in places:
            yield f'<circle cx="{across:.1f}" cy="{down:.1f}" r="4" fill="{colour}"/>'
        legend = TOP + 14 + 22 * number
        yield f'<path d="M{WIDTH - RIGHT + 20} {legend - 4}h26" stroke="{colour}" stroke-width="2"{dash}/>'
        yield f'<text x="{WIDTH - RIGHT + 54}" y="{legend}">{escape(question)}</text>'
