"""Every pair of colours that text stands in can be read, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "survey_app/static/tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme: dark)")
READABLE = 4.5
VISIBLE = 3.0
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "bad", "good", "warn") for ground in ("paper", "surface")],
    *[("ink", ground) for ground in ("sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft")],
    *[(kind, f"{kind}-soft") for kind in ("good", "warn", "bad")],
    ("ink-soft", "sunken"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent-strong", "accent-soft"),
]


def colour(sheet: str, name: str) -> str:
    found = re.search(rf"--{name}: #([0-9a-f]{{6}});", sheet)
    assert found, name
    return found.group(1)


def luminance(code: str) -> float:
    parts = [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(sheet: str, one: str, other: str) -> float:
    darker, lighter = sorted(luminance(colour(sheet, name)) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("sheet", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(sheet: str, ink: str, ground: str) -> None:
    assert contrast(sheet, ink, ground) >= READABLE


@pytest.mark.parametrize("sheet", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_the_edge_of_a_control_can_be_seen(sheet: str, ground: str) -> None:
    assert contrast(sheet, "line-strong", ground) >= VISIBLE


def test_no_other_stylesheet_of_the_staff_pages_names_a_colour() -> None:
    sheet = (Path(__file__).parents[2] / "survey_app/static/staff.css").read_text(encoding="utf-8")
    assert not re.findall(r":[^;{]*#[0-9a-f]{3,8}\b", sheet)
