"""What became of everybody in a campaign, and the rates of AAPOR that follow, live.

AAPOR, Standard Definitions (2023): the formulas stand in `analysis.fieldwork`, which reports use; tests hold the two to
the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.values.estimates import Base, Estimate, Refusal
from analysis.values.fieldwork import STANDINGS, Disposition, Fieldwork, HoldReason, Standing
from survey_app.campaigns.figures.shares import interval_of

CONTACTED = (Standing.INTERVIEW, Standing.PARTIAL, Standing.REFUSAL)
ELIGIBLE = (*CONTACTED, Standing.NON_CONTACT, Standing.UNKNOWN)
SOURCE = "AAPOR 2023; Wilson 1927; Clopper & Pearson 1934"


def fieldwork_of(counts: Mapping[Disposition, int], held_back: Mapping[HoldReason, int]) -> Fieldwork:
    """Return dispositions that add up and the five rates, each with its interval and base."""
    complete = {each: counts.get(each, 0) for each in Disposition}
    at = dict.fromkeys(Standing, 0)
    for disposition, n in complete.items():
        at[STANDINGS[disposition]] += n
    n_interviews, n_refusals = at[Standing.INTERVIEW], at[Standing.REFUSAL]
    n_contacted, n_eligible = (sum(at[each] for each in group) for group in (CONTACTED, ELIGIBLE))
    n_selected = sum(complete.values())
    return Fieldwork(
        counts=complete,
        held_back={each: held_back.get(each, 0) for each in HoldReason},
        n_selected=n_selected,
        n_invited=n_selected - at[Standing.NOT_INVITED],
        n_eligible=n_eligible,
        response_rate=rate("aapor-rr1", n_interviews, n_eligible),
        response_rate_with_partials=rate("aapor-rr2", n_interviews + at[Standing.PARTIAL], n_eligible),
        contact_rate=rate("aapor-con1", n_contacted, n_eligible),
        refusal_rate=rate("aapor-ref1", n_refusals, n_eligible),
        cooperation_rate=rate("aapor-coop1", n_interviews, n_contacted),
        standings=at,
    )


def rate(code: str, n_counted: int, n: int) -> Estimate | Refusal:
    """Return a share of so many people with its interval, or why there is none."""
    base = Base(n, float(n), float(n))
    if not n:
        reason = "no-contacts" if code == "aapor-coop1" else "no-invitations"
        return Refusal(reason, base, {"n": 0, "needed": 1})
    share = n_counted / n
    se = math.sqrt(share * (1 - share) / n)
    return Estimate(share, interval_of(n_counted, n), base, code, "share", se, source=SOURCE)
