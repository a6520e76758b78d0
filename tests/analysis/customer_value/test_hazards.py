"""What leaving depends on: Cox and log-rank against lifelines and statsmodels."""

from __future__ import annotations

import lifelines
import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test, proportional_hazard_test
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from analysis.customer_value import CoxOptions, Histories, cox, log_rank
from analysis.values import Refusal
from analysis.values.customer_value.persistence import CoxModel, LogRank
from tests.analysis.carrying import lacks

# lifelines calls pandas in a way that the next major version will not know.
OLD_PANDAS = pytest.mark.filterwarnings("ignore:Starting with pandas version")


def _drawn(n: int = 200, *, whole: bool = True, seed: int = 1) -> tuple[Histories, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    columns = {"detractor": (rng.random(n) < 0.3).astype(float), "age": rng.normal(40, 10, n)}
    rate = np.exp(0.7 * columns["detractor"] - 0.02 * (columns["age"] - 40)) / 12
    stay, seen = rng.exponential(1, n) / rate, rng.uniform(0, 40, n)
    times = np.minimum(stay, seen)
    return Histories(np.ceil(times) if whole else times, (stay <= seen).astype(float)), columns


def _model(*args: object, **more: object) -> CoxModel:
    found = cox(*args, **more)
    assert isinstance(found, CoxModel)
    return found


def _coefficients(model: CoxModel) -> list[float]:
    return [each.coefficient.value for each in model.terms]


def _errors(model: CoxModel) -> list[float]:
    return [each.coefficient.se for each in model.terms]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_strata_late_entry_and_ties_agree_with_statsmodels(ties: str) -> None:
    given, columns = _drawn()
    rng = np.random.default_rng(2)
    entries, strata = rng.uniform(0, 0.9, 200) * given.times, rng.integers(0, 3, 200)
    design = np.column_stack(list(columns.values()))
    theirs = PHReg(given.times, design, given.events, entry=entries, strata=strata, ties=ties).fit()
    late = Histories(given.times, given.events, entries)
    ours = _model(late, columns, [str(each) for each in strata], CoxOptions(ties=ties))
    assert _coefficients(ours) == pytest.approx(theirs.params, abs=1e-7)
    assert _errors(ours) == pytest.approx(theirs.bse, abs=1e-7)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-7)
    assert list(lacks(ours)) == []


@OLD_PANDAS
@pytest.mark.filterwarnings("ignore:It appears your weights")
def test_weights_and_clusters_agree_with_lifelines_up_to_g_over_g_minus_one() -> None:
    given, columns = _drawn(whole=False)
    weights, clusters = np.random.default_rng(3).uniform(0.5, 2, 200), np.arange(200) // 4
    frame = pd.DataFrame({**columns, "time": given.times, "event": given.events, "w": weights, "firm": clusters})
    theirs = lifelines.CoxPHFitter().fit(
        frame, "time", "event", weights_col="w", cluster_col="firm", robust=True, fit_options={"precision": 1e-12}
    )
    ours = _model(Histories(given.times, given.events, weights=weights, clusters=clusters), columns)
    assert _coefficients(ours) == pytest.approx(theirs.params_.to_numpy(), abs=1e-6)
    assert _errors(ours) == pytest.approx(theirs.standard_errors_.to_numpy() * np.sqrt(50 / 49), rel=1e-5)


def test_rows_written_twice_change_nothing_when_clustered() -> None:
    given, columns = _drawn(whole=False)
    once = _model(Histories(given.times, given.events, clusters=np.arange(200)), columns, None, CoxOptions("breslow"))
    twice = _model(
        Histories(np.repeat(given.times, 2), np.repeat(given.events, 2), clusters=np.repeat(np.arange(200), 2)),
        {name: np.repeat(values, 2) for name, values in columns.items()},
        None,
        CoxOptions("breslow"),
    )
    assert _coefficients(twice) == pytest.approx(_coefficients(once), abs=1e-9)
    assert _errors(twice) == pytest.approx(_errors(once), rel=1e-9)


@OLD_PANDAS
def test_concordance_and_the_check_of_constant_ratios_agree_with_lifelines() -> None:
    given, columns = _drawn(whole=False)
    frame = pd.DataFrame({**columns, "time": given.times, "event": given.events})
    fitter = lifelines.CoxPHFitter().fit(frame, "time", "event", fit_options={"precision": 1e-12})
    test = proportional_hazard_test(fitter, frame, time_transform="km").summary
    ours = _model(given, columns)
    assert ours.concordance.value == pytest.approx(fitter.concordance_index_, abs=1e-9)
    assert ours.concordance.interval.low < ours.concordance.value < ours.concordance.interval.high
    assert [each.drift_p_value for each in ours.terms] == pytest.approx(
        test.loc[["detractor", "age"], "p"].to_numpy(), rel=0.02
    )


def test_a_ratio_that_turns_over_time_is_said() -> None:
    rng = np.random.default_rng(4)
    group = (rng.random(600) < 0.5).astype(float)
    early = rng.exponential(1, 600) / np.where(group == 1, 0.4, 0.1)
    late = 5 + rng.exponential(1, 600) / np.where(group == 1, 0.05, 0.3)
    times = np.where(early < 5, early, late)
    ours = _model(Histories(times, np.ones(600)), {"group": group})
    assert [(each.code, each.figures["covariate"]) for each in ours.notes] == [("hazards-not-proportional", "group")]


def test_too_few_departures_for_the_covariates_are_refused() -> None:
    given, columns = _drawn(24)
    found = cox(given, columns)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["needed"]) == ("too-few-departures", 20)


def test_a_group_that_never_leaves_is_refused_as_separated() -> None:
    given, _ = _drawn()
    stays = np.where(np.arange(200) < 60, 1.0, 0.0)
    found = cox(Histories(given.times, given.events * (1 - stays)), {"stays": stays})
    assert isinstance(found, Refusal)
    assert found.code == "separated"


def test_constant_and_doubled_covariates_are_refused() -> None:
    given, columns = _drawn()
    for more in ({"same": np.full(200, 3.0)}, {"double": 2 * columns["age"] + 1}):
        found = cox(given, columns | more)
        assert isinstance(found, Refusal)
        assert found.code == "dependent-covariates"


def test_units_and_order_of_covariates_and_rows_change_nothing() -> None:
    given, columns = _drawn()
    order = np.random.default_rng(5).permutation(200)
    plain = _model(given, columns)
    moved = _model(
        Histories(given.times[order] * 30, given.events[order]),
        {"age": columns["age"][order] * 1e6 + 5, "detractor": columns["detractor"][order]},
    )
    assert moved.terms[1].coefficient.value == pytest.approx(plain.terms[0].coefficient.value, rel=1e-9)
    assert moved.terms[0].coefficient.value * 1e6 == pytest.approx(plain.terms[1].coefficient.value, rel=1e-7)
    assert moved.concordance.value == pytest.approx(plain.concordance.value, abs=1e-12)
    assert moved.proportionality.p_value == pytest.approx(plain.proportionality.p_value, rel=1e-6)


def test_missing_covariates_are_left_out_and_infinite_ones_an_error() -> None:
    given, columns = _drawn()
    holed = columns | {"age": np.where(np.arange(200) < 7, np.nan, columns["age"])}
    found = _model(given, holed)
    assert found.base.n == 193
    assert [each.code for each in found.notes][:1] == ["missing-left-out"]
    with pytest.raises(ValueError, match="age"):
        cox(given, columns | {"age": np.full(200, np.inf)})
    with pytest.raises(ValueError, match="plan does not hold numbers"):
        cox(given, columns | {"plan": np.array(["basic", "plus"] * 100)})
    with pytest.raises(ValueError, match="at least one covariate"):
        cox(given, {})
    with pytest.raises(ValueError, match="efron or breslow"):
        CoxOptions(ties="exact")


@OLD_PANDAS
def test_the_log_rank_test_agrees_with_lifelines_for_three_groups_and_statsmodels_in_strata() -> None:
    given, _ = _drawn()
    rng = np.random.default_rng(6)
    groups, strata = rng.integers(0, 3, 200), rng.integers(0, 2, 200)
    ours = log_rank(given, [f"g{each}" for each in groups])
    theirs = multivariate_logrank_test(given.times, groups, given.events)
    assert isinstance(ours, LogRank)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.test_statistic, theirs.p_value), rel=1e-9)
    assert sum(each.observed for each in ours.groups) == pytest.approx(sum(each.expected for each in ours.groups))
    layered = log_rank(given, [f"g{each}" for each in groups], [f"s{each}" for each in strata])
    assert isinstance(layered, LogRank)
    chisq, p_value = survdiff(given.times, given.events, groups, strata=strata)
    assert (layered.statistic, layered.p_value) == pytest.approx((chisq, p_value), rel=1e-12)
    assert list(lacks(layered)) == []
    numbered = log_rank(given, groups.tolist())
    assert isinstance(numbered, LogRank)
    assert (numbered.statistic, [each.group for each in numbered.groups]) == (ours.statistic, ["0", "1", "2"])


def test_a_missing_group_is_no_group() -> None:
    given, _ = _drawn()
    named: list[object] = ["a", "b"] * 100
    for missing in (None, np.nan, ""):
        found = log_rank(given, [missing, missing, *named[2:]])
        assert isinstance(found, LogRank)
        assert [each.group for each in found.groups] == ["a", "b"]
        assert (found.base.n, found.notes[0].figures["n"]) == (198, 2)


def test_the_robust_log_rank_test_knows_that_rows_repeat() -> None:
    given, columns = _drawn(whole=False)
    labels = [str(each) for each in columns["detractor"]]
    once = log_rank(Histories(given.times, given.events, clusters=np.arange(200)), labels)
    thrice = log_rank(
        Histories(np.repeat(given.times, 3), np.repeat(given.events, 3), clusters=np.repeat(np.arange(200), 3)),
        [each for each in labels for _ in range(3)],
    )
    assert isinstance(once, LogRank)
    assert isinstance(thrice, LogRank)
    assert thrice.statistic == pytest.approx(once.statistic, rel=1e-9)
    assert once.method == "log-rank-robust"


def test_one_group_small_groups_and_groups_never_together_are_refused() -> None:
    given, _ = _drawn()
    codes = []
    for labels in (["a"] * 200, ["a"] * 197 + ["b"] * 3, [None] * 200):
        found = log_rank(given, labels)
        assert isinstance(found, Refusal)
        codes.append(found.code)
    apart = log_rank(
        Histories(np.append(np.arange(1.0, 21), np.arange(31.0, 51)), np.ones(40), np.repeat([0.0, 25.0], 20)),
        ["a"] * 20 + ["b"] * 20,
    )
    assert isinstance(apart, Refusal)
    assert [*codes, apart.code] == ["one-group", "base-too-small", "one-group", "groups-never-at-risk-together"]
    with pytest.raises(ValueError, match="200 customers but 3 labels"):
        log_rank(given, ["a", "b", "c"])
