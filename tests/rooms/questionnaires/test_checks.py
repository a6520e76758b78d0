"""The checks before publishing: errors keep back, warnings ask to be considered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from survey_app.questionnaires.checks import Level, check_questionnaire, errors_of
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.library import FOLDER
from survey_app.questionnaires.parsing import parse
from tests.factories.questionnaires import a_battery, a_choice, a_comment, a_definition, a_questionnaire, an_item

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def of_items(*items: dict[str, Any], **overrides: Any) -> Questionnaire:
    """Return a questionnaire with a page per item."""
    pages = [{"code": f"p{n}", "items": [item]} for n, item in enumerate(items, start=1)]
    return parse(a_definition(pages=pages, **overrides))


def if_nps(op: str = "at_most", value: Any = 6) -> dict[str, Any]:
    return {"field": "answer.nps", "op": op, "value": value}


def test_a_sound_questionnaire_has_no_findings() -> None:
    assert check_questionnaire(a_questionnaire()) == []


@pytest.mark.parametrize(
    ("questionnaire", "level", "words"),
    [
        (of_items({"code": "s", "type": "statement", "text": "Hello"}), "error", "Nothing is asked yet"),
        (of_items(an_item(), {"code": "score", "type": "hidden"}), "error", "no hidden value can come under that name"),
        (of_items(an_item(primary=False)), "error", "which outcome is the primary one"),
        (of_items(an_item(text={})), "error", "“nps”: the text in the main language is missing"),
        (of_items(an_item(), title={}), "error", "Title: the text in the main language is missing"),
        (of_items(an_item(), a_choice(options=[])), "error", "no options to choose from"),
        (of_items(an_item(), a_battery(rows=[])), "error", "no statements to rate"),
        (of_items(a_comment(show_if=if_nps()), an_item()), "error", "not answered yet at that point"),
        (of_items(an_item(show_if=if_nps())), "error", "not answered yet at that point"),
        (
            of_items(an_item(), a_comment(show_if={"field": "answer.gone", "op": "is", "value": 1})),
            "error",
            "nothing with this code is asked",
        ),
        (of_items(an_item(), a_comment(show_if=if_nps("contains", "x"))), "error", "cannot be compared by contains"),
        (
            of_items(an_item(), a_choice(), a_comment(show_if={"field": "answer.usage", "op": "is", "value": "no"})),
            "error",
            "“usage” has no option “no”",
        ),
        (of_items(an_item(), a_comment(show_if=if_nps("more_than", 11))), "warning", "not on its scale"),
        (of_items(a_comment()), "warning", "No item has the role outcome"),
        (of_items(a_battery()), "warning", "no outcome that they could explain"),
        (of_items(an_item(), languages=["en", "vi"]), "warning", "2 texts are not translated into Tiếng Việt"),
        (of_items(an_item(scale={"labels": {}})), "warning", "name both ends of the scale"),
        (of_items(an_item(), a_comment(required=True, show_if=if_nps())), "hint", "is required, but only those"),
        (of_items(an_item(), a_choice(options=[{"code": "a", "text": "A"}])), "warning", "only one option"),
        (
            of_items(an_item(), a_battery(rows=[{"code": "x", "text": "Price and quality"}])),
            "warning",
            "two things at once",
        ),
        (of_items(an_item(), *(a_comment(code=f"c{n}") for n in range(12))), "warning", "many give up"),
        (parse(a_definition(pages=[{"code": "p", "items": [an_item()]}, {"code": "q"}])), "warning", "“q” is empty"),
    ],
)
def test_a_fault_is_found_and_weighed(questionnaire: Questionnaire, level: str, words: str) -> None:
    found = [each.level for each in check_questionnaire(questionnaire) if words in each.message]
    assert found == [Level(level)]


def test_a_condition_on_an_earlier_page_is_right() -> None:
    assert check_questionnaire(of_items(an_item(), a_comment(show_if=if_nps()))) == []


def test_a_condition_on_the_same_page_is_possible_but_not_smooth() -> None:
    questionnaire = parse(a_definition(pages=[{"code": "p", "items": [an_item(), a_comment(show_if=if_nps())]}]))
    findings = check_questionnaire(questionnaire)
    assert errors_of(findings) == []
    assert ["shown a second time" in each.message for each in findings] == [True]


def test_a_condition_on_a_later_item_of_the_same_page_is_refused() -> None:
    questionnaire = parse(a_definition(pages=[{"code": "p", "items": [a_comment(show_if=if_nps()), an_item()]}]))
    assert [each.spot.item for each in errors_of(check_questionnaire(questionnaire))] == ["comment"]


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        (a_battery(scale={"high": 7}), "error", "another scale"),
        ({"code": "ratings", "type": "csat", "text": "How?"}, "error", "another type of item"),
        (a_battery(rows=[{"code": "delivery", "text": "Delivery"}]), "warning", "“support” is gone"),
    ],
)
def test_what_would_break_a_trend_is_said_before_publishing(changed: dict[str, Any], level: str, words: str) -> None:
    findings = check_questionnaire(of_items(an_item(), changed), of_items(an_item(), a_battery()))
    assert {each.level for each in findings if words in each.message} == {Level(level)}


def test_lost_and_new_options_are_told() -> None:
    fewer = a_choice(options=[{"code": "daily", "text": "Daily"}, {"code": "monthly", "text": "Monthly"}])
    findings = check_questionnaire(of_items(an_item(), fewer), of_items(an_item(), a_choice()))
    assert ["rarely" in findings[0].message, "monthly" in findings[1].message, len(findings)] == [True, True, 2]


@pytest.mark.parametrize("path", [each for each in sorted(FOLDER.glob("*.yaml")) if each.stem != "items"], ids=str)
def test_every_ready_questionnaire_can_be_published_in_three_languages(path: Path) -> None:
    questionnaire = read_text(path.read_bytes())
    assert questionnaire.languages == ("en", "vi", "es")
    assert [each for each in check_questionnaire(questionnaire) if each.level is not Level.HINT] == []


@pytest.mark.parametrize("name", ["product-satisfaction.yaml", "airport.yaml"])
def test_every_documented_example_can_be_published(name: str) -> None:
    assert errors_of(check_questionnaire(read_text((EXAMPLES / name).read_bytes()))) == []


def test_a_page_that_only_leads_on_is_not_called_empty() -> None:
    fork = {"code": "fork", "items": [], "jumps": [{"when": if_nps(), "to": "end"}]}
    pages = [{"code": "first", "items": [an_item()]}, fork, {"code": "why", "items": [a_comment()]}]
    found = [each.message for each in check_questionnaire(a_questionnaire(pages=pages))]
    assert not any("empty" in message for message in found)
    pages[1] = {"code": "fork", "items": []}
    found = [each.message for each in check_questionnaire(a_questionnaire(pages=pages))]
    assert any("“fork” is empty" in message for message in found)


def test_a_hidden_value_of_the_record_may_have_any_name() -> None:
    hidden = {"code": "score", "type": "hidden", "source": "attribute.score"}
    assert errors_of(check_questionnaire(of_items(an_item(), hidden))) == []


def test_chance_needs_two_groups_and_conditions_on_them_are_reckoned_with() -> None:
    group = {"code": "group", "type": "hidden", "source": "random", "options": [{"code": "a"}, {"code": "b"}]}
    assert errors_of(check_questionnaire(of_items(an_item(), group))) == []
    for options in ([], [{"code": "a"}]):
        (found,) = errors_of(check_questionnaire(of_items(an_item(), {**group, "options": options})))
        assert "needs at least two groups" in found.message
    either = {"any": [{"field": "answer.group", "op": "is", "value": each} for each in "ab"]}
    both = {"all": either["any"]}
    for tree, words in ((either, "always holds"), (both, "can never hold")):
        found = check_questionnaire(of_items(group, an_item(show_if=tree)))
        assert any(words in each.message for each in found), words
