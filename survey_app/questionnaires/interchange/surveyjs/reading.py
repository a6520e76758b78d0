"""SurveyJS JSON as a questionnaire of ours: pages with their panels and questions, conditions, triggers, settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, Texts
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import Draft, DraftItem, DraftPage, Wanted
from survey_app.questionnaires.interchange.surveyjs.conditions import (
    Trigger,
    asking_of,
    either,
    fired,
    triggers_of,
    wanted,
)
from survey_app.questionnaires.interchange.surveyjs.elements import DEEPEST, Element, children, element_of
from survey_app.questionnaires.interchange.surveyjs.jumps import Jumps
from survey_app.questionnaires.interchange.surveyjs.leftovers import enter_leftovers, lose_unsaid
from survey_app.questionnaires.interchange.surveyjs.making import Making
from survey_app.questionnaires.interchange.surveyjs.readers import QuestionReader
from survey_app.questionnaires.parsing import LONGEST_TITLE

PANELS = frozenset({"panel", "flowpanel"})
KEPT_KEYS = frozenset({"title", "description", "pages", "elements", "questions", "triggers", "locale", "completedHtml"})
COUNTED_KEYS = frozenset({"calculatedValues", "completedHtmlOnCondition", "questionsOrder", "questionOrder"})
Expressions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Above:
    """What holds for everything inside a page or panel: conditions, and how deep it stands."""

    conditions: Expressions = ()
    depth: int = 0


@dataclass(slots=True)
class Reading:
    """One file on its way: drafts of pages, and expressions that wait until every name is known."""

    making: Making
    triggers: list[Trigger]
    pages: list[DraftPage] = field(default_factory=list)
    waiting: list[tuple[DraftItem | DraftPage, Expressions, str]] = field(default_factory=list)
    page_codes: Codes = field(default_factory=Codes)
    # The place of every question and page by the name that the file gives it.
    page_of: dict[str, int] = field(default_factory=dict)
    questions: QuestionReader = field(init=False)

    def __post_init__(self) -> None:
        """Begin to read; what a trigger shows is hidden until then."""
        self.questions = QuestionReader(lambda name: any(name in trigger.targets for trigger in self.triggers))

    def page(self, native: dict[str, Any], number: int) -> None:
        """Read one page."""
        element = element_of(native, f"page{number}", self.making.ledger)
        title = self.making.texts(element.get("title"), element.name, LONGEST_TITLE)
        page = DraftPage(self.page_codes.take(element.name, "page"), title, is_shuffled=self._is_shuffled(element))
        self.pages.append(page)
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        self._wait(page, element)
        page.items += self._statement(element, element.get("description"))
        self._inside(native, page, Above(depth=1))
        self._enter_page(element, page)

    def _enter_page(self, element: Element, page: DraftPage) -> None:
        ledger = self.making.ledger
        if page.items:
            ledger.kept("page", element.name)
        else:
            ledger.lost("page", element.name, _("Nothing on it can be asked here."))
        if element.get("visible") is False and not (
            element.word("visibleIf") or self.questions.is_shown_later(element.name)
        ):
            ledger.changed("setting", f"{element.name}.visible", _("It was hidden and is asked here."))
        if element.get("readOnly") is True:
            ledger.lost("setting", f"{element.name}.readOnly", _("Whatever is asked can be answered here."))
        enter_leftovers(element, self.making)

    def settle(self) -> None:
        """Read every expression, now that all names are known, and turn triggers into conditions and jumps."""
        names = self.making.names
        shown: dict[str, list[Wanted]] = {}
        for trigger in (each for each in self.triggers if each.kind == "visible"):
            for target in trigger.targets:
                shown.setdefault(target, []).append(fired(trigger, names))
        for draft, expressions, name in self.waiting:
            inner = ((label, said) for each, label, said in self.making.inner if each is draft)
            own = tuple(wanted(label, expression, names) for label, expression in (*expressions, *inner))
            if isinstance(draft, DraftItem):
                draft.row_conditions = self._row_conditions(draft)
            trigger_condition = either(shown.get(name, ()))
            draft.conditions = (*own, *((trigger_condition,) if trigger_condition else ()))
        used = {name for _draft, _expressions, name in self.waiting}
        jumps = Jumps(self.making, self.pages, self.page_of)
        for trigger in self.triggers:
            jumps.enter(trigger, used)

    def _row_conditions(self, draft: DraftItem) -> dict[str, tuple[Wanted, ...]]:
        found: dict[str, tuple[Wanted, ...]] = {}
        for each, row, label, said in self.making.inner_rows:
            if each is draft:
                found[row] = (*found.get(row, ()), wanted(label, said, self.making.names))
        return found

    def _inside(self, native: dict[str, Any], page: DraftPage, above: Above) -> None:
        if above.depth > DEEPEST:
            self.making.ledger.lost("panel", page.code, _("Panels are nested too deeply."))
            return
        for number, each in enumerate(children(native, self.making.ledger), start=1):
            element = element_of(each, f"question{number}", self.making.ledger)
            if element.type in PANELS:
                self._panel(each, element, page, above)
            else:
                self._question(element, page, above)

    def _panel(self, native: dict[str, Any], element: Element, page: DraftPage, above: Above) -> None:
        ledger = self.making.ledger
        ledger.changed("panel", element.name, _("Its questions stand on the page; its title is a text above them."))
        conditions = (*above.conditions, *asking_of(element))
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        heading = [
            *self._statement(element, element.get("title")),
            *self._statement(element, element.get("description")),
        ]
        for each in heading:
            page.items.append(each)
            self.waiting.append((each, conditions, element.name))
        lose_unsaid(element, self.making)
        enter_leftovers(element, self.making)
        self._inside(native, page, Above(conditions, above.depth + 1))

    def _question(self, element: Element, page: DraftPage, above: Above) -> None:
        drafts = self.questions.read(element, self.making)
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        page.items += drafts
        own = asking_of(element)
        for draft in drafts:
            self.waiting.append((draft, (*above.conditions, *own), element.name))
        if not drafts:
            for label, _expression in own:
                self.making.ledger.lost("condition", label, _("Its question is not taken over."))

    def _wait(self, draft: DraftPage, element: Element) -> None:
        self.waiting.append((draft, asking_of(element), element.name))
        lose_unsaid(element, self.making)

    def _statement(self, element: Element, source: object) -> list[DraftItem]:
        words = self.making.texts(source, element.name)
        if not words:
            return []
        item = Item(code=self.making.codes.take(f"{element.name}_text", "text"), type=ItemType.STATEMENT, text=words)
        return [DraftItem(item, element.name)]

    def _is_shuffled(self, element: Element) -> bool:
        order = element.word("questionsOrder") or element.word("questionOrder") or element.word("elementsOrder")
        if order == "random":
            self.making.ledger.kept("randomisation", f"{element.name}.questionsOrder")
        return order == "random"


def shell_of(data: dict[str, Any], making: Making) -> Questionnaire:
    """Return the texts of the whole survey."""
    thanks: Texts = making.texts(data.get("completedHtml"), "completedHtml")
    return Questionnaire(
        title=making.texts(data.get("title"), "title", LONGEST_TITLE),
        languages=making.speech.languages,
        pages=(),
        introduction=making.texts(data.get("description"), "description"),
        thanks=thanks,
    )


def draft_of(reading: Reading, data: dict[str, Any]) -> Draft:
    """Return the whole in the making."""
    return Draft(shell_of(data, reading.making), reading.pages)


def readings(data: dict[str, Any], making: Making) -> Reading:
    """Read all pages of a file; one without pages is a single page."""
    reading = Reading(making, list(triggers_of(data)))
    native = data.get("pages")
    pages = [each for each in native if isinstance(each, dict)] if isinstance(native, list) else [data]
    for number, each in enumerate(pages, start=1):
        own = {"name": "page1", **{key: each.get(key) for key in ("elements", "questions")}} if each is data else each
        reading.page({key: value for key, value in own.items() if value is not None}, number)
    reading.settle()
    return reading
