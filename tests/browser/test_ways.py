"""A shared device, a frame in a website and staff's typing, in a real browser with the modules that help them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from survey_app.accounts.sessions import COOKIE_ENTRY
from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.questionnaires.brand import Brand
from tests.browser.barriers import barriers
from tests.browser.test_respondent_pages import DEFINITION
from tests.chromium import keep_picture
from tests.factories.answering import a_fielding, the_responses
from tests.signing_in import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the product on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 820, "height": 1180})
    yield context
    context.close()


@pytest.fixture
def code(app: Flask) -> str:
    """Return the code of an open form with a brand."""
    with app.app_context():
        campaign = a_fielding(DEFINITION, mode="public")
        with writing():
            campaign.kiosk = {"idle_seconds": 40, "thanks_seconds": 5}
            campaign.survey.brand = Brand("#7a0f4a").to_data()
            db.session.commit()
        return str(campaign.public_code)


def answer_all(page: Page) -> None:
    """Answer every page of the form."""
    page.locator("label").filter(has_text="9").first.click()
    page.locator("button.p:visible").click()
    page.locator("#delivery").wait_for()
    page.locator("button.p:visible").click()
    page.locator("textarea").fill("private words")
    page.locator("button.p:visible").click()


def problems(page: Page) -> list[str]:
    """Return the barriers that a machine finds at the width that the page has."""
    size = page.viewport_size
    assert size is not None
    return barriers(page, (size["width"],))


def test_a_shared_device_serves_one_person_after_the_other_and_back_finds_nobody(
    app: Flask, context: BrowserContext, address: str, code: str
) -> None:
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto("about:blank")
    page.goto(f"{address}/k/{code}?lang=en")
    for _person in range(2):
        answer_all(page)
        page.get_by_role("heading", name="Thank you").wait_for()
        page.get_by_role("heading", name="How likely").wait_for(timeout=9000)
        assert page.locator("input:checked").count() == 0
    # All these pages were one visit: one step back leaves the survey.
    page.go_back()
    assert page.url == "about:blank"
    assert said == []
    with app.app_context():
        assert [(each.channel, each.state) for each in the_responses()] == [("kiosk", "completed")] * 2


def test_a_shared_device_asks_before_it_begins_anew_and_can_be_answered(
    app: Flask, context: BrowserContext, address: str, code: str
) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/k/{code}?lang=en")
    page.clock.run_for(120_000)
    warning = page.get_by_role("dialog")
    # Nobody has touched it: nobody is asked.
    assert not warning.is_visible()
    page.locator("label").filter(has_text="3").first.click()
    page.clock.run_for(41_000)
    warning.wait_for()
    assert problems(page) == []
    keep_picture(page, "kiosk-warning")
    page.get_by_role("button", name="Yes, I go on").click()
    page.clock.run_for(30_000)
    assert page.locator("input:checked").get_attribute("value") == "3"
    page.clock.run_for(15_000)
    warning.wait_for()
    page.clock.run_for(16_000)
    expect(page.locator("input:checked")).to_have_count(0)
    assert not warning.is_visible()
    with app.app_context():
        assert the_responses() == []


def test_a_send_that_fails_keeps_what_was_entered_and_says_so(
    app: Flask, context: BrowserContext, address: str, code: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/k/{code}?lang=en")
    page.locator("label").filter(has_text="7").first.click()
    context.set_offline(True)
    page.locator("main button.p").click()
    page.get_by_role("alert").filter(has_text="no connection").wait_for()
    assert page.locator("input:checked").get_attribute("value") == "7"
    keep_picture(page, "kiosk-offline")
    context.set_offline(False)
    page.locator("main button.p").click()
    page.locator("#delivery").wait_for()
    with app.app_context():
        assert [each.answers for each in the_responses()] == [{"nps": 7}]


def test_start_again_works_with_and_without_the_module(app: Flask, chromium: Browser, address: str, code: str) -> None:
    for has_script in (True, False):
        context = chromium.new_context(java_script_enabled=has_script)
        page = context.new_page()
        page.goto(f"{address}/k/{code}?lang=en")
        page.locator("label").filter(has_text="9").first.click()
        page.locator("main button.p").click()
        page.locator("#delivery").wait_for()
        page.get_by_role("button", name="Start again").click()
        page.get_by_role("heading", name="How likely").wait_for()
        assert page.locator("input:checked").count() == 0
        context.close()
    with app.app_context():
        assert [each.state for each in the_responses()] == ["break-off"] * 2


@pytest.fixture
def shop(app: Flask, address: str, code: str) -> Iterator[str]:
    """Serve a website whose page holds our lines, and let it show the form; return its address without the scheme."""
    html = (
        "<!doctype html><html lang=en><title>Shop</title><main><h1>Shop</h1>"
        f'<div data-survey="{address}/e/{code}?lang=en" data-title="Your last purchase">'
        f'<a href="{address}/w/{code}">Take our survey</a></div>'
        f'<script type="module" src="{address}/embed.js"></script></main>'
    ).encode()

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with app.app_context(), writing():
            db.session.query(Campaign).one().embedding_origins = [f"http://localhost:{server.server_port}"]
            db.session.commit()
        yield str(server.server_port)
        server.shutdown()


def test_a_website_shows_the_form_in_a_frame_as_tall_as_its_page(
    app: Flask, context: BrowserContext, address: str, shop: str
) -> None:
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://localhost:{shop}")
    element = page.locator("iframe[title='Your last purchase']")
    element.wait_for()
    page.wait_for_function("document.querySelector('iframe').style.height !== '36rem'")
    form = page.frame(url=lambda url: "/e/" in url)
    assert form
    inside = form.evaluate("document.body.getBoundingClientRect().height")
    assert abs(element.bounding_box()["height"] - inside) <= 2  # type: ignore[index]
    assert problems(page) == []
    keep_picture(page, "embedded")
    form.locator("label").filter(has_text="9").first.click()
    form.locator("button.p").click()
    form.locator("#delivery").wait_for()
    page.wait_for_function("document.querySelector('iframe').style.height !== '36rem'")
    assert context.cookies() == []
    assert {url.split("/")[2] for url in asked} == {address.split("/")[2], f"localhost:{shop}"}
    with app.app_context():
        assert [(each.channel, each.answers) for each in the_responses()] == [("embedded", {"nps": 9})]


def test_another_website_shows_the_link_instead(context: BrowserContext, address: str, shop: str) -> None:
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{shop}")
    page.locator("iframe").wait_for(state="attached")
    assert not page.get_by_role("link", name="Take our survey").is_visible()
    page.get_by_role("link", name="Take our survey").wait_for(timeout=8000)
    frames = [frame for frame in page.frames if frame.url.startswith(address)]
    assert all(frame.locator("form").count() == 0 for frame in frames)


def test_staff_answer_by_digits_and_enter_alone(
    app: Flask, context: BrowserContext, address: str, sign_in: SignIn
) -> None:
    with app.app_context():
        number = a_fielding(DEFINITION, mode="public").id
    with sign_in("agent").session_transaction() as session:
        token = session[COOKIE_ENTRY]
    cookie = app.session_interface.get_signing_serializer(app).dumps({COOKIE_ENTRY: token})  # type: ignore[attr-defined]
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/desk/campaign/{number}?lang=en")
    keep_picture(page, "staff-entry")
    assert problems(page) == []
    for key in ("1", "0", "Enter"):
        page.keyboard.press(key)
    page.locator("#delivery").wait_for()
    # The module that hears digits comes after the page's own text.
    page.wait_for_load_state("load")
    for key in ("4", "Tab", "2", "Tab", "7", "Enter"):
        page.keyboard.press(key)
    page.locator("textarea").wait_for()
    page.wait_for_load_state("load")
    for key in ("2", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="The answers are stored").wait_for()
    assert problems(page) == []
    with app.app_context():
        (response,) = the_responses()
        assert response.channel == "staff"
        expected = {"nps": 10, "delivery": 4, "support": 2, "effort": 7, "usage": "web"}
        assert response.answers == expected


def test_a_scanner_with_a_browser_leaves_no_trace_by_any_way(
    app: Flask, context: BrowserContext, address: str, code: str
) -> None:
    page, sent = context.new_page(), []
    page.on("request", lambda request: sent.append(request.method))
    for way in "wqke":
        page.goto(f"{address}/{way}/{code}?score=9")
        page.mouse.move(200, 200)
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(400)
    assert {*sent} == {"GET"}
    with app.app_context():
        assert the_responses() == []
        assert db.session.query(Campaign).count() == 1
