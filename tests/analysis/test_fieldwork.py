"""Every selected customer is counted once, and the rates are AAPOR's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analysis.fieldwork import fieldwork
from analysis.values import Estimate, Refusal
from analysis.values.fieldwork import STANDINGS, Disposition, Fieldwork, HoldReason, Standing

CAMPAIGN = {
    Disposition.COMPLETED: 180,
    Disposition.PARTIAL: 20,
    Disposition.BREAK_OFF: 15,
    Disposition.REFUSED: 5,
    Disposition.UNSUBSCRIBED: 10,
    Disposition.NO_REPLY: 700,
    Disposition.BOUNCED: 60,
    Disposition.FAILED: 10,
    Disposition.SCREENED_OUT: 25,
    Disposition.HELD_BACK: 100,
    Disposition.NOT_YET_SENT: 40,
}
RATES = ("response_rate", "response_rate_with_partials", "contact_rate", "refusal_rate", "cooperation_rate")


def _rate(found: Fieldwork, name: str) -> Estimate:
    rate = getattr(found, name)
    assert isinstance(rate, Estimate)
    return rate


@pytest.mark.parametrize(
    ("name", "counted", "among"),
    [
        ("response_rate", 180, 1000),
        ("response_rate_with_partials", 200, 1000),
        ("contact_rate", 230, 1000),
        ("refusal_rate", 30, 1000),
        ("cooperation_rate", 180, 230),
    ],
)
def test_each_rate_has_the_numerator_and_denominator_of_aapor(name: str, counted: int, among: int) -> None:
    rate = _rate(fieldwork(CAMPAIGN), name)
    assert rate.value == pytest.approx(counted / among)
    assert rate.base.n == among
    assert rate.interval is not None
    assert (rate.interval.low, rate.interval.high) == pytest.approx(proportion_confint(counted, among, method="wilson"))


def test_those_held_back_or_waiting_or_not_eligible_lower_no_rate() -> None:
    found = fieldwork(CAMPAIGN)
    assert (found.n_selected, found.n_invited, found.n_eligible) == (1165, 1025, 1000)


def test_every_disposition_has_a_standing() -> None:
    assert set(STANDINGS) == set(Disposition)
    assert set(STANDINGS.values()) == set(Standing)


@given(st.dictionaries(st.sampled_from(Disposition), st.integers(0, 50)))
def test_the_counts_always_add_up(counts: dict[Disposition, int]) -> None:
    found = fieldwork(counts)
    assert set(found.counts) == set(Disposition)
    assert sum(found.counts.values()) == found.n_selected == sum(counts.values()) == sum(found.standings.values())
    assert sum(found.held_back.values()) == found.counts[Disposition.HELD_BACK]
    for name in RATES:
        rate = getattr(found, name)
        assert isinstance(rate, Refusal) or 0 <= rate.value <= 1


@pytest.mark.parametrize("counts", [{}, {Disposition.HELD_BACK: 9}, {Disposition.NOT_YET_SENT: 9}])
def test_where_nobody_was_invited_no_rate_applies(counts: dict[Disposition, int]) -> None:
    found = fieldwork(counts)
    for name in RATES[:4]:
        rate = getattr(found, name)
        assert isinstance(rate, Refusal)
        assert rate.code == "no-invitations"
    assert found.n_selected == sum(counts.values())


def test_where_nobody_was_reached_there_is_a_response_rate_of_zero_and_no_cooperation() -> None:
    found = fieldwork({Disposition.NO_REPLY: 50})
    assert _rate(found, "response_rate").value == 0
    assert isinstance(found.cooperation_rate, Refusal)
    assert found.cooperation_rate.code == "no-contacts"


def test_reasons_split_those_held_back() -> None:
    found = fieldwork({Disposition.HELD_BACK: 5}, {HoldReason.NO_CONSENT: 3, HoldReason.RECENTLY_ASKED: 2})
    assert found.held_back[HoldReason.NO_CONSENT] == 3
    assert found.held_back[HoldReason.OTHER] == 0


def test_reasons_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="4 of 5"):
        fieldwork({Disposition.HELD_BACK: 5}, {HoldReason.NO_CONSENT: 4})


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        fieldwork({Disposition.COMPLETED: -1})
