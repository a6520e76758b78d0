"""How a survey looks to its respondents: an accent colour, a logo, the name that sends its mails. Nothing else.

Neither scripts nor styles of one's own: what people can choose here can break no page and read nobody's answers.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from survey_app.questionnaires.brand_colours import Palette, Shade, palette_of, read_colour

LONGEST_NAME = 80
LONGEST_LOGO_TEXT = 120


@dataclass(frozen=True, slots=True)
class Brand:
    """What was chosen; empty values stand for the house's own."""

    # As #rrggbb, just as it was chosen; pages use the nearest shades that can be read.
    accent: str = ""
    # The fingerprint under which the logo is kept, its size as shown, and what it says to those who don't see it.
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    logo_text: str = ""
    # Who the mails are from.
    sender_name: str = ""

    @property
    def palette(self) -> Palette | None:
        """Return the accent's shades, or None for the house's own."""
        return palette_of(self.accent) if self.accent else None

    @property
    def style(self) -> str:
        """Return what respondents' pages need beside the house's own style; empty where nothing was chosen."""
        return _style(self.accent, has_logo=bool(self.logo))

    @property
    def style_hash(self) -> str:
        """Return by which name a content security policy allows that style; empty where there is none."""
        return _hash(self.style) if self.style else ""

    @property
    def logo_path(self) -> str:
        """Return the address of the logo within this installation; empty where there is none."""
        return f"/logo/{self.logo}.png" if self.logo else ""

    def to_data(self) -> dict[str, Any]:
        """Return what `Survey.brand` keeps: only what was chosen."""
        return {name: value for name, value in asdict(self).items() if value}


HOUSE = Brand()


def brand_of(data: Mapping[str, Any]) -> Brand:
    """Return the brand that a survey keeps; what it does not know, or knows wrongly, is the house's own."""
    if not data:
        return HOUSE
    return Brand(
        accent=read_colour(str(data.get("accent", ""))) or "",
        logo=str(data.get("logo", "")),
        logo_width=int(data.get("logo_width", 0)),
        logo_height=int(data.get("logo_height", 0)),
        logo_text=str(data.get("logo_text", "")),
        sender_name=str(data.get("sender_name", "")),
    )


# On dark paper a logo stands on a white plate: most are drawn for white.
_LOGO = "header{max-width:42rem;margin:auto;padding:1rem 1rem 0}img{display:block;max-width:100%;height:auto}"
_LOGO_IN_THE_DARK = "img{background:#fff;padding:.375rem;border-radius:.375rem}"


@lru_cache(maxsize=200)
def _style(accent: str, *, has_logo: bool) -> str:
    palette = palette_of(accent) if accent else None
    light = f":root{{{_variables(palette.light)}}}" if palette else ""
    dark = f":root{{{_variables(palette.dark)}}}" if palette else ""
    light, dark = (light + _LOGO, dark + _LOGO_IN_THE_DARK) if has_logo else (light, dark)
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}" if dark else ""


def _variables(shade: Shade) -> str:
    return f"--a:{shade.accent};--o:{shade.on_accent};--s:{shade.tint}"


@lru_cache(maxsize=200)
def _hash(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
