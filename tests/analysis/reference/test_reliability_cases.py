"""Cronbach's alpha of the blocks of the mobile-phone survey is the published one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.reliability import cronbach_alpha, reliability
from analysis.scores import ScaleAnswers
from analysis.values import Estimate
from analysis.values.reliability import Reliability
from analysis.values.scores import Scale

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "ecsi_mobi.json"

pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the reference case ecsi_mobi is not beside this project")


def test_alpha_and_standardised_alpha_of_every_block_are_reproduced() -> None:
    case = json.loads(CASE.read_text(encoding="utf-8"))
    data = pd.read_csv(REFERENCE / "data" / "ecsi_mobi.csv")
    for block, expected in case["expected"]["path"]["reliability"].items():
        items = np.asarray(data[case["model"]["blocks"][block]], dtype=float)
        if items.shape[1] == 1:
            continue
        answers = ScaleAnswers(items, Scale(1, 10))
        found, alpha = reliability(answers), cronbach_alpha(answers)
        assert isinstance(found, Reliability)
        assert isinstance(alpha, Estimate)
        assert isinstance(found.standardised_alpha, Estimate)
        assert alpha.value == pytest.approx(expected["cronbach_alpha"], abs=1e-9)
        assert found.standardised_alpha.value == pytest.approx(expected["cronbach_alpha_std"], abs=1e-9)
