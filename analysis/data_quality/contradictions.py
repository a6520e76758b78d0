"""Answers that can't both be meant: an item against its reversed twin, and pairs that break a stated rule."""

from __future__ import annotations

from itertools import product

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.data_quality.findings import Check, Figures, Finding
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.responses import Battery, Responses, RulePair
from analysis.values.data_quality import MarkCode, Strength


def _distance(responses: Responses, battery: Battery) -> FloatArray:
    """Return the mean of the straight items against the mean of the reversed ones, turned, as a share of the scale."""
    answers = responses.of(battery)
    turned = np.isin(battery.items, battery.reversed)
    aligned = np.where(turned, battery.low + battery.high - answers, answers)
    sides = [aligned[:, chosen] for chosen in (~turned, turned)]
    counts = [(~np.isnan(side)).sum(axis=1) for side in sides]
    sums = [np.nansum(side, axis=1) for side in sides]
    both = (counts[0] > 0) & (counts[1] > 0)
    means = [
        np.divide(total, count, out=np.full(both.shape, np.nan), where=both)
        for total, count in zip(sums, counts, strict=True)
    ]
    result: FloatArray = np.abs(means[0] - means[1]) / (battery.high - battery.low)
    return result


def contradictions(responses: Responses, options: QualityOptions) -> Check:
    """Return who agrees with statements and with their opposites (or with neither) across the scale."""
    found = []
    for battery in responses.batteries:
        if battery.reversed and len(battery.reversed) < len(battery.items):
            distance = _distance(responses, battery)
            figures: Figures = {"battery": battery.code, "share_of_scale": distance}
            rows = distance >= options.contradiction_share - 1e-12
            found.append(Finding(MarkCode.CONTRADICTION, Strength.WEAK, rows, figures))
    return Check("contradictions", tuple(found))


def _broken(rule: RulePair, first: FloatArray, second: FloatArray) -> BoolArray:
    there = ~np.isnan(first) & ~np.isnan(second)
    if callable(rule.allowed):
        kept = np.asarray(rule.allowed(first, second), dtype=bool)
        if kept.shape != first.shape:
            raise ValueError(f"The rule on {rule.first} and {rule.second} must give one truth value per response.")
    else:
        pairs = set(rule.allowed)
        kept = np.array([each in pairs for each in zip(first.tolist(), second.tolist(), strict=True)], dtype=bool)
    result: BoolArray = there & ~kept
    return result


def broken_rules(responses: Responses, options: QualityOptions) -> Check:  # noqa: ARG001 - as every check
    """Return whose answers to two items are a pair that the rule does not allow."""
    found = []
    for rule in responses.rules:
        first, second = responses.values([rule.first, rule.second]).T
        figures: Figures = {"first": rule.first, "second": rule.second, "first_answer": first, "second_answer": second}
        found.append(Finding(MarkCode.RULE_BROKEN, Strength.STRONG, _broken(rule, first, second), figures))
    return Check("rules", tuple(found))


def agreed_pairs(low: int, high: int, most: int) -> frozenset[tuple[int, int]]:
    """Return the pairs of points of a scale that differ by at most `most`: a rule for two items asking the same."""
    points = range(low, high + 1)
    return frozenset((a, b) for a, b in product(points, points) if abs(a - b) <= most)
