"""Figures side by side as points with their intervals, on an axis that need not begin at zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from survey_app.web.charts.bars import Bar
from survey_app.web.charts.svg import ACCENT, Axis, Words, label, line, mark, picture

WIDTH = 720
LEFT, RIGHT = 250, 640
ROW = 40
FOOT = 30
LONGEST_NAME = 34


def interval_chart(rows: Sequence[Bar], words: Words, shown: Callable[[float], str]) -> Markup:
    """Return the chart; the axis runs from the lowest to the highest end of an interval."""
    lows = [row.value if row.low is None else row.low for row in rows]
    highs = [row.value if row.high is None else row.high for row in rows]
    axis = Axis(min(lows), max(highs), LEFT, RIGHT)
    foot = len(rows) * ROW + 6
    marks = [each for index, row in enumerate(rows) for each in _row(index, row, axis, shown)]
    marks.append(line((LEFT, foot), (RIGHT, foot), stroke_opacity=0.4))
    # Ticks so close together that they read alike say nothing: one of them stands for all.
    for text, tick in {shown(tick): tick for tick in axis.ticks(4)}.items():
        x = axis.at(tick)
        marks.append(line((x, foot), (x, foot + 4), stroke_opacity=0.6))
        marks.append(label(text, x, foot + 18, text_anchor="middle", font_size=12))
    return picture((WIDTH, foot + FOOT), words, marks)


def _row(index: int, row: Bar, axis: Axis, shown: Callable[[float], str]) -> list[Markup]:
    y = index * ROW + 22
    name = row.name if len(row.name) <= LONGEST_NAME else row.name[: LONGEST_NAME - 1] + "…"
    marks = [
        mark(
            "text",
            Markup("").join([mark("title", row.name), name]),
            x=LEFT - 14,
            y=y + 4,
            text_anchor="end",
            fill="currentColor",
            font_size=13,
        )
    ]
    if row.low is not None and row.high is not None:
        low, high = axis.at(row.low), axis.at(row.high)
        marks.append(line((low, y), (high, y), stroke_width=1.5))
        marks += [line((x, y - 4), (x, y + 4), stroke_width=1.5) for x in (low, high)]
    x = axis.at(row.value)
    marks.append(mark("circle", cx=x, cy=y, r=5, fill=ACCENT))
    marks.append(label(shown(row.value), x, y - 10, text_anchor="middle", font_weight=600))
    return marks
