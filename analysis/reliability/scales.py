"""All that says how consistently the items of a scale measure one thing."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray
from analysis.reliability.consistency import Consistency, alpha_estimate, consistency
from analysis.reliability.jackknife import correlation_estimate, left_out, share_estimate
from analysis.reliability.omega import omega_estimate
from analysis.reliability.people import DEFAULTS, FEWEST_ITEMS, People, ReliabilityOptions, people_of, refused
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Note, Refusal
from analysis.values.reliability import ItemReliability, Reliability

NAMES = ("alpha", "standardised_alpha", "average_correlation", "item_rest", "alpha_without")


def reliability(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Reliability | Refusal:
    """Return alpha, standardised alpha, omega, the average correlation and, for each item, item-rest and alpha without.

    People with a missing answer are left out and counted. Refused as `cronbach_alpha` is; omega, and alpha without one
    of two items, may be refused on their own. Noted: `negative-reliability`, and `item-against-rest` for each item that
    goes against the others, as one does that should have been reversed.
    """
    people = people_of(answers)
    refusal = refused(people, options)
    if refusal:
        return refusal
    found, without = consistency(people.covariance[None]), _without(people)
    alpha = alpha_estimate(people, float(found.alpha[0]), without.alpha, options)
    items = tuple(_item(people, place, (found, without, options)) for place in range(people.n_items))
    source = ("Cronbach 1951", options.level)
    standard, average = float(found.standardised_alpha[0]), float(found.average_correlation[0])
    return Reliability(
        alpha,
        share_estimate(people, standard, without.standardised_alpha, ("standardised-alpha", *source)),
        omega_estimate(people, options),
        correlation_estimate(people, average, without.average_correlation, ("average-correlation", *source)),
        tuple(ItemReliability(*each, is_reversed=place in answers.reversed_items) for place, each in enumerate(items)),
        people.base,
        int(np.asarray(answers.scores).shape[0]) - people.base.n,
        "complete-cases",
        "Cronbach 1951; McDonald 1999; Nunnally & Bernstein 1994",
        (*alpha.notes, *(note for name, pair, _ in items for note in _against(name, pair))),
    )


def _without(people: People) -> Consistency:
    """Return all figures without each respondent."""
    parts = [consistency(each) for each in left_out(people)]
    return Consistency(*(np.concatenate([getattr(each, name) for each in parts]) for name in NAMES))


def _item(
    people: People, place: int, made: tuple[Consistency, Consistency, ReliabilityOptions]
) -> tuple[str, Estimate, Estimate | Refusal]:
    """Return an item's name, its correlation with the rest, and alpha without it."""
    found, without, options = made
    terms = ("item-rest-correlation", "Nunnally & Bernstein 1994", options.level)
    pair = correlation_estimate(people, _bounded(found.item_rest[0, place]), without.item_rest[:, place], terms)
    if people.n_items <= FEWEST_ITEMS:
        refusal = Refusal("too-few-items", people.base, {"n": people.n_items - 1, "needed": FEWEST_ITEMS})
        return people.names[place], pair, refusal
    values: FloatArray = without.alpha_without[:, place]
    value = float(found.alpha_without[0, place])
    return people.names[place], pair, alpha_estimate(people, value, values, options)


def _bounded(correlation: float) -> float:
    """Return the correlation within -1..1, which rounding can leave."""
    return float(min(max(correlation, -1.0), 1.0))


def _against(name: str, pair: Estimate) -> tuple[Note, ...]:
    """Warn of an item that goes against the sum of the others."""
    return (Note("item-against-rest", {"item": name, "correlation": pair.value}),) if pair.value < 0 else ()
