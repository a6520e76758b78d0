"""Looks a questionnaire over before it is published: errors keep it back, warnings ask to be considered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.values import Role
from survey_app.questionnaires.changes import trend_findings
from survey_app.questionnaires.checking import CheckFinding, Level, Spot, error, warning
from survey_app.questionnaires.definition import CHOICES, Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.routing_checks import condition_findings
from survey_app.questionnaires.texts import Wording, wordings
from survey_app.questionnaires.wording_checks import LONGEST_READING, reading_minutes, wording_findings

__all__ = ["CheckFinding", "Level", "check_questionnaire", "errors_of", "warnings_of"]

FEWEST_OPTIONS = 2
MOST_BATTERY_ROWS = 10


def check_questionnaire(questionnaire: Questionnaire, previous: Questionnaire | None = None) -> list[CheckFinding]:
    """Return the findings, errors first; `previous` is the published version that this would follow."""
    findings = [
        *_whole(questionnaire),
        *_texts(questionnaire),
        *(each for page in questionnaire.pages for each in _page(page)),
        *condition_findings(questionnaire),
        *wording_findings(questionnaire),
        *(trend_findings(previous, questionnaire) if previous else ()),
    ]
    return [*errors_of(findings), *warnings_of(findings)]


def errors_of(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Return the findings that keep from publishing."""
    return [each for each in findings if each.level is Level.ERROR]


def warnings_of(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Return the findings that do not."""
    return [each for each in findings if each.level is Level.WARNING]


def _whole(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    roles = [role for item in questionnaire.items for role in _roles(item)]
    if not any(item.measure_codes for item in questionnaire.items):
        yield error(_("Nothing is asked yet. Add an item."))
    elif Role.OUTCOME not in roles:
        yield warning(_("No item has the role outcome, so reports have no headline."))
    elif questionnaire.primary_outcome is None:
        yield error(_("Choose which outcome is the primary one: reports lead with it."))
    if Role.DRIVER in roles and Role.OUTCOME not in roles:
        yield warning(_("There are drivers but no outcome that they could explain."))
    minutes = reading_minutes(questionnaire)
    if minutes > LONGEST_READING:
        yield warning(
            _(
                "Answering takes about %(minutes)s minutes. Beyond %(most)s many give up: drop what nobody uses.",
                minutes=round(minutes),
                most=LONGEST_READING,
            )
        )


def _roles(item: Item) -> list[Role]:
    roles = [row.role for row in item.rows] if item.rows else [item.role]
    return [role for role in roles if role is not None]


def _texts(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    main, *others = questionnaire.languages
    every = list(wordings(questionnaire))
    for wording in every:
        if wording.is_needed and not wording.texts.get(main):
            yield error(_missing(wording), wording.spot)
    for language in others:
        n = sum(1 for each in every if each.texts.get(main) and not each.texts.get(language))
        if n:
            yield warning(
                ngettext(
                    "%(n)s text is not translated into %(language)s; the main language stands in its place.",
                    "%(n)s texts are not translated into %(language)s; the main language stands in their place.",
                    n,
                    n=n,
                    language=language,
                )
            )


def _missing(wording: Wording) -> str:
    return _("%(place)s: the text in the main language is missing.", place=wording.label)


def _page(page: Page) -> Iterator[CheckFinding]:
    if not page.items:
        yield warning(_("Page “%(page)s” is empty and will be left out.", page=page.code), Spot(page.code))
    for item in page.items:
        yield from _item(item, Spot(page.code, item.code))


def _item(item: Item, spot: Spot) -> Iterator[CheckFinding]:
    if item.type in CHOICES and len(item.options) < FEWEST_OPTIONS:
        yield _too_few_options(item, spot)
    if item.type is ItemType.LIKERT and not item.rows:
        yield error(_("“%(code)s” has no statements to rate. Add at least one.", code=item.code), spot)
    if len(item.rows) > MOST_BATTERY_ROWS:
        yield warning(
            _("“%(code)s” has %(n)s statements in one battery; split it.", code=item.code, n=len(item.rows)), spot
        )
    if item.scale and not all(item.scale.labels.get(end) for end in (item.scale.low, item.scale.high)):
        yield warning(_("“%(code)s”: name both ends of the scale.", code=item.code), spot)
    if item.is_required and item.show_if:
        yield warning(
            _("“%(code)s” is required, but only those who meet its condition are asked.", code=item.code), spot
        )


def _too_few_options(item: Item, spot: Spot) -> CheckFinding:
    if not item.options:
        return error(_("“%(code)s” has no options to choose from.", code=item.code), spot)
    return warning(_("“%(code)s” has only one option.", code=item.code), spot)
