"""Bringing a file in and taking one out, in a real browser: axe in three languages at three widths; no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, FilePayload, Page, expect

from survey_app import create_app
from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from tests.benchmarks.serving import serving
from tests.browser.barriers import WIDTHS, barriers
from tests.browser.test_designer import House, at_work
from tests.chromium import keep_picture
from tests.conftest import environment
from tests.factories.questionnaires import a_survey
from tests.signing_in import make_organisation

pytestmark = pytest.mark.browser
ROOT = Path(__file__).absolute().parents[2]
FOREIGN = {
    "title": "Store visit",
    "pages": [
        {
            "name": "p",
            "elements": [
                {"type": "rating", "name": "satisfied", "title": "How satisfied are you?"},
                {"type": "signaturepad", "name": "sign"},
                {"type": "comment", "name": "why", "visibleIf": "{satisfied} + 1 < 4"},
            ],
        }
    ],
}
FILE: FilePayload = {"name": "visit.json", "mimeType": "application/json", "buffer": json.dumps(FOREIGN).encode()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("interchange")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context(), writing():
        upgrade()
        make_organisation()
        a_survey()
        db.session.commit()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield House(app, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


def look_at_a_file(page: Page) -> None:
    page.goto("/surveys/import")
    page.locator("[name=file]").set_input_files(files=[FILE])
    page.locator("main form .btn-primary").click()
    expect(page.locator("[name=carried]").first).to_be_attached()


def faults(page: Page, name: str) -> list[str]:
    """Return what keeps people out of the page."""
    keep_picture(page, name)
    return [f"{name}: {each}" for each in barriers(page)]


@pytest.mark.parametrize("language", ["en", "vi", "es"])
def test_axe_finds_nothing_on_any_of_these_pages(chromium: Browser, house: House, language: str) -> None:
    with at_work(chromium, house, WIDTHS[-1], language) as page:
        page.goto("/surveys/import")
        found = faults(page, f"import-{language}")
        look_at_a_file(page)
        found += faults(page, f"import-preview-{language}")
        page.locator("[name=code]").fill(f"visit_{language}")
        page.locator("form[action$=confirm] .btn-primary").click()
        page.goto(f"/surveys/visit_{language}/imports")
        found += faults(page, f"import-report-{language}")
        page.goto(f"/surveys/visit_{language}/exports")
        found += faults(page, f"exports-{language}")
        page.locator("form[action$=prints] .btn-primary").click()
        drain(house.app)
        page.wait_for_selector("a[href$='/file']")
        found += faults(page, f"print-{language}")
    assert found == []


def test_a_file_comes_in_and_a_paper_copy_goes_out_without_script(chromium: Browser, house: House) -> None:
    with at_work(chromium, house, java_script_enabled=False) as page:
        look_at_a_file(page)
        expect(page.get_by_text("sign (signaturepad)")).to_be_visible()
        page.get_by_label("Code").fill("without_script")
        page.get_by_role("button", name="Bring it in as a draft").click()
        expect(page.get_by_text("The survey is here as a draft.")).to_be_visible()
        page.goto("/surveys/without_script/exports")
        page.get_by_role("button", name="Make the paper copy").click()
        drain(house.app)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the PDF").click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
