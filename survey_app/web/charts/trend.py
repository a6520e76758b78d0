"""A figure over time, with the band of its intervals and the number of answers under each point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from survey_app.web.charts.svg import ACCENT, Axis, Words, label, line, mark, picture

SIZE = (720, 300)
LEFT, RIGHT, TOP, BOTTOM = 48, 704, 18, 246
MOST_LABELS = 9


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period: its name, figure, interval ends and base; a refused figure is None and leaves a gap."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def trend_chart(
    points: Sequence[TrendPoint],
    words: Words,
    shown: Callable[[float], str],
    bounds: tuple[float, float],
    expected: TrendPoint | None = None,
) -> Markup:
    """Return the chart; `bounds` are the ends of the scale, which the axis never passes.

    `expected` is drawn after the last period, hollow and dashed: where the next figure is to be expected.
    """
    axis = _value_axis([*points, expected] if expected else points, bounds)
    last = len(points) - (0 if expected else 1)
    across = Axis(0, max(last, 1), LEFT + 16, RIGHT - 16)
    runs = _runs(points)
    marks = [*_grid(axis, shown)]
    marks += [_band(run, points, across, axis) for run in runs if len(run) > 1]
    marks += [_path(run, points, across, axis) for run in runs if len(run) > 1]
    marks += [_dot(index, points[index], (across, axis), shown) for run in runs for index in run]
    marks += _names(points, across)
    marks += _expected(expected, across.at(last), axis, shown) if expected else []
    return picture(SIZE, words, marks)


def _value_axis(points: Sequence[TrendPoint], bounds: tuple[float, float]) -> Axis:
    ends = [end for point in points for end in (point.low, point.high, point.value) if end is not None]
    low, high = (min(ends), max(ends)) if ends else bounds
    room = max((high - low) * 0.12, (bounds[1] - bounds[0]) * 0.02)
    return Axis(max(bounds[0], low - room), min(bounds[1], high + room), BOTTOM, TOP)


def _grid(axis: Axis, shown: Callable[[float], str]) -> list[Markup]:
    marks = []
    for tick in axis.ticks():
        y = axis.at(tick)
        marks.append(line((LEFT, y), (RIGHT, y), stroke_opacity=0.15))
        marks.append(label(shown(tick), LEFT - 8, y + 4, text_anchor="end", fill_opacity=0.75))
    return marks


def _runs(points: Sequence[TrendPoint]) -> list[list[int]]:
    """Return the stretches of periods without a gap."""
    runs: list[list[int]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(index)
    return [run for run in runs if run]


def _band(run: list[int], points: Sequence[TrendPoint], across: Axis, axis: Axis) -> Markup:
    upper = [f"{across.at(i)},{axis.at(_or(points[i].high, points[i].value))}" for i in run]
    lower = [f"{across.at(i)},{axis.at(_or(points[i].low, points[i].value))}" for i in reversed(run)]
    return mark("polygon", points=" ".join([*upper, *lower]), fill=ACCENT, fill_opacity=0.18)


def _path(run: list[int], points: Sequence[TrendPoint], across: Axis, axis: Axis) -> Markup:
    corners = " ".join(f"{across.at(i)},{axis.at(_or(points[i].value, 0.0))}" for i in run)
    return mark("polyline", points=corners, fill="none", stroke=ACCENT, stroke_width=2.5, stroke_linejoin="round")


def _dot(index: int, point: TrendPoint, axes: tuple[Axis, Axis], shown: Callable[[float], str]) -> Markup:
    across, axis = axes
    value = _or(point.value, 0.0)
    x, y = across.at(index), axis.at(value)
    ends = f" ({shown(point.low)} – {shown(point.high)})" if point.low is not None and point.high is not None else ""  # noqa: RUF001 - a range takes an en dash
    tip = mark("title", f"{point.name}: {shown(value)}{ends}, n = {point.n}")
    whisker = line((x, axis.at(_or(point.low, value))), (x, axis.at(_or(point.high, value))), stroke=ACCENT)
    dot = mark("circle", tip, cx=x, cy=y, r=4.5, fill=ACCENT)
    return Markup("").join([whisker, dot])


def _expected(point: TrendPoint, x: float, axis: Axis, shown: Callable[[float], str]) -> list[Markup]:
    """Return the band of the next figure with its name."""
    low, high = axis.at(_or(point.low, point.value)), axis.at(_or(point.high, point.value))
    tip = mark("title", f"{point.name}: {shown(_or(point.low, 0.0))} – {shown(_or(point.high, 0.0))}")  # noqa: RUF001 - a range takes an en dash
    ends = [line((x - 6, y), (x + 6, y), stroke=ACCENT) for y in (low, high)]
    dot = mark("circle", tip, cx=x, cy=axis.at(_or(point.value, 0.0)), r=4.5, fill="none", stroke=ACCENT)
    span = line((x, low), (x, high), stroke=ACCENT, stroke_dasharray="4 4")
    return [span, *ends, dot, label(point.name, x, BOTTOM + 20, text_anchor="end")]


def _names(points: Sequence[TrendPoint], across: Axis) -> list[Markup]:
    every = max(1, -(-len(points) // MOST_LABELS))
    marks = []
    for index in range(0, len(points), every):
        x = across.at(index)
        marks.append(label(points[index].name, x, BOTTOM + 20, text_anchor="middle"))
        marks.append(
            label(f"n = {points[index].n}", x, BOTTOM + 38, text_anchor="middle", font_size=11, fill_opacity=0.75)
        )
    return marks


def _or(value: float | None, other: float | None) -> float:
    return value if value is not None else other or 0.0
