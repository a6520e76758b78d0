"""A poster with a campaign's QR code: drawn once, as SVG, for a screen, a print shop and our own PDF.

A4 and A6 have the same shape, so one drawing serves both.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

import segno
from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.queries import find_organisation
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import find_campaign
from survey_app.campaigns.tokens import public_url
from survey_app.config import LANGUAGES
from survey_app.questionnaires.brand import brand_of
from survey_app.questionnaires.brand_keeping import find_logo
from survey_app.questionnaires.definition import text_in
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.printing import PrintError
from survey_app.questionnaires.queries import questionnaire_of

WHAT = "poster"
# Millimetres; the drawing itself has the units of A4.
SIZES = {"a4": (210, 297), "a6": (105, 148.5)}
WIDTH = 210
# Where the head ends (further down with a logo) and the code begins; between title and sentence; from line to line.
HEAD, LOGO_ROOM, CODE_AT = 36, 10, 132
GAP, LEADING = 6, 1.25
# The parts of a poster that people write, and their greatest length.
PARTS = {"poster_title": 120, "poster_line": 240}
HOUSE_ACCENT = "#0b57a4"
# Medium correction reads with a seventh of the code dirty; the quiet zone is what the standard asks for.
CORRECTION = "m"
QUIET_ZONE = 4
# How wide letters are on average, as a share of their height: of bold ones, plain ones, and of East Asian signs.
BOLD, PLAIN, FULL = 0.58, 0.53, 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of centred text: where its base stands, and how large it is."""

    text: str
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says, in one language."""

    language: str
    title: str
    line: str
    link: str
    organisation: str
    accent: str = HOUSE_ACCENT
    # The logo as an address that holds the picture, and its size.
    logo: str = ""
    logo_size: tuple[float, float] = (0, 0)

    @property
    def address(self) -> str:
        """Return the link as people type it."""
        return self.link.split("://", maxsplit=1)[-1]


def poster_of(campaign: Campaign, language: str) -> Poster:
    """Return a public campaign's poster in a language of its questionnaire."""
    if campaign.public_code is None:
        message = f"campaign {campaign.id} has no public link"
        raise ValueError(message)
    texts, brand, organisation = poster_texts(campaign, language), brand_of(campaign.survey.brand), find_organisation()
    logo = find_logo(brand.logo) if brand.logo else None
    return Poster(
        language=language,
        title=texts["poster_title"],
        line=texts["poster_line"],
        link=public_url(campaign.public_code, "q"),
        organisation=organisation.name if organisation else "",
        accent=brand.palette.light.accent if brand.palette else HOUSE_ACCENT,
        logo=f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}" if logo else "",
        logo_size=(logo.width, logo.height) if logo else (0, 0),
    )


def poster_texts(campaign: Campaign, language: str) -> dict[str, str]:
    """Return what the poster says: as somebody wrote it, else the survey's title and how to take part."""
    questionnaire = questionnaire_of(campaign.version)
    written = campaign.texts.get(language, {})
    short = language.split("-", maxsplit=1)[0]
    with force_locale(short if short in LANGUAGES else LANGUAGES[0]):
        usual = _("Point your phone's camera at the code and tell us. It takes a few minutes.")
    title = text_in(questionnaire.title, language, questionnaire.languages)
    return {
        "poster_title": written.get("poster_title") or title,
        "poster_line": written.get("poster_line") or usual,
    }


def compose(_survey: Survey, order: dict[str, Any]) -> str:
    """Return a poster as an HTML document for paper; raise PrintError where the campaign is gone."""
    campaign = find_campaign(int(order["campaign_id"]))
    if campaign is None or campaign.public_code is None:
        raise PrintError(_("This campaign is gone. Order the poster on the page of another one."))
    size, poster = str(order["size"]), poster_of(campaign, str(order["language"]))
    picture = b64encode(draw(poster, size).encode()).decode()
    style = f"@page{{size:{size.upper()};margin:0}}body{{margin:0}}img{{display:block;width:100%}}"
    return render_template("campaigns/poster.html", poster=poster, picture=picture, style=style)


def draw(poster: Poster, size: str) -> str:
    """Return the poster as an SVG document that needs nothing else."""
    width, height = SIZES[size]
    title, words = lines_of(poster.title, 16, BOLD, most=2), lines_of(poster.line, 8, PLAIN)
    n_high = sum(each.size * LEADING for each in (*title, *words)) + GAP
    # In the middle between the head and the code.
    top = (HEAD + (LOGO_ROOM if poster.logo else 0) + CODE_AT - n_high) / 2
    below = top + sum(each.size * LEADING for each in title) + GAP
    return render_template(
        "campaigns/poster.svg",
        poster=poster,
        width=width,
        height=height,
        title=_placed(title, top),
        words=_placed(words, below),
        logo=_logo_box(poster),
        code=code_path(poster.link),
        address=lines_of(poster.address, 6.5, BOLD, most=1)[0],
    )


def lines_of(text: str, size: float, share: float, most: int = 3) -> list[Line]:
    """Return a text broken into lines that fit the poster, smaller where it is long; nothing of it is left out."""
    room = WIDTH - 30
    while True:
        lines = _broken(text, room / size, share)
        fits = len(lines) <= most and all(_width(line, share) * size <= room for line in lines)
        if fits or size < 2:  # noqa: PLR2004 - smaller letters nobody reads
            return [Line(line, 0, size) for line in lines]
        size *= 0.92


def _broken(text: str, room: float, share: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, share) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(text: str, share: float) -> float:
    return sum(FULL if east_asian_width(letter) in "WF" else share for letter in text)


def _placed(lines: list[Line], top: float) -> list[Line]:
    # A line's base stands a fifth of its height above its foot.
    return [Line(line.text, top + (at * LEADING + 1) * line.size, line.size) for at, line in enumerate(lines)]


def _logo_box(poster: Poster) -> tuple[float, float]:
    """Return the size of the logo on paper, in the units of the drawing."""
    width, height = poster.logo_size
    scale = min(90 / width, 24 / height) if width and height else 0
    return width * scale, height * scale


def qr_code(link: str) -> segno.QRCode:
    """Return the code that leads to a link."""
    return segno.make(link, error=CORRECTION, micro=False)


@dataclass(frozen=True, slots=True)
class CodePath:
    """A QR code as one path: dark runs of its rows, in modules; `n_modules` counts them along one side."""

    d: str
    n_modules: int


def code_path(link: str) -> CodePath:
    """Return a link's code as a path to draw."""
    matrix = qr_code(link).matrix
    parts = [
        f"M{start} {y}h{end - start}v1h-{end - start}z" for y, row in enumerate(matrix) for start, end in _runs(row)
    ]
    return CodePath("".join(parts), len(matrix))


def _runs(row: Any) -> list[tuple[int, int]]:
    """Return where dark modules begin and end in a row."""
    edges = [at for at in range(len(row) + 1) if (at < len(row) and row[at] & 1) != (at > 0 and row[at - 1] & 1)]
    return list(zip(edges[::2], edges[1::2], strict=True))
