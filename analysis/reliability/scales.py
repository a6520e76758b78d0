"""All that says how consistently the items of a scale measure one thing."""

from __future__ import annotations

import numpy as np

from analysis.reliability.consistency import (
    alpha_estimate,
    average_correlation,
    item_rest,
    standardised_alpha,
)
from analysis.reliability.omega import omega_estimate
from analysis.reliability.people import (
    DEFAULTS,
    FEWEST_ITEMS,
    People,
    ReliabilityOptions,
    consistency_estimate,
    correlation_estimate,
    people_of,
    refused,
)
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Note, Refusal
from analysis.values.reliability import ItemReliability, Reliability


def reliability(answers: ScaleAnswers, options: ReliabilityOptions = DEFAULTS) -> Reliability | Refusal:
    """Return alpha, standardised alpha, omega, the average correlation and, for each item, item-rest and alpha without.

    People with a missing answer are left out and counted. Refused as `cronbach_alpha` is; omega, and alpha without one
    of two items, may be refused on their own. Noted: `negative-alpha`, and `item-against-rest` for each item that goes
    against the others, as one does that should have been reversed.
    """
    people = people_of(answers)
    refusal = refused(people, options)
    if refusal:
        return refusal
    items = tuple(_item(people, place, (place in answers.reversed_items, options)) for place in range(people.n_items))
    found = alpha_estimate(people, options)
    return Reliability(
        found,
        consistency_estimate(people, standardised_alpha(people), options.level),
        omega_estimate(people, options),
        correlation_estimate(people, average_correlation(people), options.level),
        items,
        people.base,
        int(np.asarray(answers.scores).shape[0]) - people.base.n,
        "complete-cases",
        "Cronbach 1951; McDonald 1999; Nunnally & Bernstein 1994",
        (*found.notes, *(note for item in items for note in _against(item))),
    )


def _item(people: People, place: int, how: tuple[bool, ReliabilityOptions]) -> ItemReliability:
    """Return one item's figures; `how` says whether it was turned round, and the options."""
    (is_reversed, options), pair = how, item_rest(people, place)
    return ItemReliability(
        people.names[place],
        is_reversed,
        correlation_estimate(people, pair, options.level) if pair else _no_rest(people),
        _alpha_without(people, place, options),
    )


def _alpha_without(people: People, place: int, options: ReliabilityOptions) -> Estimate | Refusal:
    if people.n_items <= FEWEST_ITEMS:
        return Refusal("too-few-items", people.base, {"n": people.n_items - 1, "needed": FEWEST_ITEMS})
    return alpha_estimate(people.without(place), options)


def _no_rest(people: People) -> Refusal:
    return Refusal("no-variation", people.base, {"items": people.n_items - 1})


def _against(item: ItemReliability) -> tuple[Note, ...]:
    """Warn of an item that goes against the sum of the others."""
    if isinstance(item.item_rest, Refusal) or item.item_rest.value >= 0:
        return ()
    return (Note("item-against-rest", {"item": item.name, "correlation": item.item_rest.value}),)
