"""All checks together: marks of every response, how frequent each is, what leaving the marked out would change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.data_quality.contradictions import broken_rules, contradictions
from analysis.data_quality.findings import Check, Finding
from analysis.data_quality.gaps import gaps
from analysis.data_quality.options import QualityOptions
from analysis.data_quality.person_fit import disagreeing_halves, unusual_patterns
from analysis.data_quality.repeats import repeated_customers, repeated_texts, twin_answers
from analysis.data_quality.responses import Responses
from analysis.data_quality.speed import speeding
from analysis.data_quality.straight_lines import straight_lines
from analysis.intervals import wilson
from analysis.values.data_quality import LeavingOut, Mark, MarkCode, MarkCount, ResponseQuality, Strength
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal
from analysis.weights import Sample, mean_variance, sample_of

SOURCE = "Meade & Craig 2012; Curran 2016; Leiner 2019"
CHECKS: tuple[Callable[[Responses, QualityOptions], Check], ...] = (
    straight_lines,
    speeding,
    twin_answers,
    repeated_customers,
    repeated_texts,
    contradictions,
    broken_rules,
    unusual_patterns,
    disagreeing_halves,
    gaps,
)
# Marks that look at the same thing: two of one kind are one piece of evidence.
KINDS = {
    MarkCode.STRAIGHT_LINE: "sameness",
    MarkCode.LONG_RUN: "sameness",
    MarkCode.SPEEDING: "speed",
    MarkCode.TWIN_ANSWERS: "copy",
    MarkCode.CONTRADICTION: "consistency",
    MarkCode.UNUSUAL_PATTERN: "consistency",
    MarkCode.HALVES_DISAGREE: "consistency",
}


def _effective_units(sample: Sample) -> float:
    """Return on how many independent answers a share rests: Kish's number, and not more than there are respondents."""
    return min(sample.base.effective, float(sample.n_units))


def _share(rows: BoolArray, weights: ArrayLike | None, clusters: ArrayLike | None, level: float) -> Estimate:
    """Return the share of marked responses with Wilson's interval on the effective number."""
    sample = sample_of(rows.astype(np.float64), weights, clusters)
    n = _effective_units(sample)
    interval = wilson(min(max(sample.mean, 0.0), 1.0), n, level)
    se = float(np.sqrt(mean_variance(sample)))
    error = se if np.isfinite(se) else None
    return Estimate(sample.mean, interval, sample.base, "share-of-responses", "share", error, source="Wilson 1927")


def suspicion(findings: Sequence[Finding], n: int) -> BoolArray:
    """Return which rows carry a strong mark, or weak marks of two different kinds."""
    strong = np.zeros(n, dtype=bool)
    kinds = {kind: np.zeros(n, dtype=bool) for kind in KINDS.values()}
    for each in findings:
        if each.strength is Strength.STRONG:
            strong |= each.rows
        elif each.strength is Strength.WEAK:
            kinds[KINDS[each.code]] |= each.rows
    result: BoolArray = strong | (np.sum(list(kinds.values()), axis=0) > 1)
    return result


def _marks(findings: Sequence[Finding], n: int) -> tuple[tuple[Mark, ...], ...]:
    marks: list[list[Mark]] = [[] for _ in range(n)]
    for each in findings:
        for row in np.flatnonzero(each.rows).tolist():
            marks[row].append(each.mark(row))
    return tuple(tuple(own) for own in marks)


def response_quality(
    responses: Responses,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    options: QualityOptions | None = None,
) -> ResponseQuality | Refusal:
    """Return the marks of every response: straight lines, speed, repeats, contradictions, gaps, unusual patterns.

    Every check for which the responses hold what it needs is made; thresholds and their sources stand in
    `QualityOptions`. Nothing is dropped. Weights and clusters concern the shares only. Deterministic.

    Refuses with `no-responses`. Raises ValueError for parts of different lengths, answers that are infinite or off the
    scale of their battery, and negative times.
    """
    options, n = options or QualityOptions(), len(responses.answers)
    if not n:
        return Refusal("no-responses", Base(0, 0.0, 0.0))
    checks = [check(responses, options) for check in CHECKS]
    findings = [each for check in checks for each in check.findings]
    return _result(checks, findings, n, lambda rows: _share(rows, weights, clusters, options.level))


def _counts(findings: Sequence[Finding], share: Callable[[BoolArray], Estimate]) -> tuple[MarkCount, ...]:
    """Return one count per mark, findings of several batteries or rules put together."""
    together: dict[MarkCode, Finding] = {}
    for each in findings:
        known = together.get(each.code)
        rows = each.rows if known is None else known.rows | each.rows
        together[each.code] = Finding(each.code, each.strength, rows)
    return tuple(
        MarkCount(each.code, each.strength, int(each.rows.sum()), share(each.rows)) for each in together.values()
    )


def _result(
    checks: Sequence[Check], findings: Sequence[Finding], n: int, share: Callable[[BoolArray], Estimate]
) -> ResponseQuality:
    marked = np.zeros(n, dtype=bool)
    for each in findings:
        marked |= each.rows
    suspicious, all_marked = suspicion(findings, n), share(marked)
    return ResponseQuality(
        marks=_marks(findings, n),
        suspicious=tuple(suspicious.tolist()),
        counts=_counts(findings, share),
        marked=all_marked,
        suspected=share(suspicious),
        checks=tuple(each.name for each in checks if each.findings),
        base=all_marked.base,
        method="marks-with-reasons",
        source=SOURCE,
        notes=tuple(note for each in checks for note in each.note),
    )


def effect_of_leaving_out(
    quality: ResponseQuality,
    figure: Callable[[BoolArray], Estimate | Refusal],
    codes: Collection[MarkCode | str] | None = None,
) -> LeavingOut:
    """Return a figure with everybody and without the marked responses.

    `figure` computes it for a mask of rows (n); `codes` says which marks lead out, without them the suspicious go.
    """
    marked = np.array(quality.suspicious if codes is None else quality.rows(*codes), dtype=bool)
    if codes is not None and not codes:
        marked[:] = False
    everybody, rest = figure(np.ones(marked.size, dtype=bool)), figure(~marked)
    change = moves = None
    if isinstance(everybody, Estimate) and isinstance(rest, Estimate):
        change = rest.value - everybody.value
        moves = None if everybody.interval is None else not _holds(everybody.interval, rest.value)
    notes = (Note("marked-move-the-figure", {"change": change or 0.0}),) if moves else ()
    return LeavingOut(
        everybody=everybody,
        without_marked=rest,
        n_left_out=int(marked.sum()),
        change=change,
        moves=moves,
        codes=("suspicious",) if codes is None else tuple(str(MarkCode(each)) for each in codes),
        base=quality.base,
        method="with-and-without",
        source=SOURCE,
        notes=notes,
    )


def _holds(interval: Interval, value: float) -> bool:
    return interval.low <= value <= interval.high
