"""Results travel as plain data, and a codebook knows its items."""

from __future__ import annotations

import json
import math

import pytest

from analysis.fieldwork import fieldwork
from analysis.scores import Answers
from analysis.trends import trend
from analysis.values import Codebook, Item, Role, as_data
from analysis.values.fieldwork import Disposition
from analysis.values.scores import Kind, Measure
from analysis.values.trends import Period


def test_a_whole_trend_becomes_json() -> None:
    labels = [label for label in "abcdefgh" for _ in range(30)]
    timeline = [Period(label, i) for i, label in enumerate("abcdefgh")]
    found = as_data(trend(Answers([9.0, 3.0, 8.0] * 80), labels, timeline, Measure(Kind.NET_PROMOTER)))
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again["test"]["verdict"] == "no-clear-change"
    assert again["points"][0]["estimate"]["base"]["n"] == 30
    assert again["compared"] == ["g", "h"]


def test_dispositions_are_keyed_by_their_codes() -> None:
    found = as_data(fieldwork({Disposition.COMPLETED: 3, Disposition.NO_REPLY: 1}))
    assert found["counts"]["no-reply"] == 1
    assert found["response_rate"]["value"] == 0.75


@pytest.mark.parametrize("figure", [math.nan, math.inf])
def test_what_is_no_number_becomes_null(figure: float) -> None:
    assert as_data({"p": (figure, 1.5)}) == {"p": [None, 1.5]}


def test_a_codebook_finds_items_by_code_and_by_role() -> None:
    items = (Item("q1", "nps", Role.OUTCOME, {}), Item("q2", "likert", Role.DRIVER, {}))
    codebook = Codebook(items, "q1")
    assert codebook.item("q2") is items[1]
    assert codebook.with_role(Role.DRIVER) == (items[1],)
    with pytest.raises(KeyError, match="q9"):
        codebook.item("q9")
