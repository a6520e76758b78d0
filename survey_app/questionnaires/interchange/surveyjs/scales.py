"""Answers that are whole numbers in a row are the points of a scale themselves."""

from __future__ import annotations

from survey_app.questionnaires.definition import Scale
from survey_app.questionnaires.interchange.ratings import Answer, Rated
from survey_app.questionnaires.scales import FEWEST_POINTS, MOST_POINTS


def numbered(answers: list[Answer], main: str) -> Rated | None:
    """Return a scale of the numbers that the answers stand for, from 0 or 1 upwards; None where they are no such."""
    points = {each.native: int(each.native) for each in answers if each.native.isdecimal() and len(each.native) <= 2}  # noqa: PLR2004 - 10 is the highest point
    if len(points) < len(answers) or not FEWEST_POINTS <= len(points) <= MOST_POINTS:
        return None
    low, high = min(points.values()), max(points.values())
    if low not in {0, 1} or high - low + 1 != len(set(points.values())) or len(set(points.values())) != len(points):
        return None
    words = {points[each.native]: each.texts for each in answers}
    labels = {point: words[point] for point in sorted(words) if words[point].get(main) != str(point)}
    return Rated(Scale(low, high, labels={point: texts for point, texts in labels.items() if texts}), points)
