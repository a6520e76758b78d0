"""If ratings were better: least squares and its error, cut at the end of the scale, refused where nobody was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.drivers import DriverBattery, DriverOptions, RatingScale, Supposition, what_if
from analysis.respondents import respondents
from analysis.values import Refusal
from analysis.values.what_if import OutcomeMeasure, WhatIf
from tests.analysis.carrying import lacks
from tests.analysis.drivers.batteries import QUICK, a_battery, codes, with_gaps

SCALE = RatingScale(0, 10)


def answered(seed: int = 1, n: int = 600) -> tuple[np.ndarray, pd.DataFrame]:
    outcome, ratings = a_battery(seed, n)
    return np.clip(np.rint(outcome + 2), 0, 10), ratings


def supposed(raises: dict[str, float], **more: object) -> Supposition:
    return Supposition(raises, outcome_scale=SCALE, model=QUICK, **more)  # type: ignore[arg-type]


def ask(raises: dict[str, float], seed: int = 1, **more: object) -> WhatIf:
    outcome, ratings = answered(seed)
    found = what_if(outcome, DriverBattery(ratings), supposed(raises, **more), np.random.default_rng(1))
    assert isinstance(found, WhatIf), found
    return found


def test_the_change_is_slope_times_mean_rise_cut_at_the_end_of_the_scale() -> None:
    outcome, ratings = answered()
    fit = sm.OLS(outcome, sm.add_constant(ratings)).fit()
    rise = np.minimum(ratings["food"] + 1, 5) - ratings["food"]
    found = ask({"food": 1})
    assert found.change.value == pytest.approx(fit.params["food"] * rise.mean(), abs=1e-10)
    assert found.now.value == pytest.approx(outcome.mean())
    assert found.then.value == pytest.approx(outcome.mean() + found.change.value)
    assert found.lifts[0].mean_lift == pytest.approx(rise.mean())
    assert found.lifts[0].share_capped == pytest.approx((ratings["food"] > 4).mean())
    assert list(lacks(found)) == []


def test_the_error_is_that_of_the_bootstrap() -> None:
    outcome, ratings = answered()
    rng, changes = np.random.default_rng(3), []
    for _ in range(1500):
        rows = rng.integers(0, len(outcome), len(outcome))
        drawn = ratings.to_numpy()[rows]
        slopes = np.linalg.lstsq(np.column_stack([np.ones(len(rows)), drawn]), outcome[rows], rcond=None)[0]
        changes.append(slopes[1] * (np.minimum(drawn[:, 0] + 1, 5) - drawn[:, 0]).mean())
    assert ask({"food": 1}).change.se == pytest.approx(np.std(changes), rel=0.08)


def test_the_parts_of_several_raises_add_up_whatever_their_order() -> None:
    both = ask({"signs": 0.5, "food": 1})
    assert sum(each.part.value for each in both.lifts) == pytest.approx(both.change.value, abs=1e-12)
    assert ask({"food": 1, "signs": 0.5}).change.value == pytest.approx(both.change.value, abs=1e-12)


def test_better_means_lower_where_lower_is_better() -> None:
    outcome, ratings = answered()
    turned = ratings.assign(food=6 - ratings["food"])
    battery = DriverBattery(turned, scales={"food": RatingScale(1, 5, higher_is_better=False)})
    found = what_if(outcome, battery, supposed({"food": 1}), np.random.default_rng(1))
    assert isinstance(found, WhatIf)
    assert found.change.value == pytest.approx(ask({"food": 1}).change.value, abs=1e-10)


def test_net_promoter_score_and_top_box_are_modelled_on_their_own_scale() -> None:
    outcome, ratings = answered()
    scores = 100.0 * ((outcome >= 9).astype(float) - (outcome <= 6))
    fit = sm.OLS(scores, sm.add_constant(ratings)).fit()
    rise = (np.minimum(ratings["food"] + 1, 5) - ratings["food"]).mean()
    found = ask({"food": 1}, measure=OutcomeMeasure.NET_PROMOTER_SCORE)
    assert found.change.value == pytest.approx(fit.params["food"] * rise, abs=1e-9)
    assert (found.now.value, found.change.unit) == (pytest.approx(scores.mean()), "difference-points")
    assert "linear-in-shares" in codes(found.notes)
    share = ask({"food": 1}, measure=OutcomeMeasure.TOP_BOX, top_box_from=6)
    assert share.now.value == pytest.approx((outcome >= 6).mean())
    assert share.change.unit == "difference-share"


def test_those_who_found_it_not_applicable_are_not_lifted_and_blanks_are_imputed() -> None:
    outcome, ratings = answered()
    holed, absent = with_gaps(ratings)
    found = what_if(outcome, DriverBattery(holed, absent), supposed({"signs": 1}), np.random.default_rng(1))
    assert isinstance(found, WhatIf)
    assert found.n_imputations == 4
    assert found.method == "linear-model-pooled"
    assert 0 < found.lifts[0].mean_lift < ask({"signs": 1}).lifts[0].mean_lift


def test_weights_and_clusters_count() -> None:
    outcome, ratings = answered(n=400)
    doubled, twice = pd.concat([ratings, ratings], ignore_index=True), np.tile(outcome, 2)
    clusters = respondents(800, clusters=np.tile(np.arange(400), 2))
    once = respondents(400, clusters=np.arange(400))
    rng = np.random.default_rng(1)
    found = what_if(twice, DriverBattery(doubled), supposed({"food": 1}), rng, clusters)
    plain = what_if(outcome, DriverBattery(ratings), supposed({"food": 1}), rng, once)
    assert isinstance(found, WhatIf)
    assert isinstance(plain, WhatIf)
    assert found.change.se == pytest.approx(plain.change.se, rel=2e-3)
    heavy = what_if(
        outcome,
        DriverBattery(ratings),
        supposed({"food": 1}),
        rng,
        respondents(400, np.where(ratings["food"] > 3, 5, 1)),
    )
    assert isinstance(heavy, WhatIf)
    assert heavy.lifts[0].mean_lift < plain.lifts[0].mean_lift


def test_what_nobody_was_observed_at_is_refused() -> None:
    outcome, ratings = answered()
    unseen = what_if(
        outcome,
        DriverBattery(ratings, scales={"food": RatingScale(1, 7)}),
        supposed({"food": 1}),
        np.random.default_rng(1),
    )
    assert isinstance(unseen, Refusal)
    assert (unseen.code, unseen.figures["highest"]) == ("beyond-observed-ratings", 5.0)
    two = ratings.assign(again=ratings["food"] + np.random.default_rng(1).choice([-0.01, 0.01], len(ratings)))
    scales = {"again": RatingScale(0, 6)}
    battery = DriverBattery(two.clip(upper=5), scales=scales)
    apart = what_if(outcome, battery, supposed({"food": -2}), np.random.default_rng(1))
    assert isinstance(apart, Refusal)
    assert apart.code == "beyond-observed-combinations"


def test_a_rating_that_cannot_enter_is_refused_and_one_that_does_not_exist_raises() -> None:
    outcome, ratings = answered()
    battery = DriverBattery(ratings.assign(flat=3.0))
    found = what_if(outcome, battery, supposed({"flat": 1}), np.random.default_rng(1))
    assert isinstance(found, Refusal)
    assert found.code == "driver-not-in-model"
    few = what_if(outcome[:40], DriverBattery(ratings.head(40)), supposed({"food": 1}), np.random.default_rng(1))
    assert isinstance(few, Refusal)
    assert few.code == "base-too-small"
    with pytest.raises(ValueError, match="no rating 'taste'"):
        what_if(outcome, battery, supposed({"taste": 1}), np.random.default_rng(1))
    with pytest.raises(ValueError, match="at least one rating"):
        Supposition({})
    with pytest.raises(ValueError, match="from 0 to 10"):
        Supposition({"food": 1}, OutcomeMeasure.NET_PROMOTER_SCORE, RatingScale(1, 10))
    with pytest.raises(ValueError, match="top_box_from"):
        Supposition({"food": 1}, OutcomeMeasure.TOP_BOX)


def test_the_name_of_a_measure_stands_for_it_and_another_name_is_refused() -> None:
    assert ask({"food": 1}, measure="net-promoter-score") == ask({"food": 1}, measure=OutcomeMeasure.NET_PROMOTER_SCORE)
    with pytest.raises(ValueError, match="median"):
        ask({"food": 1}, measure="median")


def test_nobody_in_the_top_box_is_refused() -> None:
    outcome, ratings = answered()
    question = Supposition({"food": 1}, OutcomeMeasure.TOP_BOX, SCALE, top_box_from=11, model=DriverOptions())
    found = what_if(outcome, DriverBattery(ratings), question, np.random.default_rng(1))
    assert isinstance(found, Refusal)
    assert found.code == "outcome-constant"
