"""Figures side by side as horizontal bars with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from survey_app.web.charts.svg import ACCENT, Axis, Words, label, line, mark, picture

WIDTH = 720
LEFT, RIGHT = 250, 640
ROW = 34
LONGEST_NAME = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One named figure with the ends of its interval."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def bar_chart(bars: Sequence[Bar], words: Words, shown: Callable[[float], str], highest: float | None = None) -> Markup:
    """Return the chart; bars begin at zero, `highest` fixes the end of the axis."""
    top = highest or max((bar.high if bar.high is not None else bar.value for bar in bars), default=1.0) or 1.0
    axis = Axis(0, top, LEFT, RIGHT)
    marks = [each for index, bar in enumerate(bars) for each in _row(index, bar, axis, shown)]
    return picture((WIDTH, len(bars) * ROW + 12), words, marks)


def _row(index: int, bar: Bar, axis: Axis, shown: Callable[[float], str]) -> list[Markup]:
    y = index * ROW + 8
    name = bar.name if len(bar.name) <= LONGEST_NAME else bar.name[: LONGEST_NAME - 1] + "…"
    end = max(axis.at(bar.value) - LEFT, 1.0)
    marks = [
        mark(
            "text",
            Markup("").join([mark("title", bar.name), name]),
            x=LEFT - 10,
            y=y + 16,
            text_anchor="end",
            fill="currentColor",
            font_size=13,
        ),
        mark("rect", x=LEFT, y=y + 3, width=end, height=18, rx=3, fill=ACCENT, fill_opacity=0.75),
    ]
    edge = axis.at(bar.value)
    if bar.low is not None and bar.high is not None:
        edge = axis.at(min(bar.high, axis.high))
        marks.append(line((axis.at(bar.low), y + 12), (edge, y + 12), stroke_width=1.5))
        marks += [line((x, y + 8), (x, y + 16), stroke_width=1.5) for x in (axis.at(bar.low), edge)]
    marks.append(label(shown(bar.value), edge + 8, y + 16, font_weight=600))
    return marks
