"""A real headless Chromium for the tests that need eyes and hands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.provision import find_browser

QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the machine's Chromium."""
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine: install it, or name it in CHROMIUM=/path/to/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def leave_by(button: Locator) -> None:
    """Press a button and wait for the page it leads to: a click may end before the browser has begun to leave."""
    with button.page.expect_navigation():
        button.click()


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of a page where SURVEY_PICTURES names a folder, for people to look at."""
    folder = os.environ.get("SURVEY_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
