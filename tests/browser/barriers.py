"""What keeps people out of a page, as far as a machine can find it: axe, and scrolling sideways."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOK = """async rules => {
  const root = document.documentElement;
  const looked = rules ? await axe.run(document, { ...rules, resultTypes: ["violations"] }) : { violations: [] };
  const sideways = root.scrollWidth > root.clientWidth ? ["scrolls sideways"] : [];
  return [...looked.violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)}`), ...sideways];
}"""


# Rules of structure and colour hold in one language as in another; what other words can break is the narrowest page.
NARROW = WIDTHS[:1]


def widths_in(language: str) -> tuple[int, ...]:
    """Return at which widths a page is looked at in this language: at all in the first, where it is tight in others."""
    return WIDTHS if language == "en" else NARROW


def barriers(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return what is wrong with the page that the browser shows, at each of these widths.

    Rules are gone through at the narrowest and the widest; between them a page can only scroll sideways.
    """
    found = []
    page.evaluate(AXE_SCRIPT)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        wrong: list[Any] = page.evaluate(LOOK, RULES if width in {min(widths), max(widths)} else None)
        found += [f"{width} px: {each}" for each in wrong]
    return found
