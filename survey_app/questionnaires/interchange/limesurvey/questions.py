"""LimeSurvey's questions as items: which converter reads which type, and what became of each."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from survey_app.questionnaires.definition import WITH_OPTIONS, Item, ItemType
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.drafts import DraftItem
from survey_app.questionnaires.interchange.limesurvey import arrays, choices, entries
from survey_app.questionnaires.interchange.limesurvey.attributes import enter_attributes, with_attributes
from survey_app.questionnaires.interchange.limesurvey.choices import Outcome
from survey_app.questionnaires.interchange.limesurvey.computing import EQUATION, by_chance, computed_by, groups_of
from survey_app.questionnaires.interchange.limesurvey.reading import Reading, base_item
from survey_app.questionnaires.interchange.limesurvey.survey import Question

Converter = Callable[[Reading, Question, Item], Outcome]
_CONVERTERS: dict[str, Converter] = {
    **dict.fromkeys("L!OZW", choices.single),
    **dict.fromkeys("YG", choices.usual),
    **dict.fromkeys("MP", choices.multiple),
    **dict.fromkeys("STU", entries.text),
    **dict.fromkeys("FHABCE", arrays.array),
    **dict.fromkeys(":;", arrays.cells),
    "5": choices.five_points,
    "R": choices.ranking,
    "1": arrays.dual,
    "Q": entries.texts,
    "N": entries.number,
    "K": entries.numbers,
    "D": entries.day,
    "X": entries.statement,
}
# The looks that every LimeSurvey has.
_THEMES = frozenset(
    {
        "",
        "core",
        "arrays",
        "5pointchoice",
        "boilerplate",
        "date",
        "equation",
        "file_upload",
        "gender",
        "hugefreetext",
        "language",
        "list_dropdown",
        "list_with_comment",
        "listradio",
        "longfreetext",
        "multiplechoice",
        "multiplechoice_with_comments",
        "multiplenumeric",
        "multipleshorttext",
        "numerical",
        "ranking",
        "shortfreetext",
        "yesno",
    }
)
_HIDEABLE = frozenset("STUNDLYG5!")


def convert(reading: Reading, question: Question) -> list[DraftItem]:
    """Return the items of a question, none where it is lost; everything about it is entered."""
    converter = _converter(question)
    items: list[Item] = []
    name = f"{question.code} ({question.type})"
    if converter is None:
        _note_equation(reading, question)
        reading.ledger.lost("question", name, _lost(question))
    else:
        found, message = converter(reading, question, base_item(reading, question))
        items = [with_attributes(question, each) for each in found if each.type is not ItemType.LIKERT or each.rows]
        _enter(reading, name, items, message)
    _enter_parts(reading, question, items)
    enter_attributes(reading, question, items)
    return [DraftItem(each, question.code) for each in items]


def _converter(question: Question) -> Converter | None:
    if groups_of(question):
        return by_chance
    if question.attribute("hidden") == "1":
        return entries.hidden if question.type in _HIDEABLE else None
    return _CONVERTERS.get(question.type)


def _enter(reading: Reading, name: str, items: list[Item], message: str) -> None:
    if not items:
        reading.ledger.lost("question", name, _("It has nothing to answer: its rows are missing."))
    elif any(each.type in WITH_OPTIONS and not each.options for each in items):
        reading.ledger.changed("question", name, _("It has no answers in the file; add some."))
    elif message:
        reading.ledger.changed("question", name, message)
    else:
        reading.ledger.kept("question", name)


def _note_equation(reading: Reading, question: Question) -> None:
    """Let conditions say themselves what an equation question computes."""
    computed = computed_by(question)
    if computed is not None:
        reading.equations |= dict.fromkeys(reading.names(question), computed)


def _lost(question: Question) -> str:
    if question.attribute("hidden") == "1" and question.type != EQUATION:
        return _("Hidden questions of this type cannot be filled from a link.")
    words = {
        "*": _("Ours compute nothing while answering: “%(text)s”.", text=brief(_any(question))),
        "|": _("Files cannot be uploaded."),
        "I": _("The language is chosen on every page and stored with each response, without a question."),
    }
    return words.get(question.type, _("This type of question is not known."))


def _any(question: Question) -> str:
    return next(iter(question.texts.values()), "")


def _enter_parts(reading: Reading, question: Question, items: list[Item]) -> None:
    """Enter subquestions, answers, and what the question demands."""
    ledger, code = reading.ledger, question.code
    enter = ledger.kept if items and items[0].type is not ItemType.HIDDEN else ledger.lost
    enter("subquestion", code, "", len(question.subquestions))
    enter("option", code, "", len(question.answers))
    if question.has_other:
        is_kept = any(option.is_other for item in items for option in item.options)
        (ledger.kept if is_kept else ledger.lost)("other", code)
    if question.row.get("mandatory") in {"Y", "S"}:
        _enter_mandatory(reading, question, items)
    n_scored = sum(1 for each in question.answers if each.assessment not in {"", "0"})
    ledger.lost("assessment value", code, _("Answers have no points of their own; reports score."), n_scored)
    _enter_row(reading, question)
    if question.row.get("preg"):
        message = _("Answers are not checked against “%(pattern)s”.", pattern=brief(question.row["preg"]))
        ledger.lost("validator", code, message)
    for language in question.scripts:
        ledger.lost("question script", f"{code} ({language})", _("Pages of ours run no scripts."))


def _enter_mandatory(reading: Reading, question: Question, items: list[Item]) -> None:
    if question.row.get("mandatory") == "S":
        reading.ledger.lost(
            "requested answer", question.code, _("An answer is asked for, but not demanded: ours are either.")
        )
    elif any(item.is_required for item in items):
        reading.ledger.kept("required", question.code)
    else:
        reading.ledger.lost("required", question.code, _("Nothing is asked that could be required."))


def _enter_row(reading: Reading, question: Question) -> None:
    """Enter a theme that changes the look, and encryption."""
    theme = question.row.get("question_theme_name", "")
    if theme.split("/")[0] not in _THEMES:
        reading.ledger.lost("theme", f"{question.code} {theme}", _("Appearance: pages of ours have one look."))
    if question.row.get("encrypted") == "Y":
        message = _("Single answers are not encrypted; the database is to be kept safe.")
        reading.ledger.lost("setting", f"{question.code} encrypted", message)
