"""Importance against performance: which driver to mend first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from survey_app.web.charts.svg import ACCENT, BAD, Axis, Words, label, line, mark, picture

SIZE = (720, 460)
LEFT, RIGHT, TOP, BOTTOM = 56, 700, 24, 408
HEIGHT = 16
WIDE = 6.6


@dataclass(frozen=True, slots=True)
class QuadrantPoint:
    """One driver: its name, performance (0 to 100), importance, and whether it is the one to mend first."""

    name: str
    performance: float
    importance: float
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class QuadrantWords:
    """The words of the four corners and the two axes."""

    fix_first: str
    keep_up: str
    low_priority: str
    overkill: str
    performance: str
    importance: str


def quadrant_chart(
    points: Sequence[QuadrantPoint],
    words: Words,
    corners: QuadrantWords,
    cuts: tuple[float, float],
) -> Markup:
    """Return the chart; `cuts` are where performance and importance are split."""
    across = _axis([point.performance for point in points] + [cuts[0]], LEFT + 12, RIGHT - 12)
    up = _axis([point.importance for point in points] + [cuts[1]], BOTTOM - 12, TOP + 12)
    marks = [*_ground(across, up, cuts), *_corner_names(corners), *_axis_names(corners)]
    spots = [(across.at(point.performance), up.at(point.importance)) for point in points]
    marks += [_dot(point, spot) for point, spot in zip(points, spots, strict=True)]
    marks += _labels(points, spots)
    return picture(SIZE, words, marks)


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    low, high = min(values), max(values)
    room = (high - low) * 0.15 or 1.0
    return Axis(low - room, high + room, start, end)


def _ground(across: Axis, up: Axis, cuts: tuple[float, float]) -> list[Markup]:
    x, y = across.at(cuts[0]), up.at(cuts[1])
    return [
        mark("rect", x=LEFT, y=TOP, width=round(x - LEFT, 1), height=round(y - TOP, 1), fill=BAD, fill_opacity=0.1),
        mark(
            "rect",
            x=LEFT,
            y=TOP,
            width=RIGHT - LEFT,
            height=BOTTOM - TOP,
            fill="none",
            stroke="currentColor",
            stroke_opacity=0.3,
        ),
        line((x, TOP), (x, BOTTOM), stroke_dasharray="4 4", stroke_opacity=0.6),
        line((LEFT, y), (RIGHT, y), stroke_dasharray="4 4", stroke_opacity=0.6),
    ]


def _corner_names(corners: QuadrantWords) -> list[Markup]:
    style = {"font_size": 12, "font_weight": 600, "fill_opacity": 0.7}
    return [
        label(corners.fix_first, LEFT + 8, TOP + 16, **style),
        label(corners.keep_up, RIGHT - 8, TOP + 16, text_anchor="end", **style),
        label(corners.low_priority, LEFT + 8, BOTTOM - 8, **style),
        label(corners.overkill, RIGHT - 8, BOTTOM - 8, text_anchor="end", **style),
    ]


def _axis_names(corners: QuadrantWords) -> list[Markup]:
    middle = (TOP + BOTTOM) / 2
    return [
        label(corners.performance + " →", (LEFT + RIGHT) / 2, BOTTOM + 30, text_anchor="middle"),
        label(corners.importance + " →", 24, middle, text_anchor="middle", transform=f"rotate(-90 24 {middle})"),
    ]


def _dot(point: QuadrantPoint, spot: tuple[float, float]) -> Markup:
    tip = mark("title", point.name)
    if point.is_first:
        x, y = spot
        corners = f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"
        return mark("polygon", tip, points=corners, fill=BAD)
    return mark("circle", tip, cx=spot[0], cy=spot[1], r=6, fill=ACCENT)


def _labels(points: Sequence[QuadrantPoint], spots: Sequence[tuple[float, float]]) -> list[Markup]:
    """Place each name where it hides nothing: right, left, above or below its point, the first that is free."""
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in spots]
    marks = []
    for point, spot in zip(points, spots, strict=True):
        name = point.name if len(point.name) <= 30 else point.name[:29] + "…"  # noqa: PLR2004 - what fits beside a point
        places = _places(spot, len(name) * WIDE)
        box = next((each for each in places if not _clashes(each, taken)), None)
        if box is None:
            # Its tooltip and the table beside the chart still name it.
            continue
        taken.append(box)
        marks.append(label(name, round(box[0], 1), round(box[3] - 4, 1), font_size=12))
    return marks


def _places(spot: tuple[float, float], width: float) -> list[tuple[float, float, float, float]]:
    x, y = spot
    half = HEIGHT / 2
    return [
        (x + 10, y - half, x + 10 + width, y + half),
        (x - 10 - width, y - half, x - 10, y + half),
        (x - width / 2, y - 12 - HEIGHT, x + width / 2, y - 12),
        (x - width / 2, y + 12, x + width / 2, y + 12 + HEIGHT),
        (x + 6, y - 10 - HEIGHT, x + 6 + width, y - 10),
        (x + 6, y + 10, x + 6 + width, y + 10 + HEIGHT),
        (x - 6 - width, y - 10 - HEIGHT, x - 6, y - 10),
        (x - 6 - width, y + 10, x - 6, y + 10 + HEIGHT),
    ]


def _clashes(box: tuple[float, float, float, float], taken: list[tuple[float, float, float, float]]) -> bool:
    if box[0] < LEFT or box[2] > RIGHT or box[1] < TOP or box[3] > BOTTOM:
        return True
    return any(box[0] < x2 and x1 < box[2] and box[1] < y2 and y1 < box[3] for x1, y1, x2, y2 in taken)
