"""Enters all that a Qualtrics question holds beside its text: choices, scale points, translations, scripts."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.reading import Reading, tag_of
from survey_app.questionnaires.interchange.qualtrics.survey import Data, is_on, mapping, ordered, sequence, text


def enter_parts(reading: Reading, question: Data, items: list[Item]) -> None:
    """Enter what a question holds."""
    tag, ledger = tag_of(question), reading.ledger
    enter, reason = (ledger.kept, "") if items else (ledger.lost, _("Its question is lost."))
    is_side_by_side = text(question.get("QuestionType")) == "SBS"
    n_choices, n_answers = len(mapping(question.get("Choices"))), len(mapping(question.get("Answers")))
    enter("option", f"{tag} choices", reason, n_choices)
    enter("option", f"{tag} answers", reason, n_answers)
    if is_side_by_side:
        _enter_side_by_side(reading, question, is_kept=bool(items))
    _enter_labels(reading, question, items)
    _enter_own_words(reading, question, items)
    _enter_translations(reading, question, is_kept=bool(items))
    _enter_rest(reading, question, items)
    if n_groups := len(mapping(question.get("ChoiceGroups"))):
        ledger.lost("setting", f"{tag} choice groups", _("Options stand in one list without headings."), n_groups)


def _enter_side_by_side(reading: Reading, question: Data, *, is_kept: bool) -> None:
    tag = tag_of(question)
    enter = reading.ledger.kept if is_kept else reading.ledger.lost
    for number, part in ordered(question.get("AdditionalQuestions"), None):
        enter("side by side column", f"{tag}#{number}")
        enter("side by side option", f"{tag}#{number}", "", len(mapping(part.get("Answers"))))
        enter("side by side row", f"{tag}#{number}", "", len(mapping(part.get("Choices"))))


def _enter_labels(reading: Reading, question: Data, items: list[Item]) -> None:
    """Enter labels along sliders and columns: only those at the ends of an NPS scale have a place."""
    tag, is_nps = tag_of(question), any(each.type is ItemType.NPS for each in items)
    for key in ("Labels", "ColumnLabels"):
        count = len(sequence(question.get(key)))
        if is_nps and key == "ColumnLabels":
            reading.ledger.kept("scale label", f"{tag} {key}", "", min(count, 2))
            count -= min(count, 2)
        words = ", ".join(text(mapping(each).get("Display")) for each in sequence(question.get(key)))
        message = _("Numbers have no labels along them: %(words)s", words=brief(words))
        reading.ledger.lost("scale label", f"{tag} {key}", message, count)


def _enter_own_words(reading: Reading, question: Data, items: list[Item]) -> None:
    tag = tag_of(question)
    named = [id_ for id_, each in ordered(question.get("Choices"), None) if is_on(each.get("TextEntry"))]
    n_kept = max((sum(option.is_other for option in item.options) for item in items), default=0)
    for id_ in named:
        if n_kept:
            reading.ledger.kept("other", f"{tag} choice {id_}")
            n_kept -= 1
        else:
            message = _("Only one option of a choice asks for the person's own words.")
            reading.ledger.lost("other", f"{tag} choice {id_}", message)


def _enter_translations(reading: Reading, question: Data, *, is_kept: bool) -> None:
    for name in mapping(question.get("Language")) if isinstance(question.get("Language"), dict) else ():
        if name in reading.tags and is_kept:
            reading.ledger.kept("translation", name)
        else:
            reading.ledger.lost("translation", name, _("Its question or its language is not taken over."))


def _enter_rest(reading: Reading, question: Data, items: list[Item]) -> None:
    tag, ledger = tag_of(question), reading.ledger
    if question.get("QuestionJS"):
        ledger.lost("question script", tag, _("Pages of ours run no scripts."))
    if mapping(question.get("DynamicChoices")):
        message = _("All options of the earlier question are offered, whatever was answered.")
        ledger.changed("carry-forward", tag, message) if items else ledger.lost("carry-forward", tag)
    if isinstance(question.get("RecodeValues"), dict) and question.get("RecodeValues"):
        _enter_recodes(reading, question, items)
    if sequence(question.get("GradingData")):
        ledger.lost("scoring", tag, _("Points for answers are not taken over."))
    if question.get("DefaultChoices"):
        ledger.lost("default", tag, _("Questions begin unanswered."))
    if mapping(question.get("DataVisibility")).get("Hidden") is True:
        ledger.lost("setting", f"{tag} hidden", _("It was hidden from its viewers; it is asked now."))


def _enter_recodes(reading: Reading, question: Data, items: list[Item]) -> None:
    tag = tag_of(question)
    if text(question.get("QuestionType")) == "MC" and any(each.options for each in items):
        reading.ledger.kept("recode", tag, _("Its numbers are the codes of the options."))
    else:
        reading.ledger.changed(
            "recode", tag, _("Points count from the lowest to the highest; compare them with your data.")
        )
