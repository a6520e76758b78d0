"""Reads the written form of a questionnaire (JSON- or YAML-shaped data) strictly; docs/questionnaire-format.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from flask_babel import gettext as _

from survey_app.questionnaires.definition import (
    END,
    FORMAT,
    FORMAT_VERSION,
    SCREEN_OUT,
    Item,
    Jump,
    Page,
    Questionnaire,
    Quota,
    Texts,
)
from survey_app.questionnaires.document import Part, shown
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.item_parsing import CODE, code_of, read_item
from survey_app.questionnaires.page_words.keys import KEYS as KEYS_OF_WORDS
from survey_app.questionnaires.page_words.speech import LONGEST_WORDS, word_fault
from survey_app.questionnaires.routing import read_condition
from survey_app.questionnaires.writing import to_data
from survey_app.web.languages import spoken

__all__ = ["Finding", "QuestionnaireError", "parse", "to_data"]

MOST_PAGES = 100
MOST_ITEMS = 300
MOST_LANGUAGES = 30
LONGEST_TITLE = 200
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
MOST_JUMPS = 20
MOST_QUOTAS = 50
LARGEST_LIMIT = 10_000_000
KEYS = (
    "format",
    "format_version",
    "title",
    "languages",
    "introduction",
    "thanks",
    "screened_out",
    "quota_full",
    "interface",
    "quotas",
    "pages",
)
PAGE_KEYS = ("code", "title", "show_if", "shuffle", "items", "jumps")


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
        screened_out=part.texts("screened_out"),
        quota_full=part.texts("quota_full"),
        interface=_interface(part),
        quotas=tuple(_quota(each) for each in part.parts("quotas", MOST_QUOTAS)),
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
        jumps=tuple(_jump(each) for each in part.parts("jumps", MOST_JUMPS)),
        is_shuffled=part.flag("shuffle"),
    )


def _jump(part: Part) -> Jump:
    part.allow(("when", "to"))
    to = part.data.get("to")
    if not isinstance(to, str) or not CODE.fullmatch(to):
        part.complain("to", _("Name a later page, or “end” or “screen_out”."))
        to = END
    return Jump(read_condition(part, "when"), to)


def _quota(part: Part) -> Quota:
    part.allow(("code", "when", "limit"))
    when = read_condition(part, "when")
    if part.data.get("when") is None:
        part.complain("when", _("A quota needs a condition that says whom it counts."))
    if part.data.get("limit") is None:
        part.complain("limit", _("A quota needs a limit."))
    return Quota(code_of(part), when or {"all": []}, part.number("limit", 1, range(LARGEST_LIMIT + 1)))


def _interface(part: Part) -> dict[str, Texts]:
    """Read the words of pages; the interface's own languages need none."""
    inside = part.part("interface")
    inside.allow(KEYS_OF_WORDS)
    found = {key: inside.texts(key, longest=LONGEST_WORDS) for key in KEYS_OF_WORDS if key in inside.data}
    for key, texts in found.items():
        for tag, text in texts.items():
            ours = _("The words of pages in “%(tag)s” come with the product.", tag=tag) if spoken(tag) else ""
            fault = ours or word_fault(key, text)
            if fault:
                inside.complain(f"{key}.{tag}", fault)
    return {key: texts for key, texts in found.items() if texts}


def _check_whole(part: Part, questionnaire: Questionnaire) -> None:
    items = questionnaire.items
    if len(items) > MOST_ITEMS:
        part.complain("pages", _("At most %(most)s items may stand in a questionnaire.", most=MOST_ITEMS))
    _refuse_repeated(part, "pages", [page.code for page in questionnaire.pages])
    _refuse_repeated(part, "pages", [code for item in items for code in _codes(item)])
    _refuse_repeated(part, "quotas", [quota.code for quota in questionnaire.quotas])
    for word in (END, SCREEN_OUT):
        if any(page.code == word for page in questionnaire.pages):
            part.complain("pages", _("“%(code)s” is where jumps lead. Give the page another code.", code=word))
    primary = [item.code for item in items if item.is_primary]
    if len(primary) > 1:
        part.complain("pages", _("Only one item can be the primary outcome, not %(codes)s.", codes=", ".join(primary)))


def _codes(item: Item) -> tuple[str, ...]:
    return (item.code, *(row.code for row in item.rows))


def _refuse_repeated(part: Part, key: str, words: Collection[str]) -> None:
    for word, n in Counter(words).items():
        if n > 1 and word:
            part.complain(key, _("“%(word)s” stands here %(n)s times; once is right.", word=shown(word), n=n))
