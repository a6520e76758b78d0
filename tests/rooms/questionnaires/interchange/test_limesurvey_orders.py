"""In which order LimeSurvey's random groups of questions are asked."""

from __future__ import annotations

from typing import Any

from survey_app.questionnaires.interchange.limesurvey import read_limesurvey
from survey_app.questionnaires.interchange.reports import Imported
from tests.rooms.questionnaires.interchange.limesurvey_files import asked, document

THREE = [("A1", "Bad"), ("A2", "Middling"), ("A3", "Good")]


def one(*questions: Any) -> Imported:
    return read_limesurvey(document([("Group", "", list(questions))], {}, is_old=False))


def in_random_group(qid: str, name: str, kind: str = "T") -> Any:
    return asked(qid, kind, f"Q{qid}", "What?", attributes={"random_group": name} if name else {})


def shuffled(imported: Imported) -> list[tuple[list[str], bool]]:
    return [([each.code for each in page.items], page.is_shuffled) for page in imported.questionnaire.pages]


def test_a_random_group_that_is_a_whole_page_is_kept() -> None:
    found = one(in_random_group("1", "a"), in_random_group("2", "a"))
    assert shuffled(found) == [(["q1", "q2"], True)]
    assert found.report.counts()["randomisation"] == {"kept": 2}


def test_a_random_group_within_a_page_gets_a_page_of_its_own() -> None:
    found = one(*(in_random_group(qid, name) for qid, name in zip("12345", ["", "a", "a", "b", "b"], strict=True)))
    assert shuffled(found) == [(["q1"], False), (["q2", "q3"], True), (["q4", "q5"], True)]
    assert [page.title for page in found.questionnaire.pages] == [{"en": "Group en", "fr": "Group fr"}] * 3
    assert found.report.counts()["randomisation"] == {"changed": 4}
    assert found.report.counts()["page"] == {"kept": 1}


def test_a_random_group_of_questions_that_are_no_neighbours_or_several_items_keeps_its_order() -> None:
    apart = one(in_random_group("1", "a"), in_random_group("2", ""), in_random_group("3", "a"))
    assert shuffled(apart) == [(["q1", "q2", "q3"], False)]
    commented = asked("2", "O", "Q2", "Why?", answers=THREE, attributes={"random_group": "a"})
    together = one(in_random_group("1", "a"), commented)
    assert shuffled(together) == [(["q1", "q2", "q2_comment"], False)]
    assert [each.report.counts()["randomisation"] for each in (apart, together)] == [{"lost": 2}] * 2
