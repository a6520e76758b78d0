"""A label is a name, whatever it comes as; a missing one is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.labels import label_of, labels_of


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Süd", "Süd"),
        (3, "3"),
        (np.int64(3), "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (True, "True"),
        (np.bool_(False), "False"),
    ],
)
def test_every_value_has_a_name(given: object, name: str) -> None:
    assert label_of(given) == name


@pytest.mark.parametrize("given", [None, np.nan, "", pd.NA, pd.NaT])
def test_a_missing_label_is_the_empty_text(given: object) -> None:
    assert label_of(given) == ""


def test_labels_of_any_column_are_plain_texts() -> None:
    column = pd.Series(pd.Categorical(["b", None, "a"]))
    assert labels_of(column.tolist()) == ["b", "", "a"]
    assert {type(each) for each in labels_of(np.array(["b", "a"]).tolist() + list(np.array(["c"])))} == {str}
