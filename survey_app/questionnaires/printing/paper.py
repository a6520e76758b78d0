"""The paper copy of a questionnaire: an HTML document for A4, with boxes to tick and lines to write on."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from survey_app.accounts.queries import find_organisation
from survey_app.extensions import db
from survey_app.questionnaires.brand import brand_of
from survey_app.questionnaires.definition import Item, ItemType, Scale
from survey_app.questionnaires.models import Logo, Survey
from survey_app.questionnaires.printing.registry import PrintError
from survey_app.questionnaires.printing.sheets import Sheets
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.questionnaires.saying import day_in, field_name, locale_of, number_in

ACCENT = "#1f4e79"
# Options beyond these numbers stand in two and three columns.
TWO_COLUMNS = 9
THREE_COLUMNS = 30
# Batteries of so many points and more have the labels of their ends on a line of their own.
WIDE = 6


def compose(survey: Survey, order: dict[str, Any]) -> str:
    """Return the paper copy of one version in one language; raise PrintError when either is gone."""
    try:
        version = get_version(int(order["version_id"]))
    except NoResultFound as error:
        raise PrintError(_("This version is gone. Order the paper copy anew.")) from error
    questionnaire, language = questionnaire_of(version), str(order["language"])
    if language not in questionnaire.languages:
        raise PrintError(_("This questionnaire has no texts in “%(tag)s” any more.", tag=language))
    return render_paper(Sheets(questionnaire, language), survey)


def render_paper(sheets: Sheets, survey: Survey | None = None) -> str:
    """Return the HTML document of a questionnaire on paper."""
    return render_template(
        "paper/questionnaire.html",
        sheets=sheets,
        questionnaire=sheets.questionnaire,
        say=sheets.say,
        language=sheets.language,
        direction=_direction(sheets.language),
        words={"language": str(get_locale() or "en").replace("_", "-"), "direction": _direction(str(get_locale()))},
        organisation=find_organisation(),
        brand=_look(survey),
        limits=lambda item: _limits(item, str(get_locale() or "en")),
        columns=_columns,
        ends_apart=_ends_apart,
        field_name=field_name,
        ItemType=ItemType,
    )


def _direction(language: str) -> str:
    return "rtl" if locale_of(language.replace("_", "-")).character_order == "right-to-left" else "ltr"


def _look(survey: Survey | None) -> dict[str, str]:
    """Return the survey's accent as it can be read on white, and its logo as an address that holds the picture."""
    brand = brand_of(survey.brand if survey else {})
    look = {"accent": brand.palette.light.accent if brand.palette else ACCENT, "logo": "", "logo_text": brand.logo_text}
    logo = db.session.scalar(select(Logo).where(Logo.digest == brand.logo)) if brand.logo else None
    if logo is not None:
        look["logo"] = f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}"
    return look


def _ends_apart(scale: Scale) -> dict[str, int] | None:
    """Return over how many columns the labels of both ends stand, None where every point has a label of its own.

    Above narrow columns the words would break into letters, and the rows would have no room for theirs.
    """
    n_points = len(scale.points)
    if n_points < WIDE or not set(scale.labels) <= {scale.low, scale.high}:
        return None
    return {"low": (n_points + 1) // 2, "high": n_points // 2}


def _columns(item: Item) -> int:
    n = len(item.options)
    return 1 if n < TWO_COLUMNS else 2 if n < THREE_COLUMNS else 3


def _limits(item: Item, language: str) -> str:
    """Return what an answer has to keep to, in words."""
    counted = _counts(item)
    low, high = item.bounds.lowest, item.bounds.highest
    if low is None and high is None:
        return counted
    shown = day_in if item.type is ItemType.DATE else lambda text, tag: number_in(float(text), tag)
    ends = {"low": shown(low, language) if low else "", "high": shown(high, language) if high else ""}
    if item.type is ItemType.DATE and None in {low, high}:
        return _("until %(high)s", **ends) if low is None else _("from %(low)s on", **ends)
    if low is None:
        return _("at most %(high)s", **ends)
    return _("at least %(low)s", **ends) if high is None else _("%(low)s to %(high)s", **ends)


def _counts(item: Item) -> str:
    if item.fewest and item.most:
        return _("at least %(fewest)s and at most %(most)s", fewest=item.fewest, most=item.most)
    if item.most:
        return _("at most %(most)s", most=item.most)
    return _("at least %(fewest)s", fewest=item.fewest) if item.fewest else ""
