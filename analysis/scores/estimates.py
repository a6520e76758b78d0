"""A figure becomes an Estimate: its base, error, interval, source and warnings put together."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.scores.answers import ScoreOptions
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.weights import Sample, mean_variance

INDICATIVE_BELOW = 100
ROUGH_WEIGHTS_FROM = 2

DESIGN_SOURCE = "Binder 1983; Korn & Graubard 1998"
SOURCES = {
    "adjusted-wald": "Bonett & Price 2012; Rocks 2016",
    "adjusted-t": "Bonett & Price 2012",
    "score": "Tango 1998; Rocks 2016",
    "wald": "Rocks 2016",
    "wilson": "Wilson 1927",
    "clopper-pearson": "Clopper & Pearson 1934",
    "agresti-coull": "Agresti & Coull 1998",
    "t": "Student 1908",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a kind of measure contributes to its Estimate; an error that is no number stands for none."""

    method: str
    unit: str
    value: float
    se: float
    source: str = ""
    notes: tuple[Note, ...] = ()


def too_small(sample: Sample, options: ScoreOptions) -> Refusal | None:
    """Return why the sample carries no figure, if it doesn't."""
    n, needed = min(sample.n_units, sample.base.n), max(options.minimum_base, 1)
    return Refusal("base-too-small", sample.base, {"n": n, "needed": needed}) if n < needed else None


def linearised(sample: Sample) -> float:
    """Return the standard error of the weighted mean by linearisation; NaN below two respondents."""
    return math.sqrt(mean_variance(sample))


def is_designed(sample: Sample) -> bool:
    """Return whether weights differ or respondents repeat, so that textbook errors don't hold."""
    return sample.is_weighted or sample.n_units < sample.values.size


def estimate(figure: Figure, interval: Interval | None, sample: Sample, options: ScoreOptions) -> Estimate:
    """Return the figure with its base, interval, source and notes."""
    designed = is_designed(sample)
    sources = (figure.source, SOURCES[interval.method] if interval else "", DESIGN_SOURCE if designed else "")
    return Estimate(
        figure.value,
        interval,
        sample.base,
        f"{figure.method}-linearised" if designed else figure.method,
        figure.unit,
        None if math.isnan(figure.se) else figure.se,
        (*_notes(figure, sample, options), *figure.notes),
        "; ".join(each for each in sources if each),
    )


def rare(code: str, count: float, needed: float) -> tuple[Note, ...]:
    """Warn of a group too rare for the interval that was asked for."""
    return (Note(code, {"n": count, "needed": needed}),) if count < needed - 1e-9 else ()


def _notes(figure: Figure, sample: Sample, options: ScoreOptions) -> tuple[Note, ...]:
    """Warn of a thin base, rough weights, respondents who answered more than once, and no spread."""
    notes = [*_thin_base(sample.base, options)]
    if sample.base.n > ROUGH_WEIGHTS_FROM * sample.base.effective:
        notes.append(Note("uneven-weights", {"n": sample.base.n, "effective": sample.base.effective}))
    if sample.n_units < sample.base.n:
        notes.append(Note("repeated-respondents", {"n": sample.base.n, "respondents": sample.n_units}))
    if figure.se == 0:
        notes.append(Note("no-variation"))
    return tuple(notes)


def _thin_base(base: Base, options: ScoreOptions) -> tuple[Note, ...]:
    """Warn of a base for intervals only (under 30) and of an indicative one (under 100)."""
    if base.n < options.comparison_base:
        return (Note("base-very-small", {"n": base.n, "needed": options.comparison_base}),)
    if base.n < INDICATIVE_BELOW:
        return (Note("base-indicative", {"n": base.n, "needed": INDICATIVE_BELOW}),)
    return ()
