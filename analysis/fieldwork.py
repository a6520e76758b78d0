"""Fieldwork: what became of everybody selected, and the response rates of AAPOR.

Source: AAPOR, Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys (2023).
With I interviews, P partials, R refusals and break-offs, NC non-contacts and U of unknown eligibility
(bounced, sending failed): RR1 = I/T, RR2 = (I+P)/T, CON1 = (I+P+R)/T, REF1 = R/T with T = I+P+R+NC+U, and
COOP1 = I/(I+P+R).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from analysis.intervals import guarded_wilson
from analysis.values import Base, Estimate, Refusal
from analysis.values.fieldwork import STANDINGS, Disposition, Fieldwork, HoldReason, Standing

CONTACTED = (Standing.INTERVIEW, Standing.PARTIAL, Standing.REFUSAL)
SOURCE = "AAPOR 2023; Wilson 1927; Clopper & Pearson 1934"
ELIGIBLE = (*CONTACTED, Standing.NON_CONTACT, Standing.UNKNOWN)


def fieldwork(
    counts: Mapping[Disposition, int], held_back: Mapping[HoldReason, int] | None = None, level: float = 0.95
) -> Fieldwork:
    """Return dispositions that add up, and the rates, each a share with its interval.

    Wilson's interval, Clopper & Pearson's where a side has fewer than ten.

    Raises ValueError for a negative count and where the reasons do not add up to the held-back customers.
    """
    complete = {each: counts.get(each, 0) for each in Disposition}
    reasons = _reasons(complete[Disposition.HELD_BACK], held_back)
    if min(complete.values()) < 0:
        msg = "A disposition cannot be counted below zero."
        raise ValueError(msg)
    standings = _by_standing(complete)
    return _with_rates(complete, reasons, standings, level)


def _reasons(n_held_back: int, given: Mapping[HoldReason, int] | None) -> dict[HoldReason, int]:
    """Return a count per reason; without reasons given all stand under `other`."""
    if given is None:
        given = {HoldReason.OTHER: n_held_back}
    reasons = {each: given.get(each, 0) for each in HoldReason}
    if sum(reasons.values()) != n_held_back or min(reasons.values()) < 0:
        msg = f"The reasons account for {sum(reasons.values())} of {n_held_back} customers held back."
        raise ValueError(msg)
    return reasons


def _by_standing(counts: Mapping[Disposition, int]) -> dict[Standing, int]:
    """Add up the dispositions that stand alike in the formulas."""
    standings = dict.fromkeys(Standing, 0)
    for disposition, n in counts.items():
        standings[STANDINGS[disposition]] += n
    return standings


def _with_rates(
    counts: dict[Disposition, int], reasons: dict[HoldReason, int], standings: dict[Standing, int], level: float
) -> Fieldwork:
    """Put counts and rates together."""

    def rate(code: str, counted: Iterable[Standing], among: Iterable[Standing] = ELIGIBLE) -> Estimate | Refusal:
        return _rate(code, sum(standings[each] for each in counted), sum(standings[each] for each in among), level)

    n_selected = sum(counts.values())
    return Fieldwork(
        counts=counts,
        held_back=reasons,
        n_selected=n_selected,
        n_invited=n_selected - standings[Standing.NOT_INVITED],
        n_eligible=sum(standings[each] for each in ELIGIBLE),
        response_rate=rate("aapor-rr1", (Standing.INTERVIEW,)),
        response_rate_with_partials=rate("aapor-rr2", (Standing.INTERVIEW, Standing.PARTIAL)),
        contact_rate=rate("aapor-con1", CONTACTED),
        refusal_rate=rate("aapor-ref1", (Standing.REFUSAL,)),
        cooperation_rate=rate("aapor-coop1", (Standing.INTERVIEW,), CONTACTED),
        standings=standings,
    )


def _rate(code: str, counted: int, among: int, level: float) -> Estimate | Refusal:
    """Return a share of invited customers, or why there is none."""
    base = Base(among, float(among), float(among))
    if not among:
        reason = "no-contacts" if code == "aapor-coop1" else "no-invitations"
        return Refusal(reason, base, {"n": 0, "needed": 1})
    share = counted / among
    se = math.sqrt(share * (1 - share) / among)
    return Estimate(share, guarded_wilson(share, among, level), base, code, "share", se, source=SOURCE)
