"""Cells that spreadsheets would run are kept from it in every export, and nothing of them is lost."""

from __future__ import annotations

import pytest

from survey_app.web.csv_cells import guarded, unguarded

LIVE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u2060\u202e=1",
    "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A", "\ufe661", "\ufe621", "\ufe631", "\ufe6bA", "\u3164=1", "\u115f=1",
    "\u2800=1", "\u034f=1", "\ufe0f=1", "\U000e0100=1", "\0=1", "\x1f=1", "\t", "\r",
)  # fmt: skip
HARMLESS = ("", "1", "plain", "'quoted", "a=1", "Nguyễn", "中文", "\u200b", "(1)", "1-2")


@pytest.mark.parametrize("text", LIVE, ids=ascii)
def test_a_live_cell_is_led_by_an_apostrophe_and_kept_whole(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_numbers_that_are_numbers_stay_numbers() -> None:
    assert [guarded(-1), guarded(0.5), guarded(True)] == ["-1", "0.5", "True"]
