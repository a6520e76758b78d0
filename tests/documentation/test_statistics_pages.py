"""The statistics pages of docs/ can be followed: their examples run as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.examples import PAGES, failures


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_gives_what_the_page_says(page: Path) -> None:
    wrong = failures(page)
    assert not wrong, "".join(wrong)
