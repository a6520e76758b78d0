"""The map of a questionnaire: its pages in their order, and where its jumps lead, as a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from survey_app.questionnaires.definition import END, SCREEN_OUT, Page, Questionnaire
from survey_app.web.charts.svg import ACCENT, BAD, GOOD, Words, label, line, mark, picture

LEFT, BOX_WIDTH, BOX_HEIGHT = 20, 380, 44
STEP = 72
BEND, LANE = 40, 26
MOST_LANES = 9
LONGEST = 44
HEAD = 5


@dataclass(frozen=True, slots=True)
class Leap:
    """One arrow beside the pages: from the place of one box to that of another."""

    start: int
    end: int
    lane: int


def page_map(questionnaire: Questionnaire, names: Mapping[str, str]) -> Markup:
    """Return the drawing; `names` says what pages are called."""
    places = _places(questionnaire)
    marks = [each for index, page in enumerate(questionnaire.pages) for each in _box(index, page, names[page.code])]
    marks += _way_down(places[END])
    marks += _ending(places[END], _("End: thanks"), GOOD)
    if SCREEN_OUT in places:
        marks += _ending(places[SCREEN_OUT], _("Out: not counted"), BAD)
    leaps = _leaps(questionnaire, places)
    marks += [each for leap in leaps for each in _arrow(leap)]
    height = (max(places.values()) + 1) * STEP
    width = LEFT * 2 + BOX_WIDTH + BEND + LANE * max((leap.lane for leap in leaps), default=0)
    return picture((width, height), _words(questionnaire), marks)


def _words(questionnaire: Questionnaire) -> Words:
    n_jumps = sum(len(page.jumps) for page in questionnaire.pages)
    n_pages = len(questionnaire.pages)
    pages = ngettext("%(num)s page", "%(num)s pages", n_pages)
    jumps = ngettext("%(num)s jump", "%(num)s jumps", n_jumps)
    return Words(
        _("Map of the pages"), _("%(pages)s and %(jumps)s; the table says where each leads.", pages=pages, jumps=jumps)
    )


def _places(questionnaire: Questionnaire) -> dict[str, int]:
    """Return where each page and each way out stands, counted from the top."""
    places = {page.code: place for place, page in enumerate(questionnaire.pages)}
    places[END] = len(places)
    if any(jump.to == SCREEN_OUT for page in questionnaire.pages for jump in page.jumps):
        places[SCREEN_OUT] = len(places)
    return places


def _leaps(questionnaire: Questionnaire, places: Mapping[str, int]) -> list[Leap]:
    """Return the jumps with a lane each, short ones inside; jumps to what is not there have no arrow."""
    pairs = {
        (places[page.code], places[jump.to]) for page in questionnaire.pages for jump in page.jumps if jump.to in places
    }
    taken: list[list[tuple[int, int]]] = []
    leaps = []
    for start, end in sorted(pairs, key=lambda pair: (abs(pair[1] - pair[0]), pair)):
        low, high = sorted((start, end))
        lane = next((at for at, lane in enumerate(taken) if all(high <= a or low >= b for a, b in lane)), len(taken))
        taken += [[]] if lane == len(taken) else []
        taken[lane].append((low, high))
        leaps.append(Leap(start, end, min(lane, MOST_LANES)))
    return leaps


def _top(place: int) -> float:
    return place * STEP + 12


def _box(place: int, page: Page, name: str) -> list[Markup]:
    y = _top(place)
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    facts = [ngettext("%(num)s question", "%(num)s questions", len(page.items))]
    facts += [_("only some see it")] if page.show_if else []
    return [
        mark("rect", x=LEFT, y=y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=8, fill="none", stroke="currentColor"),
        mark(
            "text",
            Markup("").join([mark("title", name), shown]),
            x=LEFT + 14,
            y=y + 19,
            fill="currentColor",
            font_size=14,
            font_weight=600,
        ),
        label(" · ".join(facts), LEFT + 14, y + 36, font_size=12),
    ]


def _ending(place: int, text: str, colour: str) -> list[Markup]:
    y = _top(place)
    return [
        mark(
            "rect", x=LEFT, y=y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=22, fill="none", stroke=colour, stroke_width=2
        ),
        label(text, LEFT + 22, y + 27, font_size=14, font_weight=600),
    ]


def _way_down(n_pages: int) -> list[Markup]:
    """Return the arrows from each page to the next, and from the last one to the end."""
    x = LEFT + BOX_WIDTH / 2
    ends = [(_top(place) + BOX_HEIGHT, _top(place + 1)) for place in range(n_pages)]
    return [each for start, end in ends for each in (line((x, start), (x, end - 2)), _head(x, end, "down"))]


def _arrow(leap: Leap) -> list[Markup]:
    """Return one jump as a way out to its lane, along it, and back in."""
    edge = LEFT + BOX_WIDTH
    x = edge + BEND + leap.lane * LANE
    start, end = _top(leap.start) + BOX_HEIGHT * 0.68, _top(leap.end) + BOX_HEIGHT * 0.32
    path = f"M{edge} {start} H{x - 8} Q{x} {start} {x} {start + 8} V{end - 8} Q{x} {end} {x - 8} {end} H{edge + 2}"
    if end < start:
        path = f"M{edge} {start} H{x} V{end} H{edge + 2}"
    return [
        mark("path", d=path, fill="none", stroke=ACCENT, stroke_width=2, stroke_dasharray="6 3"),
        _head(edge, end, "left", ACCENT),
    ]


def _head(x: float, y: float, direction: str, colour: str = "currentColor") -> Markup:
    """Return the head of an arrow with its point at this place."""
    if direction == "down":
        points = f"{x},{y} {x - HEAD},{y - 2 * HEAD} {x + HEAD},{y - 2 * HEAD}"
    else:
        points = f"{x},{y} {x + 2 * HEAD},{y - HEAD} {x + 2 * HEAD},{y + HEAD}"
    return mark("polygon", points=points, fill=colour)
