"""The few marks that charts are made of, and the map from figures to the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

# At least 3:1 on white and on the dark ground alike.
ACCENT = "#2a8a9c"
GOOD = "#2f8f5b"
BAD = "#cf5a3c"
FONT = "system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart is called and what it says, for those who hear it instead of seeing it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear map from figures (`low` to `high`) to a stretch of the page (`start` to `end`)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a figure stands on the page, to a tenth of a pixel."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round figures inside the axis, about so many."""
        span = self.high - self.low
        if span <= 0:
            return [self.low]
        step = 10.0 ** math.floor(math.log10(span / about))
        step *= next(each for each in (1, 2, 2.5, 5, 10) if span / (step * each) <= about + 1)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(index * step, 10) + 0.0 for index in range(first, last + 1)]


def mark(name: str, content: object = "", **attributes: object) -> Markup:
    """Return one SVG element; attribute names are written with _ for -, text is escaped."""
    written = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(name, Markup(written), content)  # noqa: S704 - attributes are escaped above


def label(text: str, x: float, y: float, **attributes: object) -> Markup:
    """Return a line of text."""
    return mark("text", text, x=x, y=y, **({"fill": "currentColor", "font_size": 13} | attributes))


def line(start: tuple[float, float], end: tuple[float, float], **attributes: object) -> Markup:
    """Return a straight line, in the colour of the text unless told otherwise."""
    style: dict[str, object] = {"stroke": "currentColor", "stroke_width": 1}
    return mark("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **(style | attributes))


def picture(size: tuple[int, int], words: Words, marks: Iterable[Markup]) -> Markup:
    """Return the whole chart with its name and description."""
    inside = Markup("").join([mark("title", words.title), mark("desc", words.description), *marks])
    return mark(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size[0]} {size[1]}",
        width="100%",
        role="img",
        aria_label=f"{words.title}. {words.description}",
        font_family=FONT,
    )
