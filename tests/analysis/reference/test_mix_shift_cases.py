"""The reference case of a mix shift holds, number by number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparisons import MixedAnswers, MixTable, mix_shift, mix_shift_of_table
from analysis.scores import Answers
from analysis.values import Estimate
from analysis.values.mix_shift import MixShift
from analysis.values.scores import Kind, Measure, Scale

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
CASE = REFERENCE / "cases" / "mixshift_a.json"

pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the reference case mixshift_a is not beside this project")


def _case() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CASE.read_text(encoding="utf-8"))
    return loaded


def _rows() -> list[dict[str, str]]:
    with (REFERENCE / "data" / "mixshift_a.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _numbers(name: str) -> list[float]:
    return [float(row[name]) for row in _rows()]


def _of_table() -> MixShift:
    sizes, scores = ("n_before", "n_after"), ("score_before", "score_after")
    table = MixTable([row["segment"] for row in _rows()], *(_numbers(name) for name in (*sizes, *scores)))
    return mix_shift_of_table(table)


def _of_answers() -> MixShift:
    """Return the same from answers: everybody in a segment gives its score."""
    periods = []
    for when in ("before", "after"):
        n = [int(each) for each in _numbers(f"n_{when}")]
        segments = np.repeat([row["segment"] for row in _rows()], n).tolist()
        periods.append(MixedAnswers(Answers(np.repeat(_numbers(f"score_{when}"), n)), segments))
    found = mix_shift(periods[0], periods[1], Measure(Kind.MEAN, Scale(0, 100)))
    assert isinstance(found, MixShift)
    return found


@pytest.mark.parametrize("found", [_of_table, _of_answers])
def test_every_part_of_the_change_is_reproduced(found: Any) -> None:
    case, made = _case(), found()
    expected, exact = case["expected"], case["tolerance"]["exact_abs"]
    assert made.before.value == pytest.approx(expected["before"], abs=exact)
    assert made.after.value == pytest.approx(expected["after"], abs=exact)
    assert made.total.value == pytest.approx(expected["total"], abs=exact)
    for name, value in expected["two_way"].items():
        assert getattr(made, name).value == pytest.approx(value, abs=exact), name
    for name, value in expected["three_way"].items():
        assert getattr(made.three_way, name).value == pytest.approx(value, abs=exact), name
    for each in made.segments:
        assert isinstance(each.rate, Estimate)
        assert isinstance(each.mix, Estimate)
        assert each.rate.value == pytest.approx(expected["segment_rate"][each.segment], abs=exact)
        assert each.mix.value == pytest.approx(expected["segment_mix_centred"][each.segment], abs=exact)


def test_the_reversal_is_announced() -> None:
    made = _of_table()
    assert made.reversal is not None
    assert made.reversal.every
    assert "simpson-reversal" in [note.code for note in made.notes]
