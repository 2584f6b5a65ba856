"""Pictures as inline SVG: two axes, and marks placed by their values. Knows nothing of models.

Colours and strokes are classes of `page.css`, so that a picture follows light, dark and print.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sixhop_ml.page.markup import Html, text

LEFT, RIGHT, TOP, BOTTOM = 60, 12, 12, 42
TICK_LETTER = 9
"""Width of a letter of a tick's label where it is largest, in the picture's own units."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; `say` words a value, `ticks` are chosen where none are given."""

    low: float
    high: float
    label: str
    say: Callable[[float], str]
    log: bool = False
    ticks: tuple[float, ...] = ()
    most_ticks: int = 6

    def share(self, value: float) -> float:
        """Where on the axis a value lies, from 0 to 1; what lies outside is at the end it is beyond."""
        if self.log:
            value = max(value, self.low)
            found = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            found = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, found))

    def marks(self) -> list[float]:
        """Round values to label."""
        if self.ticks:
            return list(self.ticks)
        if self.log:
            return self._log_marks()
        step = round_up((self.high - self.low) / self.most_ticks)
        first = math.ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def _log_marks(self) -> list[float]:
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps in ((1, 2, 5), (1, 3), (1,)):
            found = [m * 10.0**d for d in decades for m in steps]
            found = [v for v in found if self.low * 0.999 <= v <= self.high * 1.001]
            if len(found) <= self.most_ticks:
                break
        return found


def round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= value * (1 - 1e-9))


def round_down(value: float) -> float:
    """The last of 1, 2, 5 times a power of ten that is not more."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (5, 2, 1) if m * power <= value * (1 + 1e-9))


class Plot:
    """A picture with a title and a description for those who do not see it; `name` is unique on a page."""

    def __init__(
        self, name: str, title: str, description: str, *, x: Axis, y: Axis, width: int = 440, height: int = 290
    ) -> None:
        self._name = name
        self._title = title
        self._description = description
        self._x, self._y = x, y
        self._width, self._height = width, height
        self._marks: list[str] = []

    def at_x(self, value: float) -> float:
        return LEFT + self._x.share(value) * (self._width - LEFT - RIGHT)

    def at_y(self, value: float) -> float:
        return self._height - BOTTOM - self._y.share(value) * (self._height - TOP - BOTTOM)

    def line(self, xs: Sequence[float], ys: Sequence[float], css: str) -> None:
        points = " ".join(f"{self.at_x(x):.1f},{self.at_y(y):.1f}" for x, y in zip(xs, ys, strict=True))
        self._marks.append(f'<polyline class="line {css}" points="{points}"/>')

    def steps(self, edges: Sequence[float], heights: Sequence[float], css: str) -> None:
        """A histogram's outline over its filled area."""
        corners = [(edges[0], 0.0)]
        for n, height in enumerate(heights):
            corners += [(edges[n], height), (edges[n + 1], height)]
        corners.append((edges[len(heights)], 0.0))
        points = " ".join(f"{self.at_x(x):.1f},{self.at_y(y):.1f}" for x, y in corners)
        self._marks.append(f'<polygon class="area {css}" points="{points}"/>')

    def dot(self, x: float, y: float, css: str) -> None:
        self._marks.append(f'<circle class="dot {css}" cx="{self.at_x(x):.1f}" cy="{self.at_y(y):.1f}" r="3.5"/>')

    def whisker(self, x: float, low: float, high: float, css: str) -> None:
        """An interval along the vertical axis."""
        at, top, bottom = self.at_x(x), self.at_y(high), self.at_y(low)
        ends = "".join(f"M{at - 3:.1f} {end:.1f}h6" for end in (top, bottom))
        self._marks.append(f'<path class="whisker {css}" d="M{at:.1f} {top:.1f}V{bottom:.1f}{ends}"/>')

    def column(self, left: float, right: float, height: float, css: str, words: str = "") -> None:
        x, y, zero = self.at_x(left), self.at_y(height), self.at_y(0)
        width = self.at_x(right) - x
        self._marks.append(
            f'<rect class="fill {css}" x="{x:.1f}" y="{min(y, zero):.1f}" width="{width:.1f}" '
            f'height="{abs(zero - y):.1f}"/>'
        )
        if words:
            self.words(left + (right - left) / 2, height, words, css="value", above=6)

    def words(self, x: float, y: float, words: str, *, css: str, above: float = 0, anchor: str = "middle") -> None:
        self._marks.append(
            f'<text class="{css}" x="{self.at_x(x):.1f}" y="{self.at_y(y) - above:.1f}" text-anchor="{anchor}">'
            f"{text(words)}</text>"
        )

    def rug(self, xs: Sequence[float]) -> None:
        """Short lines on the horizontal axis: where there is data."""
        floor = self._height - BOTTOM
        path = "".join(f"M{self.at_x(x):.1f} {floor}v-5" for x in xs)
        self._marks.append(f'<path class="rug" d="{path}"/>')

    def svg(self) -> Html:
        return picture(
            self._name, self._title, self._description, self._grid() + "".join(self._marks), self._width, self._height
        )

    def _grid(self) -> str:
        floor, end = self._height - BOTTOM, self._width - RIGHT
        found = []
        for value in self._y.marks():
            at = self.at_y(value)
            found.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{end}"/>')
            words = self._y.say(value)
            found.append(f'<text class="tick" x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text(words)}</text>')
        for value in self._x.marks():
            at, words = self.at_x(value), self._x.say(value)
            half = len(words) * TICK_LETTER / 2
            at_words = min(max(at, half), self._width - half)
            found.append(f'<path class="grid" d="M{at:.1f} {TOP}V{floor}"/>')
            found.append(
                f'<text class="tick" x="{at_words:.1f}" y="{floor + 15}" text-anchor="middle">{text(words)}</text>'
            )
        found.append(f'<path class="axis" d="M{LEFT} {floor}H{end}"/>')
        if self._x.label:
            found.append(
                f'<text class="label" x="{(LEFT + end) / 2:.0f}" y="{self._height - 8}" '
                f'text-anchor="middle">{text(self._x.label)}</text>'
            )
        if self._y.label:
            found.append(
                f'<text class="label" transform="translate(11 {(TOP + floor) / 2:.0f}) rotate(-90)" '
                f'text-anchor="middle">{text(self._y.label)}</text>'
            )
        return "".join(found)


def picture(name: str, title: str, description: str, content: str, width: int, height: float) -> Html:
    """An SVG element that scales with its place and is read out as its title and description."""
    return Html(
        f'<svg role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {width} {height:.0f}">'
        f'<title id="{name}-title">{text(title)}</title><desc id="{name}-desc">{text(description)}</desc>'
        f"{content}</svg>"
    )
