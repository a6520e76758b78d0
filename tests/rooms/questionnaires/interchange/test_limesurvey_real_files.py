"""Every number counted straight from a real LimeSurvey file is found again in the report of its import."""

from __future__ import annotations

from typing import Any

import pytest

from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.interchange.reports import Report
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.expectations import SHARED, WHERE, n_of, real_files, types_in

FILES = real_files("lss")


def named(report: Report, kind: str, part: str) -> int:
    """Return how many things of a kind have a word in their name."""
    return sum(each.count for each in report.entries if each.kind == kind and part in each.name)


@pytest.mark.skipif(not FILES, reason=WHERE)
@pytest.mark.parametrize("known", FILES, ids=lambda known: known["file"])
def test_the_report_accounts_for_every_number_of_the_file(known: dict[str, Any]) -> None:
    imported = read_limesurvey((SHARED / known["file"]).read_bytes())
    report, expect = imported.report, known["expect"]
    assert imported.questionnaire.title[expect["base_language"]] == expect["title"]
    assert types_in(report) == {name.split(" ")[0]: count for name, count in expect["questions_by_type"].items()}
    assert {each.name: each.count for each in report.entries if each.kind == "question text"} == {
        name: count for name, count in expect["question_texts_per_language"].items() if count
    }
    assert sorted(each.name for each in report.entries if each.kind == "language") == expect["languages"]
    assert {kind: n_of(report, *kinds) for kind, kinds in KINDS.items()} == {kind: expect[kind] for kind in KINDS}
    conditions = {
        "relevance": named(report, "condition", "relevance"),
        "rows": named(report, "condition", " condition "),
    }
    relevances = [expect[f"relevance_nontrivial_{each}"] for each in ("questions", "subquestions", "groups")]
    assert conditions == {"relevance": sum(relevances), "rows": expect["condition_rows"]}
    assert n_of(report, "randomisation") == sum(expect["randomisation"].values())
    assert n_of(report, "markup") == expect["text_markup"]["with_html"]
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire


KINDS = {
    "groups_pages": ("page",),
    "questions": ("question",),
    "subquestions": ("subquestion",),
    "answer_options": ("option",),
    "mandatory": ("required",),
    "with_other": ("other",),
    "validation_regex": ("validator",),
    "expressions_in_texts": ("expression",),
    "quotas": ("quota",),
    "quota_members": ("quota member",),
    "assessments": ("assessment",),
    "default_values": ("default",),
    "question_attribute_rows": ("attribute",),
    "question_scripts": ("question script",),
    "survey_settings_rows": ("survey settings",),
}
