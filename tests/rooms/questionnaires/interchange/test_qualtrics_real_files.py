"""Every number counted straight from a real Qualtrics file is found again in the report of its import."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.qualtrics import read_qualtrics
from survey_app.questionnaires.interchange.reports import Report
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.expectations import SHARED, WHERE, n_of, real_files, types_in

FILES = real_files("qsf")
READABLE = [each for each in FILES if "unreadable" not in each["expect"]]
KINDS = {
    "groups_pages": ("page",),
    "page_breaks": ("page break",),
    "questions": ("question",),
    "answer_options": ("option",),
    "embedded_data_fields": ("hidden value",),
    "conditions_nontrivial": ("condition",),
    "quotas": ("quota",),
    "quota_groups": ("quota group",),
    "piped_text": ("piped text",),
    "questions_in_blocks_without_definition": ("missing question",),
}
DETAILS = {
    "carry_forward": ("carry-forward",),
    "force_response": ("required",),
    "request_response": ("requested answer",),
    "question_js": ("question script",),
    "recoded": ("recode",),
    "text_entry_choices": ("other",),
    "validated": ("validator",),
    "side_by_side_parts": ("side by side column",),
    "side_by_side_answers": ("side by side option",),
    "side_by_side_choices": ("side by side row",),
}


def ending(report: Report, kind: str, *parts: str) -> int:
    return sum(each.count for each in report.entries if each.kind == kind and all(part in each.name for part in parts))


@pytest.mark.skipif(not FILES, reason=WHERE)
@pytest.mark.parametrize("known", READABLE, ids=lambda known: known["file"])
def test_the_report_accounts_for_every_number_of_the_file(known: dict[str, Any]) -> None:
    imported = read_qualtrics((SHARED / known["file"]).read_bytes())
    report, expect = imported.report, known["expect"]
    details = expect["details"]
    assert next(iter(imported.questionnaire.title.values())) == expect["title"]
    assert types_in(report) == expect["questions_by_type"]
    assert sorted(each.name for each in report.entries if each.kind == "language") == expect["languages"]
    assert {kind: n_of(report, *kinds) for kind, kinds in KINDS.items()} == {kind: expect[kind] for kind in KINDS}
    assert {kind: n_of(report, *kinds) for kind, kinds in DETAILS.items()} == {
        kind: details.get(kind, 0) for kind in DETAILS
    }
    unused = expect["questions_in_trash"] + expect["questions_in_no_block"]
    assert n_of(report, "unused question") == unused
    assert ending(report, "option", "answers") == details["answers_matrix_columns"]
    assert ending(report, "option", "choices") == details["choices"]
    assert (
        ending(report, "condition", "choice", "display logic") + ending(report, "condition", "answer", "display logic")
        == (details["display_logic_choices"])
    )
    assert ending(report, "condition", "skip") == expect["skip_logic"]
    assert ending(report, "randomisation", "Randomizer") == expect["randomisation"].get("flow_randomizers", 0)
    assert ending(report, "randomisation", "Randomization") == details["choice_randomisation"]
    assert ending(report, "randomisation", "questions") == expect["blocks_with_question_randomisation"]
    assert _named(report, "element") == expect["element_kinds"]
    assert _named(report, "flow") == expect["flow"]
    assert _named(report, "translation") == expect["translated_questions_per_language"]
    assert n_of(report, "markup") >= expect["text_markup"]["with_html"]
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire


@pytest.mark.skipif(not FILES, reason=WHERE)
def test_the_damaged_file_is_refused() -> None:
    for known in (each for each in FILES if "unreadable" in each["expect"]):
        with pytest.raises(QuestionnaireError):
            read_qualtrics((SHARED / known["file"]).read_bytes())


def _named(report: Report, kind: str) -> Counter[str]:
    """Return how many things of a kind there are by the first word of their name."""
    found: Counter[str] = Counter()
    for each in report.entries:
        if each.kind == kind:
            found[each.name.split(" ")[0]] += each.count
    return found
