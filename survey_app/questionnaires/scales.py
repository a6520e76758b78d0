"""The scales that item types allow, and what their ends are called unless the author says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.questionnaires.definition import ItemType, Scale, Texts

FEWEST_POINTS = 3
MOST_POINTS = 10


@dataclass(frozen=True, slots=True)
class ScaleRule:
    """What a type's scale is by default, whether its points and direction may differ, and its usual end labels."""

    low: int
    high: int
    has_free_points: bool
    has_free_direction: bool
    worst: Texts
    best: Texts


_SATISFACTION = {
    "worst": {"en": "Very dissatisfied", "vi": "Rất không hài lòng", "es": "Muy insatisfecho"},
    "best": {"en": "Very satisfied", "vi": "Rất hài lòng", "es": "Muy satisfecho"},
}
RULES = {
    ItemType.NPS: ScaleRule(
        low=0,
        high=10,
        has_free_points=False,
        has_free_direction=False,
        worst={"en": "Not at all likely", "vi": "Hoàn toàn không", "es": "Nada probable"},
        best={"en": "Extremely likely", "vi": "Hoàn toàn sẵn lòng", "es": "Extremadamente probable"},
    ),
    ItemType.CSAT: ScaleRule(low=1, high=5, has_free_points=True, has_free_direction=True, **_SATISFACTION),
    ItemType.CES: ScaleRule(
        low=1,
        high=7,
        has_free_points=False,
        has_free_direction=True,
        worst={"en": "Strongly disagree", "vi": "Hoàn toàn không đồng ý", "es": "Totalmente en desacuerdo"},
        best={"en": "Strongly agree", "vi": "Hoàn toàn đồng ý", "es": "Totalmente de acuerdo"},
    ),
    ItemType.LIKERT: ScaleRule(
        low=1,
        high=5,
        has_free_points=True,
        has_free_direction=True,
        worst={"en": "Strongly disagree", "vi": "Hoàn toàn không đồng ý", "es": "Totalmente en desacuerdo"},
        best={"en": "Strongly agree", "vi": "Hoàn toàn đồng ý", "es": "Totalmente de acuerdo"},
    ),
}


def usual_labels(scale: Scale, kind: ItemType, languages: tuple[str, ...]) -> dict[int, Texts]:
    """Return the usual names of a scale's ends in those of the languages that have them."""
    rule = RULES[kind]
    # An effort scale that falls with satisfaction agrees with the bad statement, so only its meaning turns round.
    turned = not scale.higher_is_better and kind is not ItemType.CES and kind is not ItemType.LIKERT
    low, high = (rule.best, rule.worst) if turned else (rule.worst, rule.best)
    named = {scale.low: _in(low, languages), scale.high: _in(high, languages)}
    return {point: texts for point, texts in named.items() if texts}


def _in(texts: Texts, languages: tuple[str, ...]) -> Texts:
    return {tag: texts[tag] for tag in languages if tag in texts}
