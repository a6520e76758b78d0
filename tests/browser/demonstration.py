"""The demo story, served to a real browser, for tests of many pages; `make screenshots` keeps pictures of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from survey_app import create_app
from survey_app.demo.places import COMPANY
from survey_app.demo.story import N_CUSTOMERS, Loaded, Plan, load_story
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from tests.benchmarks.serving import serving
from tests.conftest import environment

ROOT = Path(__file__).absolute().parents[2]
PICTURES = os.environ.get("SURVEY_SCREENSHOTS")
# Pictures show the whole story; a check of the pages needs only some of it.
CUSTOMERS = N_CUSTOMERS if PICTURES else 600
PHONE = {"width": 375, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Where the designer's three parts stand side by side.
WIDE = {"width": 1440, "height": 900}
SURVEY_TITLE = f"{COMPANY} customer satisfaction"
AGENT = "agent-us@roble-sen.example"


@dataclass(frozen=True)
class Demo:
    """The demo story, served."""

    app: Flask
    loaded: Loaded
    address: str

    def password_of(self, email: str) -> str:
        return next(each.password for each in self.loaded.credentials if each.account.email == email)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    environ = {**environment(f"sqlite:///{folder / 'survey.db'}"), "PYTHONPATH": str(ROOT)}
    app = create_app(environ)
    with app.app_context():
        upgrade()
        with writing():
            loaded = load_story(Plan(datetime.now(UTC), n_customers=CUSTOMERS))
            db.session.commit()
        run_now(db.session.scalars(select(Job).where(Job.name == "reports.compute")).one(), tell=lambda _note: None)
        db.session.remove()
        db.engine.dispose()
    with serving("wsgi:app", environ, folder, "--preload") as server:
        yield Demo(app, loaded, f"http://127.0.0.1:{server.port}")
    with app.app_context():
        db.engine.dispose()


@contextmanager
def looking(chromium: Browser, size: dict[str, int]) -> Iterator[Page]:
    """Open a page that must load everything it asks for and raise no error."""
    context = chromium.new_context(viewport=size, locale="en-US")
    page, problems = context.new_page(), list[str]()
    # A form that is refused in words is no error of ours; the browser notes its status all the same.
    told = "the server responded with a status of 422"
    page.on(
        "console", lambda said: problems.append(said.text) if said.type == "error" and told not in said.text else None
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def sign_in(page: Page, demo: Demo, role: str) -> None:
    email = f"{role}@roble-sen.example"
    page.goto(f"{demo.address}/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(demo.password_of(email))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def meet(page: Page, heading: str) -> None:
    """Find the one main heading, and a title that says where one is, on a page that scrolls only downwards."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert COMPANY in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def keep(page: Page, name: str, beginning: str = "body") -> None:
    """Keep a picture of what the screen shows from this element on, where SURVEY_SCREENSHOTS names a folder."""
    page.locator(beginning).evaluate("element => element.scrollIntoView({behavior: 'instant'})")
    if PICTURES:
        page.wait_for_load_state("networkidle")
        path = ROOT / PICTURES / f"{name}.png"
        page.screenshot(path=path)
        # A table of colours is enough for pages, at a third of the size.
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(colors=160, dither=Image.Dither.NONE).save(path, optimize=True)
