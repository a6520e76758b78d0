"""Reads the written form of a questionnaire (JSON- or YAML-shaped data) strictly; docs/questionnaire-format.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from flask_babel import gettext as _

from survey_app.questionnaires.definition import FORMAT, FORMAT_VERSION, Item, Page, Questionnaire
from survey_app.questionnaires.document import Part, shown
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.item_parsing import code_of, read_item
from survey_app.questionnaires.routing import read_condition
from survey_app.questionnaires.writing import to_data

__all__ = ["Finding", "QuestionnaireError", "parse", "to_data"]

MOST_PAGES = 100
MOST_ITEMS = 300
MOST_LANGUAGES = 30
LONGEST_TITLE = 200
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
KEYS = ("format", "format_version", "title", "languages", "introduction", "thanks", "pages")
PAGE_KEYS = ("code", "title", "show_if", "items")


def parse(data: object) -> Questionnaire:
    """Return the questionnaire that the data describe; raise QuestionnaireError with everything that is wrong."""
    if not isinstance(data, Mapping):
        message = _("A questionnaire is a group of named values: title, pages and so on.")
        raise QuestionnaireError([Finding("", message)])
    findings: list[Finding] = []
    languages = _languages(Part(data=data, path="", languages=(), findings=findings))
    questionnaire = _questionnaire(Part(data=data, path="", languages=languages, findings=findings))
    if findings:
        raise QuestionnaireError(findings)
    return questionnaire


def _questionnaire(part: Part) -> Questionnaire:
    part.allow(KEYS)
    _check_format(part)
    pages = tuple(_page(each) for each in part.parts("pages", MOST_PAGES))
    if not pages:
        part.complain("pages", _("A questionnaire needs at least one page."))
    questionnaire = Questionnaire(
        title=part.texts("title", longest=LONGEST_TITLE),
        languages=part.languages,
        pages=pages,
        introduction=part.texts("introduction"),
        thanks=part.texts("thanks"),
    )
    _check_whole(part, questionnaire)
    return questionnaire


def _languages(part: Part) -> tuple[str, ...]:
    value = part.data.get("languages")
    if not isinstance(value, list | tuple) or not value or len(value) > MOST_LANGUAGES:
        part.complain("languages", _("List the languages, the main one first, for example [en, vi, es]."))
        return ("en",)
    for tag in value:
        if not isinstance(tag, str) or not LANGUAGE.fullmatch(tag):
            part.complain("languages", _("“%(tag)s” is no language tag such as en, es-MX or zh-Hant.", tag=shown(tag)))
    tags = tuple(tag for tag in value if isinstance(tag, str))
    _refuse_repeated(part, "languages", tags)
    return tuple(dict.fromkeys(tags)) or ("en",)


def _check_format(part: Part) -> None:
    if part.data.get("format", FORMAT) != FORMAT:
        part.complain("format", _("This is not a questionnaire: “format” must be %(format)s.", format=FORMAT))
    version = part.data.get("format_version", FORMAT_VERSION)
    if isinstance(version, bool) or version != FORMAT_VERSION:
        part.complain("format_version", _("Only version %(version)s of the format is known.", version=FORMAT_VERSION))


def _page(part: Part) -> Page:
    part.allow(PAGE_KEYS)
    return Page(
        code=code_of(part),
        items=tuple(read_item(each) for each in part.parts("items", MOST_ITEMS)),
        title=part.texts("title", longest=LONGEST_TITLE),
        show_if=read_condition(part),
    )


def _check_whole(part: Part, questionnaire: Questionnaire) -> None:
    items = questionnaire.items
    if len(items) > MOST_ITEMS:
        part.complain("pages", _("At most %(most)s items may stand in a questionnaire.", most=MOST_ITEMS))
    _refuse_repeated(part, "pages", [page.code for page in questionnaire.pages])
    _refuse_repeated(part, "pages", [code for item in items for code in _codes(item)])
    primary = [item.code for item in items if item.is_primary]
    if len(primary) > 1:
        part.complain("pages", _("Only one item can be the primary outcome, not %(codes)s.", codes=", ".join(primary)))


def _codes(item: Item) -> tuple[str, ...]:
    return (item.code, *(row.code for row in item.rows))


def _refuse_repeated(part: Part, key: str, words: Collection[str]) -> None:
    for word, n in Counter(words).items():
        if n > 1 and word:
            part.complain(key, _("“%(word)s” stands here %(n)s times; once is right.", word=shown(word), n=n))
