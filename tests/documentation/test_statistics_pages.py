"""The statistics pages of docs/ can be followed: their examples run as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.examples import PAGES, ROOT, failures

AIRPORT = ROOT.parent / "shared" / "data" / "sfo-airport"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_gives_what_the_page_says(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.name == "airport.md" and not AIRPORT.is_dir():
        pytest.skip(f"no airport surveys at {AIRPORT}")
    monkeypatch.chdir(ROOT)
    wrong = failures(page)
    assert not wrong, "".join(wrong)
