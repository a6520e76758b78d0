"""The rates and intervals of the live pages are those of the reports, by the standard library alone."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparisons.procedures import newcombe as analysed_difference
from analysis.fieldwork import fieldwork
from analysis.values.estimates import Estimate, Refusal
from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.figures.rates import fieldwork_of
from survey_app.campaigns.figures.shares import newcombe
from survey_app.campaigns.sending.experiments import Arm, ExperimentVerdict, compare

RATES = ("response_rate", "response_rate_with_partials", "contact_rate", "refusal_rate", "cooperation_rate")
counts = st.dictionaries(st.sampled_from(Disposition), st.integers(0, 4000))


@given(counts, st.sampled_from(HoldReason))
def test_live_rates_are_those_of_the_report(found: dict[Disposition, int], reason: HoldReason) -> None:
    held_back = {reason: found.get(Disposition.HELD_BACK, 0)}
    live, reported = fieldwork_of(found, held_back), fieldwork(found, held_back)
    assert (live.counts, live.held_back, live.standings) == (reported.counts, reported.held_back, reported.standings)
    assert (live.n_selected, live.n_invited, live.n_eligible) == (
        *(reported.n_selected, reported.n_invited),
        reported.n_eligible,
    )
    for name in RATES:
        one, other = getattr(live, name), getattr(reported, name)
        if isinstance(other, Refusal):
            assert one == other
            continue
        assert isinstance(one, Estimate)
        assert (one.value, one.base, one.method, one.source) == (other.value, other.base, other.method, other.source)
        assert one.interval is not None
        assert (one.interval.low, one.interval.high) == pytest.approx(
            (other.interval.low, other.interval.high), abs=1e-9
        )
        assert one.interval.method == other.interval.method


@given(st.integers(1, 3000), st.integers(1, 3000), st.data())
def test_two_wordings_are_compared_as_the_analysis_compares_shares(n1: int, n2: int, data: st.DataObject) -> None:
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    ours, theirs = newcombe((k1, n1), (k2, n2)), analysed_difference((k1 / n1, n1), (k2 / n2, n2), 0.95)
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=1e-7)
    assert (ours.p_value < 0.05) == (ours.low > 0 or ours.high < 0) or abs(ours.p_value - 0.05) < 1e-6


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((1000, 200), (1000, 300), ExperimentVerdict.B_BETTER),
        ((1000, 300), (1000, 200), ExperimentVerdict.A_BETTER),
        ((1000, 200), (1000, 210), ExperimentVerdict.NOT_CLEAR),
        ((10, 0), (10, 9), ExperimentVerdict.TOO_FEW),
        ((0, 0), (0, 0), ExperimentVerdict.TOO_FEW),
        ((500, 0), (500, 0), ExperimentVerdict.TOO_FEW),
        ((500, 500), (500, 500), ExperimentVerdict.TOO_FEW),
    ],
)
def test_a_wording_is_better_only_where_the_test_is_clear(
    a: tuple[int, int], b: tuple[int, int], expected: ExperimentVerdict
) -> None:
    found = compare(Arm(*a), Arm(*b))
    assert found.verdict is expected
    assert found.better == {"a-better": "a", "b-better": "b"}.get(expected.value)


def test_among_equal_wordings_about_one_of_twenty_trials_looks_clear() -> None:
    chance = random.Random(20)  # noqa: S311 - a simulation that is the same every time
    seen = Counter(
        compare(*(Arm(400, sum(chance.random() < 0.3 for _ in range(400))) for _ in "ab")).better is not None
        for _ in range(400)
    )
    assert seen[True] / 400 == pytest.approx(0.05, abs=0.03)
