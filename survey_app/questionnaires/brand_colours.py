"""Colours that people can read: contrast after WCAG 2.2, and the nearest shade of a brand's accent that has enough.

Shades are mixed in OKLab (Björn Ottosson, 2020), where equal steps look equal and a hue stays what it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
# WCAG 2.2: text (1.4.3), and the borders and rings by which controls are seen (1.4.11).
TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0
WHITE, BLACK = "#ffffff", "#000000"
# The paper and ink of respondents' pages, as in templates/layouts/respondent.css.
LIGHT_PAPER, DARK_PAPER = WHITE, "#12161e"
LIGHT_INK, DARK_INK = "#1c2330", "#e9ecf2"
TINT = 0.1
DARK_TINT = 0.18
# Halving the mix so often is finer than a step of a colour.
HALVINGS = 12

Rgb = tuple[float, float, float]
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


@dataclass(frozen=True, slots=True)
class Shade:
    """The accent on one paper: for links, borders and buttons; what is written on it; the tint of a chosen answer."""

    accent: str
    on_accent: str
    tint: str


@dataclass(frozen=True, slots=True)
class Palette:
    """A brand's accent on light and on dark paper; `is_corrected` where the light one is not quite what was chosen."""

    light: Shade
    dark: Shade
    is_corrected: bool


def read_colour(text: str) -> str | None:
    """Return a colour as #rrggbb, or None where the text is none."""
    text = text.strip().lower()
    text = text if text.startswith("#") else f"#{text}"
    if not HEX.fullmatch(text):
        return None
    digits = text[1:]
    return f"#{digits}" if len(digits) == len("rrggbb") else "#" + "".join(digit * 2 for digit in digits)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=200)
def palette_of(accent: str) -> Palette:
    """Return the shades of an accent in which everything on respondents' pages can be read."""
    light, dark = _readable(accent, LIGHT_PAPER, BLACK), _readable(accent, DARK_PAPER, WHITE)
    return Palette(
        light=Shade(light, _written_on(light), mixed(LIGHT_PAPER, light, TINT)),
        dark=Shade(dark, _written_on(dark), mixed(DARK_PAPER, dark, DARK_TINT)),
        is_corrected=light != accent,
    )


def mixed(one: str, other: str, share: float) -> str:
    """Return one colour with a share of another in it, as the eye would mix them."""
    a, b = _lab(one), _lab(other)
    return _hex(tuple(x + (y - x) * share for x, y in zip(a, b, strict=True)))  # type: ignore[arg-type]


def _readable(accent: str, paper: str, towards: str) -> str:
    """Return the shade nearest to an accent that stands out on a paper and on the tint of itself."""
    if _stands_out(accent, paper):
        return accent
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _stands_out(mixed(accent, towards, middle), paper) else (middle, high)
    return mixed(accent, towards, high)


def _stands_out(accent: str, paper: str) -> bool:
    tint = mixed(paper, accent, TINT if paper == LIGHT_PAPER else DARK_TINT)
    return (
        contrast(accent, paper) >= TEXT_CONTRAST
        and contrast(accent, tint) >= CONTROL_CONTRAST
        and contrast(accent, _written_on(accent)) >= TEXT_CONTRAST
    )


def _written_on(accent: str) -> str:
    """Return white or near-black, whichever is read more easily on the accent."""
    return max((WHITE, DARK_PAPER), key=lambda ink: contrast(ink, accent))


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Rgb:
    """Return the light of the three channels, from 0 to 1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)  # noqa: PLR2004 - sRGB
    return red, green, blue


def _lab(colour: str) -> Rgb:
    cones = _times(_TO_CONES, _linear(colour))
    return _times(_TO_LAB, tuple(each ** (1 / 3) for each in cones))


def _hex(lab: Rgb) -> str:
    light = _times(_FROM_CONES, tuple(each**3 for each in _times(_FROM_LAB, lab)))  # type: ignore[arg-type]
    return "#" + "".join(f"{_channel(each):02x}" for each in light)


def _channel(light: float) -> int:
    light = min(max(light, 0.0), 1.0)
    return round(255 * (light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))  # noqa: PLR2004 - sRGB


def _times(matrix: tuple[Rgb, Rgb, Rgb], vector: Rgb) -> Rgb:
    one, two, three = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three
