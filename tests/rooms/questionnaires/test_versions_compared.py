"""What differs between two versions, in words; and what that does to trends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.changes import Effect, trend_changes
from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.word_differences import Fate, word_runs
from tests.factories.questionnaires import a_battery, a_choice, a_comment, a_questionnaire, an_item

UNLIKELY = {"field": "answer.nps", "op": "at_most", "value": 6}


def of(*items: dict[str, Any], **overrides: Any) -> Questionnaire:
    """Return a questionnaire with a page per item."""
    pages = [{"code": f"p{n}", "items": [each]} for n, each in enumerate(items)]
    return a_questionnaire(**({"pages": pages} | overrides))


def said(before: Questionnaire, after: Questionnaire) -> list[str]:
    found = differences(before, after)
    return [each.sentence or f"{each.label}: {each.before} > {each.after}" for each in found]


BOTH = of(an_item(), a_choice())


@pytest.fixture
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.usefixtures("_inside")
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BOTH, []),
        (of(an_item(), a_choice(), title={"en": "New"}), ["Title (en): How are we doing? > New"]),
        (
            of(an_item(required=True), a_choice()),
            [
                (
                    "“nps”, settings: Recommendation, 0 to 10 (NPS), Outcome, scale from 0 to 10, primary outcome > "
                    "Recommendation, 0 to 10 (NPS), Outcome, scale from 0 to 10, primary outcome, required"
                )
            ],
        ),
        (
            of(an_item(), a_choice(show_if=UNLIKELY)),
            ["Condition of “usage”:  > “How likely are you to recommend us?” is at most 6"],
        ),
        (of(an_item()), ["Page “p1” is gone.", "“usage” is gone.", "“usage” (en): How often do you buy? > "]),
        (
            of(an_item(), a_choice(), languages=["en", "vi"]),
            [
                "Languages: en > en, vi",
                "“nps”, scale point 0 (vi):  > Hoàn toàn không",
                "“nps”, scale point 10 (vi):  > Hoàn toàn sẵn lòng",
            ],
        ),
        (
            of(pages=[{"code": "p0", "items": [an_item(), a_choice()]}, {"code": "p1", "items": []}]),
            ["“usage” moved from page “p1” to “p0”."],
        ),
        (
            of(pages=[{"code": "p1", "items": [a_choice()]}, {"code": "p0", "items": [an_item()]}]),
            ["Order of pages: p0, p1 > p1, p0"],
        ),
        (
            of(
                pages=[
                    {"code": "p0", "items": [an_item()], "jumps": [{"when": UNLIKELY, "to": "end"}]},
                    {"code": "p1", "items": [a_choice()], "show_if": UNLIKELY, "shuffle": True},
                ]
            ),
            [
                "Jumps from page “p0”:  > to the end if “How likely are you to recommend us?” is at most 6",
                "Condition of page “p1”:  > “How likely are you to recommend us?” is at most 6",
                "Order of items on page “p1”:  > random",
            ],
        ),
        (
            of(an_item(), a_choice(), quotas=[{"code": "few", "when": UNLIKELY, "limit": 9}]),
            ["Quota “few”:  > at most 9 for whom “How likely are you to recommend us?” is at most 6"],
        ),
    ],
)
def test_differences_are_sentences(after: Questionnaire, expected: list[str]) -> None:
    assert said(BOTH, after) == expected


@pytest.mark.usefixtures("_inside")
def test_the_order_on_a_page_and_new_items_are_told() -> None:
    one = a_questionnaire(pages=[{"code": "p", "items": [an_item(), a_choice()]}])
    two = a_questionnaire(pages=[{"code": "p", "items": [a_choice(), an_item(), a_comment()]}])
    assert said(one, two) == [
        "“comment” is new on page “p”.",
        "Order on page “p”: nps, usage > usage, nps",
        "“comment” (en):  > Why?",
    ]


@given(before=st.text(max_size=80), after=st.text(max_size=80))
def test_marked_words_hold_both_texts_whole(before: str, after: str) -> None:
    runs = word_runs(before, after)
    assert "".join(run.text for run in runs if run.fate is not Fate.NEW) == before
    assert "".join(run.text for run in runs if run.fate is not Fate.GONE) == after


def test_words_that_stayed_are_not_marked() -> None:
    runs = [(run.text, run.fate.value) for run in word_runs("How are we doing?", "How are you doing?")]
    assert runs == [("How are", "same"), (" we", "gone"), (" you", "new"), (" doing?", "same")]
    assert len(word_runs("a " * 3000, "b " * 3000)) == 2


SURE = of(an_item(), a_battery(), a_choice(), a_comment())


@pytest.mark.parametrize(
    ("after", "words", "effect"),
    [
        (of(an_item(), a_battery(), a_choice()), "“comment” is gone", "breaking"),
        (of(an_item(), a_battery(scale={"high": 7}), a_choice(), a_comment()), "another scale", "forbidden"),
        (of(an_item(), a_battery(), a_choice(type="multiple"), a_comment()), "another type", "forbidden"),
        (
            of(an_item(), a_battery(), a_choice(options=[{"code": "daily", "text": "Daily"}]), a_comment()),
            "lost options (rarely)",
            "breaking",
        ),
        (
            of(
                an_item(),
                a_battery(),
                a_choice(options=[{"code": c, "text": c} for c in ("daily", "rarely", "x")]),
                a_comment(),
            ),
            "new options (x)",
            "breaking",
        ),
        (
            of(an_item(), a_battery(), a_choice(dont_know=True), a_comment()),
            "counted or asked for differently",
            "breaking",
        ),
        (of(an_item(), a_battery(), a_choice(), a_comment(show_if=UNLIKELY)), "asked of other people", "breaking"),
        (of(a_battery(), an_item(), a_choice(), a_comment()), "Other drivers are rated before “nps”", "breaking"),
        (
            of(an_item(primary=False), a_battery(), a_choice(), a_comment(), an_item(code="n2")),
            "lead with “n2” instead of “nps”",
            "breaking",
        ),
        (
            of(
                pages=[
                    {"code": "p0", "items": [an_item()], "jumps": [{"when": UNLIKELY, "to": "end"}]},
                    *(
                        {"code": f"p{n}", "items": [each]}
                        for n, each in enumerate((a_battery(), a_choice(), a_comment()), 1)
                    ),
                ]
            ),
            "Jumps have changed",
            "breaking",
        ),
    ],
)
def test_what_breaks_a_trend_is_told_in_plain_words(after: Questionnaire, words: str, effect: str) -> None:
    assert {change.effect for change in trend_changes(SURE, after) if words in change.message} == {Effect(effect)}


@pytest.mark.parametrize(
    "after",
    [
        replace(SURE, title={"en": "Another title"}),
        of(an_item(text="How likely, really?"), a_battery(), a_choice(), a_comment()),
        of(an_item(), a_battery(), a_choice(), a_comment(), a_comment(code="more")),
        of(an_item(required=True), a_battery(), a_choice(), a_comment()),
        replace(SURE, languages=("en", "fr")),
    ],
)
def test_words_translations_and_new_items_are_safe(after: Questionnaire) -> None:
    assert trend_changes(SURE, after) == []
