"""What makes a score urgent, as a truth table."""

from __future__ import annotations

import pytest

from survey_app.followups.rules import default_threshold, threshold_of
from survey_app.questionnaires.definition import Item, ItemType, Scale


def item(kind: ItemType, scale: Scale | None) -> Item:
    return Item(code="score", type=kind, text={"en": "?"}, scale=scale)


NPS = item(ItemType.NPS, Scale(0, 10))
CSAT = item(ItemType.CSAT, Scale(1, 5))
CSAT_7 = item(ItemType.CSAT, Scale(1, 7))
CSAT_DOWN = item(ItemType.CSAT, Scale(1, 5, higher_is_better=False))
CES = item(ItemType.CES, Scale(1, 7))
CES_DOWN = item(ItemType.CES, Scale(1, 7, higher_is_better=False))


@pytest.mark.parametrize(
    ("asked", "urgent", "calm"),
    [
        (NPS, [0, 6], [7, 10]),
        (CSAT, [1, 2], [3, 5]),
        (CSAT_7, [1, 2], [3, 7]),
        (CSAT_DOWN, [5, 4], [3, 1]),
        (CES, [1, 2], [3, 7]),
        (CES_DOWN, [7, 6], [5, 1]),
    ],
)
def test_by_default_detractors_and_the_two_worst_points_are_urgent(
    asked: Item, urgent: list[float], calm: list[float]
) -> None:
    threshold = default_threshold(asked)

    assert threshold is not None
    assert [threshold.is_met_by(score) for score in urgent] == [True, True]
    assert [threshold.is_met_by(score) for score in calm] == [False, False]


@pytest.mark.parametrize(("asked", "chosen", "urgent", "calm"), [(NPS, 3, 3, 4), (CES_DOWN, 5, 5, 4), (NPS, 0, 0, 1)])
def test_a_chosen_threshold_replaces_the_default_on_the_bad_side(
    asked: Item, chosen: float, urgent: float, calm: float
) -> None:
    threshold = threshold_of(asked, chosen)

    assert threshold is not None
    assert threshold.is_met_by(urgent)
    assert not threshold.is_met_by(calm)


def test_without_a_scale_nothing_is_urgent() -> None:
    assert default_threshold(item(ItemType.TEXT, None)) is None
    assert threshold_of(item(ItemType.TEXT, None), 3) is None
