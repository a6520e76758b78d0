"""Split ballots: whether the forms of one question give other answers, and keep as many people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from analysis.comparisons import adjust_family, assignment_balance, compare
from analysis.scores import Answers, score
from analysis.values import Item, Refusal, as_data
from analysis.values.comparisons import Difference
from analysis.values.scores import Kind, Measure, Scale
from survey_app.reports.computing.subject import COMPARISONS, SCALED, SCORES, Subject

PREFIX = "variant."
FEWEST = 2
# Of long lists of options those chosen most often are compared: the rest have no base.
MOST_OPTIONS = 12
CHOSEN = Measure(Kind.TOP_BOX, Scale(0, 1), boxes=1)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One split ballot: which form each response was shown, the forms, and the items that were asked in them."""

    code: str
    seen: np.ndarray[Any, np.dtype[np.object_]]
    variants: tuple[str, ...]
    items: tuple[Item, ...]

    def sizes(self) -> dict[str, int]:
        """Return how many responses were shown each form."""
        return {variant: int((self.seen == variant).sum()) for variant in self.variants}


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure that is compared between the forms: of an item, of one of its options, or of the headline."""

    item: Item
    measure: Measure
    answers: Answers
    option: str | None = None
    is_answered: bool = False


Pairs = dict[tuple[str, str], Difference | Refusal]


def ballots(subject: Subject) -> list[dict[str, Any]]:
    """Return every split ballot with its figures by form and the differences, all tested as one family (Holm)."""
    places = [item.code for item in subject.dataset.codebook.items]
    found = sorted(_all(subject), key=lambda ballot: places.index(ballot.items[0].code) if ballot.items else -1)
    asked = [(ballot, each) for ballot in found for each in _compared(subject, ballot)]
    differences = [_pairs(ballot, each) for ballot, each in asked]
    adjusted = iter(adjust_family([each for pairs in differences for each in pairs.values()]))
    told = [
        (ballot.code, _compared_data(ballot, each, {pair: next(adjusted) for pair in pairs}))
        for (ballot, each), pairs in zip(asked, differences, strict=True)
    ]
    return [_data(ballot) | {"compared": [data for code, data in told if code == ballot.code]} for ballot in found]


def _all(subject: Subject) -> Iterator[Ballot]:
    about = subject.dataset.about
    for name in (str(each) for each in about.columns if str(each).startswith(PREFIX)):
        code = name.removeprefix(PREFIX)
        items = tuple(item for item in subject.dataset.codebook.items if code in {item.code, item.battery})
        seen = np.array([each if isinstance(each, str) else "" for each in about[name]], dtype=object)
        shown = sorted(set(seen) - {""})
        # Forms of today in their order, then those that only older versions had.
        known = [each for each in (items[0].variants if items else ()) if each in shown]
        variants = (*known, *(each for each in shown if each not in known))
        if len(variants) >= FEWEST:
            yield Ballot(code, seen, variants, items)


def _compared(subject: Subject, ballot: Ballot) -> Iterator[Compared]:
    """Yield what is compared: the answers to the item itself, then the headline where it is asked later."""
    for item in ballot.items:
        if item.kind in SCALED:
            yield Compared(item, Measure.of(item), subject.answers(item.code))
        elif item.options:
            yield from (Compared(item, CHOSEN, _chose(subject, item, each), each) for each in _options(subject, item))
        else:
            yield Compared(item, CHOSEN, _wrote(subject, item), is_answered=True)
    if subject.outcome not in ballot.items and _comes_later(subject, ballot):
        yield Compared(subject.outcome, subject.measure, subject.answers(subject.outcome.code))


def _comes_later(subject: Subject, ballot: Ballot) -> bool:
    """Return whether the headline is asked after the ballot; a text without a question is asked about anyway."""
    items = subject.dataset.codebook.items
    return not ballot.items or items.index(ballot.items[0]) < items.index(subject.outcome)


def _options(subject: Subject, item: Item) -> list[str]:
    counts = dict.fromkeys(item.options, 0)
    for value in subject.dataset.answers[item.code]:
        for each in value if isinstance(value, list) else [value]:
            if each in counts:
                counts[each] += 1
    most = sorted(counts, key=lambda option: -counts[option])[:MOST_OPTIONS]
    return [option for option in item.options if option in most]


def _chose(subject: Subject, item: Item, option: str) -> Answers:
    """Return 1 for those who chose an option, 0 for those who answered otherwise."""
    values = [_has(value, option) for value in subject.dataset.answers[item.code]]
    return _weighted(subject, np.array(values, dtype=float))


def _has(value: Any, option: str) -> float:
    if isinstance(value, list):
        return float(option in value)
    return float(value == option) if isinstance(value, str) else float("nan")


def _wrote(subject: Subject, item: Item) -> Answers:
    """Return 1 for those who answered, 0 for those who were asked and did not."""
    values = subject.dataset.answers[item.code].notna().to_numpy().astype(float)
    values[~subject.was_asked(item.code)] = np.nan
    return _weighted(subject, values)


def _weighted(subject: Subject, values: np.ndarray[Any, np.dtype[np.float64]]) -> Answers:
    return Answers(values, subject.dataset.weights if subject.dataset.is_weighted else None)


def _pairs(ballot: Ballot, compared: Compared) -> Pairs:
    """Return the difference of every two forms, the later one less the earlier."""
    return {
        (first, second): compare(
            _of(ballot, compared, first), _of(ballot, compared, second), compared.measure, COMPARISONS
        )
        for first, second in combinations(ballot.variants, 2)
    }


def _of(ballot: Ballot, compared: Compared, variant: str) -> Answers:
    rows = ballot.seen == variant
    weights = compared.answers.weights
    return Answers(np.asarray(compared.answers.scores)[rows], None if weights is None else np.asarray(weights)[rows])


def _data(ballot: Ballot) -> dict[str, Any]:
    first = ballot.items[0] if ballot.items else None
    sizes = ballot.sizes()
    return {
        "code": ballot.code,
        "labels": first.labels if first and not first.battery else {},
        "variants": [
            {"code": each, "n": sizes[each], "labels": first.variants.get(each, {}) if first else {}}
            for each in ballot.variants
        ],
        "balance": as_data(assignment_balance(sizes)),
    }


def _compared_data(ballot: Ballot, compared: Compared, pairs: Pairs) -> dict[str, Any]:
    item = compared.item
    return {
        "item": item.code,
        "kind": item.kind,
        "labels": item.labels,
        "option": compared.option,
        "option_labels": item.options.get(compared.option, {}) if compared.option else {},
        "is_answered": compared.is_answered,
        "is_headline": item not in ballot.items,
        "measure": compared.measure.kind.value,
        "scale": {"low": compared.measure.scale.low, "high": compared.measure.scale.high},
        "figures": [
            {"variant": each, "estimate": as_data(score(_of(ballot, compared, each), compared.measure, SCORES))}
            for each in ballot.variants
        ],
        "pairs": [
            {"first": first, "second": second, "difference": as_data(found)} for (first, second), found in pairs.items()
        ],
    }
