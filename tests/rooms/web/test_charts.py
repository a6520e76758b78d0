"""Charts are text: well-formed, named, told in figures, without a style or a colour that alone means something."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from survey_app.web.charts import (
    Bar,
    QuadrantPoint,
    QuadrantWords,
    TrendPoint,
    Words,
    bar_chart,
    quadrant_chart,
    trend_chart,
)
from survey_app.web.charts.svg import Axis

WORDS = Words("Title <b>", "Description & more")
CORNERS = QuadrantWords("Fix", "Keep", "Low", "Too much", "Performance", "Importance")
LONG = "Giao hàng đúng hẹn, đầy đủ và nguyên vẹn đến tận nhà"
FORBIDDEN = {"style", "class", "onclick", "onload"}


def shown(value: float) -> str:
    return f"{value:.0f}"


def parts(chart: Markup) -> ET.Element:
    root = ET.fromstring(str(chart))  # noqa: S314 - our own markup
    for element in root.iter():
        assert not FORBIDDEN & set(element.attrib)
    return root


def name(tag: str) -> str:
    return f"{{http://www.w3.org/2000/svg}}{tag}"


def test_a_chart_says_what_it_is_and_what_it_shows() -> None:
    root = parts(bar_chart([Bar("a", 0.2)], WORDS, shown))
    assert root.find(name("title")).text == "Title <b>"
    assert root.find(name("desc")).text == "Description & more"
    assert root.get("role") == "img"


def test_text_from_people_stays_text() -> None:
    chart = bar_chart([Bar("<script>alert(1)</script>", 0.2)], WORDS, shown)
    assert "<script" not in str(chart)
    assert "&lt;script&gt;" in str(chart)


def test_a_period_without_a_figure_is_a_gap_and_not_a_zero() -> None:
    points = [TrendPoint(str(i), v, v, v, 50) if v is not None else TrendPoint(str(i), None, None, None, 3)
              for i, v in enumerate([10.0, 12.0, None, 30.0, 31.0])]  # fmt: skip
    root = parts(trend_chart(points, WORDS, shown, (-100, 100)))
    assert len(root.findall(name("polyline"))) == 2
    assert len(root.findall(name("circle"))) == 4


def test_the_axis_never_passes_the_ends_of_the_scale() -> None:
    points = [TrendPoint("1", 99.0, 95.0, 100.0, 50), TrendPoint("2", 98.0, 90.0, 100.0, 50)]
    labels = [each.text for each in parts(trend_chart(points, WORDS, shown, (-100, 100))).iter(name("text"))]
    assert all(float(text) <= 100 for text in labels if text and text.isdigit())


@pytest.mark.parametrize("n", [1, 2, 3, 12, 30])
def test_names_beside_points_never_cover_each_other_or_leave_the_chart(n: int) -> None:
    points = [QuadrantPoint(f"{LONG} {i}", 60 + i % 7, 0.05 + i % 5 / 100, i == 0) for i in range(n)]
    root = parts(quadrant_chart(points, WORDS, CORNERS, (62, 0.07)))
    named = [each for each in root.iter(name("text")) if (each.text or "").startswith("Giao")]
    boxes = [(float(each.get("x")), float(each.get("y"))) for each in named]
    for index, (x, y) in enumerate(boxes):
        assert 0 <= x <= 720
        assert 0 <= y <= 460
        assert all(abs(y - other) >= 12 or abs(x - across) > 60 for across, other in boxes[index + 1 :])


def test_every_driver_is_named_even_where_its_label_finds_no_room() -> None:
    points = [QuadrantPoint(f"{LONG} {i}", 60, 0.05) for i in range(30)]
    tips = {each.text for each in parts(quadrant_chart(points, WORDS, CORNERS, (60, 0.05))).iter(name("title"))}
    assert {point.name for point in points} <= tips


def test_the_driver_to_mend_has_a_shape_of_its_own() -> None:
    root = parts(
        quadrant_chart([QuadrantPoint("a", 1, 1, is_first=True), QuadrantPoint("b", 2, 2)], WORDS, CORNERS, (1, 1))
    )
    assert len(root.findall(name("polygon"))) == 1
    assert len(root.findall(name("circle"))) == 1


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_stand_inside_the_axis_and_are_few(low: float, span: float) -> None:
    ticks = Axis(low, low + span, 0, 100).ticks()
    room = span * 1e-6
    assert all(low - room <= tick <= low + span + room for tick in ticks)
    assert len(ticks) <= 8
