"""The charts of a report, with names and descriptions that are computed from the same figures."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup

from survey_app.reports.presenting.names import period_name
from survey_app.reports.presenting.shown import Data, figure, is_estimate, is_refusal, label_of
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
from survey_app.web.filters import percent


def trend(entry: Data, by: str, scale: Data, label: str) -> Markup | None:
    """Return the outcome over time, or nothing where there are not two periods to connect."""
    if not entry["trend"]:
        return None
    measure = entry["measure"]
    points = [_point(each, by) for each in entry["trend"]["points"]]
    shown = [each for each in points if each.value is not None]
    if len(shown) <= 1:
        return None
    bounds = _bounds(measure, scale)
    description = _(
        "%(first)s in %(first_period)s, %(last)s in %(last_period)s; the band shows 95 %% intervals.",
        first=figure(shown[0].value, measure),
        first_period=shown[0].name,
        last=figure(shown[-1].value, measure),
        last_period=shown[-1].name,
    )
    words = Words(_("%(item)s over time", item=label), description)
    return trend_chart(points, words, lambda value: figure(value, measure), bounds, expected(entry, scale))


def expected(entry: Data, scale: Data) -> TrendPoint | None:
    """Return where the next period's figure is to be expected, inside the scale."""
    levels = (entry["trend"] or {}).get("levels")
    if not levels or is_refusal(levels) or not levels["next_band"]["expected"]["interval"]:
        return None
    band, bounds = levels["next_band"]["expected"], _bounds(entry["measure"], scale)
    low, value, high = (
        min(max(each, bounds[0]), bounds[1])
        for each in (band["interval"]["low"], band["value"], band["interval"]["high"])
    )
    return TrendPoint(_("next"), value, low, high, 0)


def _bounds(measure: str, scale: Data) -> tuple[float, float]:
    """Return the ends that a figure can have."""
    ends = {"nps": (-100.0, 100.0), "top-box": (0.0, 1.0)}
    return ends.get(measure) or (float(scale["low"]), float(scale["high"]))


def importance(result: Data, labels: Data) -> Markup:
    """Return how much of the outcome goes with each driver."""
    bars = [
        Bar(
            label_of(labels.get(each["code"]), each["code"]),
            each["importance"]["value"],
            each["importance"]["interval"]["low"],
            each["importance"]["interval"]["high"],
        )
        for each in result["model"]["drivers"]
    ]
    words = Words(
        _("Importance of each driver"),
        _(
            "Share of the differences in the outcome that goes with each driver. Strongest: %(name)s, %(share)s.",
            name=bars[0].name,
            share=percent(bars[0].value, 1),
        ),
    )
    return bar_chart(bars, words, lambda value: percent(value, 1))


def quadrant(result: Data, labels: Data) -> Markup:
    """Return importance against performance."""
    map_ = result["importance_performance"]
    points = [
        QuadrantPoint(
            label_of(labels.get(each["code"]), each["code"]),
            each["index"]["value"],
            each["importance"]["value"],
            each["code"] == map_["fix_first"],
        )
        for each in map_["points"]
    ]
    weak = [point.name for point in points if point.is_first]
    words = Words(
        _("Importance and performance"),
        _("Fix first: %(name)s.", name=weak[0]) if weak else _("No driver is clearly both important and weak."),
    )
    corners = QuadrantWords(
        fix_first=_("Fix first"),
        keep_up=_("Keep up"),
        low_priority=_("Low priority"),
        overkill=_("Possible overkill"),
        performance=_("Performance"),
        importance=_("Importance"),
    )
    return quadrant_chart(points, words, corners, (map_["index_line"], map_["importance_line"]))


def distribution(entry: Data, label: str) -> Markup | None:
    """Return how the answers spread over the scale, or nothing where the base is too small to show shares."""
    shares = entry["distribution"]["shares"]
    if any(not is_estimate(each["share"]) for each in shares):
        return None
    bars = [
        Bar(each["code"], each["share"]["value"], each["share"]["interval"]["low"], each["share"]["interval"]["high"])
        for each in reversed(shares)
    ]
    largest = max(bars, key=lambda bar: bar.value)
    words = Words(
        _("Answers to “%(item)s”", item=label),
        _("Most chose %(point)s: %(share)s.", point=largest.name, share=percent(largest.value)),
    )
    return bar_chart(bars, words, lambda value: percent(value, 1))


def _point(data: Data, by: str) -> TrendPoint:
    estimate = data["estimate"]
    label = period_name(data["period"]["label"], by)
    if is_refusal(estimate):
        return TrendPoint(label, None, None, None, int(estimate["base"]["n"]))
    ends = estimate["interval"] or {}
    return TrendPoint(label, estimate["value"], ends.get("low"), ends.get("high"), int(estimate["base"]["n"]))
