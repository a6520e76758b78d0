"""What an element of a SurveyJS file has beside what is read of it: entered by name, so that nothing is lost unsaid."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.surveyjs.conditions import CONDITIONS, UNSAID
from survey_app.questionnaires.interchange.surveyjs.elements import OLD_KEYS, Element
from survey_app.questionnaires.interchange.surveyjs.making import Making

_WORD = re.compile(r"\w+")
# Properties that some reader looks at, and enters where it cannot say them.
_READ = """
    type name title label value valueName description elements questions templateElements isRequired
    eachRowRequired visible readOnly choices choicesOrder choicesByUrl choicesFromQuestion choicesFromQuestionMode
    carryForwardChoices choicesLazyLoadEnabled showOtherItem otherText showNoneItem noneText showDontKnowItem
    dontKnowText showRefuseItem refuseText showSelectAllItem minSelectedChoices maxSelectedChoices multiSelect
    labelTrue labelFalse valueTrue valueFalse rateMin rateMax rateStep rateCount rateValues rateType rateDisplayMode
    minRateDescription maxRateDescription autoGenerate inputType min max step maxLength maskType maskSettings dataList
    html showCommentArea commentText validators rows columns cellType rowsOrder rowOrder items questionsOrder
    questionOrder elementsOrder defaultValue defaultRowValue defaultPanelValue correctAnswer
"""
# How things look: one entry for all elements that say so.
_LOOKS = """
    colCount startWithNewLine width minWidth maxWidth titleLocation descriptionLocation indent innerIndent size cols
    autoGrow allowResize hideNumber showNumber renderAs errorLocation questionTitleLocation questionTitleWidth
    questionDescriptionLocation questionErrorLocation state showQuestionNumbers questionStartIndex horizontalScroll
    columnMinWidth columnColCount alternateRows verticalAlign columnLayout imageFit imageHeight imageWidth
    minImageHeight maxImageHeight minImageWidth maxImageWidth showLabel contentMode itemTitleWidth itemSize
    columnsLayout rowTitleWidth transposeData displayMode searchEnabled searchMode textWrapEnabled textUpdateMode
    autocomplete navigationButtonsVisibility navigationTitle navigationDescription useDisplayValuesInTitle
    separateSpecialChoices closeOnSelect scaleColorMode rateColorMode swapOrder allowClear hideSelectedItems
"""
READ = frozenset(_WORD.findall(_READ)) | set(CONDITIONS) | set(OLD_KEYS.values())
LOOKS = frozenset(_WORD.findall(_LOOKS))
MESSAGES = ("Text", "Error", "Placeholder", "Caption", "Message")


def enter_leftovers(element: Element, making: Making) -> None:
    """Enter every property that nothing has read."""
    for key, value in element.native.items():
        if key in READ or value in (None, "", [], {}):
            continue
        if key in LOOKS or (key == "rows" and isinstance(value, int)):
            making.ledger.lost("look", key, _("How questions look is decided for all of them here."))
        elif key.endswith(MESSAGES) or key in {"placeholder", "optionsCaption"}:
            making.ledger.lost("text", f"{element.name}.{key}", _("This text has no place here."))
        else:
            making.ledger.lost("setting", f"{element.name}.{key}", _("Nothing of ours says it."))


def lose_unsaid(element: Element, making: Making) -> None:
    """Enter the conditions that nothing of ours says, each with its words."""
    message = _("Nothing of ours says it: what a condition decides is whether something is asked.")
    for key in UNSAID:
        if element.get(key):
            said = element.word(key)
            making.ledger.lost("condition", f"{element.name}.{key}", f"{message} [{said[:200]}]")
