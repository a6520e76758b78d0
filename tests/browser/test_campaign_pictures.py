"""A campaign from whom to ask to what came of it, as docs/pictures.md shows it, with the demo's data."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.demonstration import DESKTOP, PHONE, Demo, keep, looking, sign_in
from tests.browser.staff_pages import numbers_in
from tests.browser.test_screenshots import link_of_somebody

pytestmark = pytest.mark.browser
# The picture's name: the page, and what stands on it.
PAGES = {
    "audience": ("/campaigns/{draft}/audience", "customers match"),
    "schedule": ("/campaigns/{draft}/schedule", "When"),
    "review": ("/campaigns/{draft}/review", "What is sent to whom"),
    "results": ("/campaigns/{running}/results?by=language", "Tiếng Việt"),
    "duplicates": ("/customers/{first}/compare/{twin}", "shop:9000"),
    "segment-builder": ("/segments/{segment}/edit", "Customer tier"),
    "suppressions": ("/suppressions", "@"),
}


def test_a_campaigns_way_can_be_followed(chromium: Browser, demo: Demo) -> None:
    numbers = numbers_in(demo)
    with looking(chromium, DESKTOP) as page:
        sign_in(page, demo, "marketer")
        for name, (address, words) in PAGES.items():
            page.goto(demo.address + address.format(**numbers))
            expect(page.locator("main")).to_contain_text(words)
            keep(page, name)


def test_a_customer_sees_their_details_on_a_phone(chromium: Browser, demo: Demo) -> None:
    with looking(chromium, PHONE) as page:
        page.goto(link_of_somebody(demo, "en").replace("/a/", "/p/"))
        expect(page.get_by_role("heading", level=1)).to_have_text("My details and mail")
        keep(page, "page-preferences")


def test_a_mail_can_be_read_in_the_dark(chromium: Browser, demo: Demo) -> None:
    with looking(chromium, PHONE) as page:
        sign_in(page, demo, "marketer")
        page.emulate_media(color_scheme="dark")
        page.goto(f"{demo.address}/campaigns/{numbers_in(demo)['draft']}/mail/body")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(int(part) for part in paper.strip("rgba()").split(",")[:3]) < 64
        keep(page, "mail-dark")
