"""Charts as SVG text: pure functions, data in, markup out.

Presentation attributes only, so that page, print and mail draw the same; text and axes take the colour of
their surroundings; no meaning hangs on colour alone. The words (title, description, labels) come from the caller.
"""

from survey_app.web.charts.bars import Bar, bar_chart
from survey_app.web.charts.intervals import interval_chart
from survey_app.web.charts.quadrant import QuadrantPoint, QuadrantWords, quadrant_chart
from survey_app.web.charts.svg import Words
from survey_app.web.charts.trend import TrendPoint, trend_chart

__all__ = [
    "Bar",
    "QuadrantPoint",
    "QuadrantWords",
    "TrendPoint",
    "Words",
    "bar_chart",
    "interval_chart",
    "quadrant_chart",
    "trend_chart",
]
