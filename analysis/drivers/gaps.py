"""Why the headline treats gaps as it does, and whether that decides anything."""

from __future__ import annotations

from analysis.imputation import Answers
from analysis.values.drivers import DriverModel, GapTreatment
from analysis.values.estimates import Refusal

_REASONS = {
    (False, False): "nothing-missing",
    (False, True): "blanks",
    (True, False): "not-applicable",
    (True, True): "not-applicable-and-blanks",
}


def _difference(headline: DriverModel, other: DriverModel) -> float:
    """Return the largest difference in share over the drivers that both models hold."""
    theirs = {each.code: each.share for each in other.drivers}
    return max((abs(each.share - theirs[each.code]) for each in headline.drivers if each.code in theirs), default=0.0)


def gap_treatment(
    answers: Answers, headline: DriverModel, others: tuple[DriverModel | Refusal | None, ...]
) -> GapTreatment:
    """Return what is missing in a battery and how far the headline and its sensitivities agree."""
    absent, blank = answers.not_applicable, answers.blank
    models = [each for each in others if isinstance(each, DriverModel)]
    cells = max(absent.size, 1)
    return GapTreatment(
        method=headline.method,
        reason=_REASONS[bool(absent.any()), bool(blank.any())],
        share_not_applicable=float(absent.sum() / cells),
        share_blank=float(blank.sum() / cells),
        n=len(answers.ratings),
        n_complete=int(answers.complete.sum()),
        largest_difference=max(_difference(headline, each) for each in models) if models else None,
        same_first=all(each.drivers[0].code == headline.drivers[0].code for each in models) if models else None,
    )
