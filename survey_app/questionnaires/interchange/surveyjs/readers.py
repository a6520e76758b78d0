"""Every question type of SurveyJS with what reads it, and what all questions have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import UNASKED
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.surveyjs import choices, matrices, questions, repeats, validators
from survey_app.questionnaires.interchange.surveyjs.elements import Element
from survey_app.questionnaires.interchange.surveyjs.leftovers import enter_leftovers, lose_unsaid
from survey_app.questionnaires.interchange.surveyjs.making import Making, lost_question

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
    "matrixdynamic": repeats.repeated,
    "paneldynamic": repeats.repeated,
    "multipletext": repeats.group_of_texts,
}
# Types that people add to SurveyJS, by the type that asks the same.
ADDED = {
    "sortablelist": "ranking",
    "barrating": "rating",
    "emoji": "rating",
    "emotionsratings": "rating",
    "datepicker": "date",
    "bootstrapdatepicker": "date",
    "nouislider": "slider",
    "bootstrapslider": "slider",
    "bootstrap-slider": "slider",
    "editor": "comment",
    "inputmask": "text",
    "select2": "dropdown",
}
# What a question may have that changes how it is asked, and that nothing of ours says.
DEFAULTS = ("defaultValue", "defaultRowValue", "defaultPanelValue", "correctAnswer")


@dataclass(slots=True)
class QuestionReader:
    """Reads questions of one file, no more than a questionnaire can hold; `is_shown_later` asks its triggers."""

    is_shown_later: Callable[[str], bool]
    n_read: int = 0
    n_options: int = 0

    def read(self, element: Element, making: Making) -> list[DraftItem]:
        """Return what one question becomes; an unknown type is lost by name."""
        self.n_read += 1
        if self.n_read > MOST_READ or self.n_options > MOST_OPTIONS:
            return lost_question(making, element, _("It asks more than a questionnaire can hold."))
        drafts = self._converted(element, making)
        self.n_options += sum(len(draft.item.options) for draft in drafts)
        drafts = validators.applied(element, drafts, making)
        self._properties(element, making)
        _required_if(element, drafts, making)
        _row_order(element, drafts, making)
        return drafts + (questions.extra_comment(element, making) if drafts else [])

    def _converted(self, element: Element, making: Making) -> list[DraftItem]:
        if element.type in NESTED:
            return NESTED[element.type](element, making, self.read)
        if element.type in READERS:
            return READERS[element.type](element, making)
        return _added(element, making)

    def _properties(self, element: Element, making: Making) -> None:
        lose_unsaid(element, making)
        making.lose("default", element, DEFAULTS, _("Nothing is answered beforehand here."))
        if element.get("readOnly") is True:
            making.ledger.lost("setting", f"{element.name}.readOnly", _("Whatever is asked can be answered here."))
        if element.get("visible") is False and not self._is_shown(element):
            making.ledger.changed("setting", f"{element.name}.visible", _("It was hidden and is asked here."))
        enter_leftovers(element, making)

    def _is_shown(self, element: Element) -> bool:
        return bool(element.word("visibleIf")) or self.is_shown_later(element.name)


def _added(element: Element, making: Making) -> list[DraftItem]:
    """Return a question of a type that somebody added, as what asks the same; else it is lost by name."""
    name = ADDED.get(element.type.lower(), "rating" if element.listed("rateValues") else "")
    if not name and element.listed("choices"):
        name = "radiogroup"
    if not name:
        return lost_question(making, element, _("There is no item of this type here."))
    native = element.native | ({"type": "text", "inputType": "date"} if name == "date" else {"type": name})
    drafts = READERS[native["type"]](replace(element, native=native), making.parts())
    message = _("This type was added to SurveyJS; it is asked as “%(kind)s”.", kind=name)
    if not drafts:
        return lost_question(making, element, _("There is no item of this type here."))
    making.ledger.changed("question", element.label, message)
    if element.flag("isRequired"):
        making.ledger.kept("required", element.name)
    return drafts


def _required_if(element: Element, drafts: list[DraftItem], making: Making) -> None:
    """Keep a condition for being required that holds whenever the question is asked; others are lost by name."""
    said = element.word("requiredIf")
    if not said:
        return
    name = f"{element.name}.requiredIf"
    if drafts and said in {element.word("visibleIf"), element.word("enableIf")}:
        making.ledger.kept("condition", name)
        for each in drafts:
            each.item = replace(each.item, is_required=each.item.type not in UNASKED)
        return
    message = _("It may be left out here: whether an answer is required does not depend on others.")
    making.ledger.lost("condition", name, f"{message} [{said[:200]}]")


def _row_order(element: Element, drafts: list[DraftItem], making: Making) -> None:
    """Enter the random order of a matrix's rows: a battery has it too, single items do not."""
    if "random" not in {element.word("rowsOrder"), element.word("rowOrder")}:
        return
    if any(draft.item.is_shuffled for draft in drafts):
        making.ledger.kept("randomisation", f"{element.name}.rowsOrder")
    else:
        making.ledger.changed("randomisation", f"{element.name}.rowsOrder", _("Say “random order” in the designer."))
