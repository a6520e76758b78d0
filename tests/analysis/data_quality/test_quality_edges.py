"""Few, empty, uniform and wrong responses: a stated result or a clear error."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.data_quality import Battery, Responses, response_quality
from analysis.values import Refusal
from tests.analysis.carrying import lacks
from tests.analysis.data_quality.surveys import ITEMS, N, battery, honest, quality


@pytest.mark.parametrize("n", [1, 2, 29])
def test_a_handful_of_responses_is_marked_by_itself_only(n: int) -> None:
    found = quality(Responses(honest(n=n), (battery(),), seconds=np.full(n, 50.0)))
    assert not found.count("straight-line").n
    assert {each.figures["check"] for each in found.notes} >= {"speed", "twin-answers", "patterns"}
    assert list(lacks(found)) == []


def test_no_responses_are_refused() -> None:
    found = response_quality(Responses(honest().head(0), (battery(),)))
    assert isinstance(found, Refusal)
    assert found.code == "no-responses"


def test_blank_responses_are_much_missing_and_nothing_else() -> None:
    found = quality(Responses(honest() * np.nan, (battery(),), seconds=np.full(N, 60.0)))
    assert {each.code for own in found.marks for each in own} == {"many-missing"}


def test_everybody_alike_is_marked_and_nothing_is_not_a_number() -> None:
    found = quality(Responses(honest() * 0 + 4, (battery(),), seconds=np.full(N, 60.0)))
    assert found.count("straight-line").n == N
    assert not any(found.suspicious)
    assert list(lacks(found)) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Responses(honest(), seconds=[1.0]), "one row of seconds"),
        (lambda: Responses(honest(), (Battery("b", ("nothing",), 1, 5),)), "no column"),
        (lambda: Battery("b", ITEMS, 5, 5), "no extent"),
        (lambda: Battery("b", ITEMS, 1, 5, ("else",)), "reversed"),
        (lambda: quality(Responses(honest() + 1, (battery(),))), "off the scale"),
        (lambda: quality(Responses(honest().replace(1.0, np.inf))), "infinite"),
        (lambda: quality(Responses(honest(), seconds=np.full(N, -1.0))), "at least zero"),
    ],
)
def test_wrong_input_is_an_error_that_says_what_is_wrong(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()
