"""SurveyJS JSON as a questionnaire of ours: pages with their panels and questions, conditions, triggers, settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import END, Item, ItemType, Questionnaire, Texts
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import Draft, DraftItem, DraftJump, DraftPage, Wanted
from survey_app.questionnaires.interchange.surveyjs import choices, matrices, questions, validators
from survey_app.questionnaires.interchange.surveyjs.conditions import (
    UNSAID,
    Trigger,
    either,
    fired,
    triggers_of,
    wanted,
)
from survey_app.questionnaires.interchange.surveyjs.elements import DEEPEST, Element, as_text, children, element_of
from survey_app.questionnaires.interchange.surveyjs.making import Making, lost_question
from survey_app.questionnaires.parsing import LONGEST_TITLE

MOST_READ = 600
# A small file can repeat its options in every cell; so many are more than anybody reads.
MOST_OPTIONS = 15_000
Reader = Callable[[Element, Making], list[DraftItem]]
READERS: dict[str, Reader] = {
    "radiogroup": choices.choice_of_one,
    "dropdown": choices.choice_of_one,
    "buttongroup": choices.choice_of_one,
    "checkbox": choices.choice_of_several,
    "tagbox": choices.choice_of_several,
    "imagepicker": choices.pictures,
    "ranking": choices.ranking,
    "boolean": choices.boolean,
    "rating": questions.rating,
    "text": questions.text,
    "comment": questions.comment,
    "slider": questions.number,
    "html": questions.html,
    "matrix": matrices.matrix,
}
NESTED = {
    "matrixdropdown": matrices.matrix_of_columns,
    "matrixdynamic": matrices.repeated,
    "paneldynamic": matrices.repeated,
    "multipletext": matrices.group_of_texts,
}
# What a question may have that changes how it is asked, and that nothing of ours says.
DEFAULTS = ("defaultValue", "defaultRowValue", "defaultPanelValue", "correctAnswer", "value")
KEPT_KEYS = frozenset({"title", "description", "pages", "elements", "questions", "triggers", "locale", "completedHtml"})
COUNTED_KEYS = frozenset({"calculatedValues", "completedHtmlOnCondition", "questionsOrder", "questionOrder"})


@dataclass(frozen=True, slots=True)
class Above:
    """What holds for everything inside a page or panel: conditions, and how deep it stands."""

    conditions: tuple[tuple[str, str], ...] = ()
    depth: int = 0


@dataclass(slots=True)
class Reading:
    """One file on its way: drafts of pages, and expressions that wait until every name is known."""

    making: Making
    triggers: list[Trigger]
    pages: list[DraftPage] = field(default_factory=list)
    waiting: list[tuple[DraftItem | DraftPage, tuple[tuple[str, str], ...], str]] = field(default_factory=list)
    page_codes: Codes = field(default_factory=Codes)
    # The place of every question and page by the name that the file gives it.
    page_of: dict[str, int] = field(default_factory=dict)
    n_read: int = 0
    n_options: int = 0

    def page(self, native: dict[str, Any], number: int) -> None:
        """Read one page."""
        element = element_of(native, f"page{number}", self.making.ledger)
        title = self.making.texts(element.get("title"), element.name, LONGEST_TITLE)
        page = DraftPage(self.page_codes.take(element.name, "page"), title, is_shuffled=self._is_shuffled(element))
        self.pages.append(page)
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        self._wait(page, element, ())
        page.items += self._statement(element, element.get("description"))
        self._inside(native, page, Above(depth=1))
        self._enter_page(element, page)

    def _enter_page(self, element: Element, page: DraftPage) -> None:
        ledger = self.making.ledger
        if page.items:
            ledger.kept("page", element.name)
        else:
            ledger.lost("page", element.name, _("Nothing on it can be asked here."))
        if element.get("visible") is False and not self._is_shown_later(element.name):
            ledger.changed("setting", f"{element.name}.visible", _("It was hidden and is asked here."))
        if element.get("readOnly") is True:
            ledger.lost("setting", f"{element.name}.readOnly", _("Whatever is asked can be answered here."))

    def _is_shown_later(self, name: str) -> bool:
        return any(name in trigger.targets for trigger in self.triggers)

    def settle(self) -> None:
        """Read every expression, now that all names are known, and turn triggers into conditions and jumps."""
        names = self.making.names
        shown: dict[str, list[Wanted]] = {}
        for trigger in (each for each in self.triggers if each.kind == "visible"):
            for target in trigger.targets:
                shown.setdefault(target, []).append(fired(trigger, names))
        for draft, expressions, name in self.waiting:
            own = tuple(wanted(label, expression, names) for label, expression in expressions)
            trigger_condition = either(shown.get(name, ()))
            draft.conditions = (*own, *((trigger_condition,) if trigger_condition else ()))
        used = {name for _draft, _expressions, name in self.waiting}
        for trigger in self.triggers:
            self._jump(trigger, used)

    def _inside(self, native: dict[str, Any], page: DraftPage, above: Above) -> None:
        if above.depth > DEEPEST:
            self.making.ledger.lost("panel", page.code, _("Panels are nested too deeply."))
            return
        for number, each in enumerate(children(native, self.making.ledger), start=1):
            element = element_of(each, f"question{number}", self.making.ledger)
            if element.type == "panel":
                self._panel(each, element, page, above)
            else:
                self._question(element, page, above)

    def _panel(self, native: dict[str, Any], element: Element, page: DraftPage, above: Above) -> None:
        ledger = self.making.ledger
        ledger.changed("panel", element.name, _("Its questions stand on the page; its title is a text above them."))
        conditions = (*above.conditions, *self._conditions(element))
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        heading = [
            *self._statement(element, element.get("title")),
            *self._statement(element, element.get("description")),
        ]
        for each in heading:
            page.items.append(each)
            self.waiting.append((each, conditions, element.name))
        self._unsaid(element)
        self._inside(native, page, Above(conditions, above.depth + 1))

    def _question(self, element: Element, page: DraftPage, above: Above) -> None:
        drafts = self.read(element, self.making)
        self.page_of.setdefault(element.name, len(self.pages) - 1)
        page.items += drafts
        own = self._conditions(element)
        for draft in drafts:
            self.waiting.append((draft, (*above.conditions, *own), element.name))
        if not drafts:
            for label, _expression in own:
                self.making.ledger.lost("condition", label, _("Its question is not taken over."))

    def read(self, element: Element, making: Making) -> list[DraftItem]:
        """Return what one question becomes; an unknown type is lost by name."""
        self.n_read += 1
        if self.n_read > MOST_READ or self.n_options > MOST_OPTIONS:
            return lost_question(making, element, _("It asks more than a questionnaire can hold."))
        if element.type in NESTED:
            drafts = NESTED[element.type](element, making, self.read)
        else:
            drafts = READERS.get(element.type, _unknown)(element, making)
        self.n_options += sum(len(draft.item.options) for draft in drafts)
        drafts = validators.applied(element, drafts, making)
        self._properties(element, making)
        _row_order(element, drafts, making)
        return drafts + (questions.extra_comment(element, making) if drafts else [])

    def _properties(self, element: Element, making: Making) -> None:
        self._unsaid(element, making)
        making.lose("default", element, DEFAULTS, _("Nothing is answered beforehand here."))
        is_hidden = element.get("visible") is False
        if element.get("readOnly") is True:
            making.ledger.lost("setting", f"{element.name}.readOnly", _("Whatever is asked can be answered here."))
        if is_hidden and not self._is_shown_later(element.name):
            making.ledger.changed("setting", f"{element.name}.visible", _("It was hidden and is asked here."))

    def _unsaid(self, element: Element, making: Making | None = None) -> None:
        message = _("Nothing of ours says it: what a condition decides is whether something is asked.")
        (making or self.making).lose("condition", element, UNSAID, message)

    def _conditions(self, element: Element) -> tuple[tuple[str, str], ...]:
        expression = element.word("visibleIf")
        return ((f"{element.name}.visibleIf", expression),) if expression else ()

    def _wait(self, draft: DraftPage, element: Element, above: tuple[tuple[str, str], ...]) -> None:
        self.waiting.append((draft, (*above, *self._conditions(element)), element.name))
        self._unsaid(element)

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

    def _jump(self, trigger: Trigger, used: set[str]) -> None:
        """Turn "complete" and "skip" into jumps of the page that asks what they look at; others are lost by name."""
        if trigger.kind == "visible":
            if not used & set(trigger.targets):
                self.making.ledger.lost("trigger", trigger.name, _("It shows nothing that is taken over."))
            return
        goal = self._goal(trigger)
        asked = self._asked(trigger)
        if goal is None or asked is None:
            self.making.ledger.lost("trigger", trigger.name, _("Nothing of ours does what it does."))
            return
        condition = replace(fired(trigger, self.making.names), note=_("It is a jump at the end of its page."))
        self.pages[asked].jumps.append(DraftJump((condition,), goal))

    def _goal(self, trigger: Trigger) -> str | None:
        if trigger.kind == "complete":
            return END
        place = self.page_of.get(as_text(trigger.element.get("gotoName"))) if trigger.kind == "skip" else None
        return None if place is None else self.pages[place].code

    def _asked(self, trigger: Trigger) -> int | None:
        """Return the page on which everything that a trigger looks at has been answered."""
        tree = fired(trigger, self.making.names).tree
        codes = {each.removeprefix("answer.") for each in _fields(tree)}
        places = [number for number, page in enumerate(self.pages) for each in page.items if codes & _codes(each.item)]
        return max(places) if places else None


def _row_order(element: Element, drafts: list[DraftItem], making: Making) -> None:
    """Enter the random order of a matrix's rows: a battery has it too, single items do not."""
    if "random" not in {element.word("rowsOrder"), element.word("rowOrder")}:
        return
    if any(draft.item.is_shuffled for draft in drafts):
        making.ledger.kept("randomisation", f"{element.name}.rowsOrder")
    else:
        making.ledger.changed("randomisation", f"{element.name}.rowsOrder", _("Say “random order” in the designer."))


def _fields(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict) and "field" in tree:
        yield tree["field"]
    elif isinstance(tree, dict):
        for each in tree.values():
            for part in each if isinstance(each, list) else [each]:
                yield from _fields(part)


def _codes(item: Item) -> set[str]:
    return set(item.measure_codes)


def _unknown(element: Element, making: Making) -> list[DraftItem]:
    return lost_question(making, element, _("There is no item of this type here."))


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
