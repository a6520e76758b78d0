"""What became of each selected customer: closed dispositions after AAPOR, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from analysis.values.estimates import Estimate, Refusal


class Disposition(StrEnum):
    """The outcome of one selected customer in one campaign; each customer has exactly one.

    Source: AAPOR, Standard Definitions (2023), internet surveys of specifically named persons.
    """

    COMPLETED = "completed"
    PARTIAL = "partial"
    BREAK_OFF = "break-off"
    REFUSED = "refused"
    UNSUBSCRIBED = "unsubscribed"
    NO_REPLY = "no-reply"
    BOUNCED = "bounced"
    FAILED = "failed"
    SCREENED_OUT = "screened-out"
    OVER_QUOTA = "over-quota"
    HELD_BACK = "held-back"
    NOT_YET_SENT = "not-yet-sent"


class HoldReason(StrEnum):
    """Why a selected customer was not written to; always given with `Disposition.HELD_BACK`."""

    NO_ADDRESS = "no-address"
    INVALID_ADDRESS = "invalid-address"
    NO_CONSENT = "no-consent"
    OBJECTED = "objected"
    DECLINED = "declined"
    OPTED_OUT = "opted-out"
    SUPPRESSED = "suppressed"
    RECENTLY_ASKED = "recently-asked"
    ASKED_TOO_OFTEN = "asked-too-often"
    ANSWERED_RECENTLY = "answered-recently"
    BOUNCED_BEFORE = "bounced-before"
    COMPLAINED = "complained"
    TEST_ADDRESS = "test-address"
    DUPLICATE_ADDRESS = "duplicate-address"
    CAMPAIGN_ENDED = "campaign-ended"
    OTHER = "other"


class Standing(StrEnum):
    """Where a disposition stands in the response-rate formulas of AAPOR."""

    INTERVIEW = "interview"
    PARTIAL = "partial"
    REFUSAL = "refusal"
    NON_CONTACT = "non-contact"
    UNKNOWN = "unknown"
    NOT_ELIGIBLE = "not-eligible"
    NOT_INVITED = "not-invited"


STANDINGS: dict[Disposition, Standing] = {
    Disposition.COMPLETED: Standing.INTERVIEW,
    Disposition.PARTIAL: Standing.PARTIAL,
    # A break-off before the primary outcome counts as a refusal, as AAPOR has it (code 2.12).
    Disposition.BREAK_OFF: Standing.REFUSAL,
    Disposition.REFUSED: Standing.REFUSAL,
    Disposition.UNSUBSCRIBED: Standing.REFUSAL,
    Disposition.NO_REPLY: Standing.NON_CONTACT,
    # Nobody knows whether the address still belongs to an eligible customer: kept in the denominator.
    Disposition.BOUNCED: Standing.UNKNOWN,
    Disposition.FAILED: Standing.UNKNOWN,
    Disposition.SCREENED_OUT: Standing.NOT_ELIGIBLE,
    # Whoever came after a quota was filled counts as not eligible, as AAPOR has it (code 4.8).
    Disposition.OVER_QUOTA: Standing.NOT_ELIGIBLE,
    Disposition.HELD_BACK: Standing.NOT_INVITED,
    Disposition.NOT_YET_SENT: Standing.NOT_INVITED,
}


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """How a fielding went: every selected customer counted once, and the rates that follow.

    `counts` holds every disposition (zeros included) and sums to `n_selected`; `held_back` splits the
    held-back ones by reason; `n_invited` leaves out those never written to, `n_eligible` also the
    screened-out ones and those over quota, and is the denominator of all rates but cooperation. A rate is a
    Refusal with code `no-invitations` where nobody was invited.
    """

    counts: dict[Disposition, int]
    held_back: dict[HoldReason, int]
    n_selected: int
    n_invited: int
    n_eligible: int
    response_rate: Estimate | Refusal
    response_rate_with_partials: Estimate | Refusal
    contact_rate: Estimate | Refusal
    refusal_rate: Estimate | Refusal
    cooperation_rate: Estimate | Refusal
    standings: dict[Standing, int] = field(default_factory=dict)
