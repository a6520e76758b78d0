"""The library: every instrument can be published in three languages, its plan is whole, its pages can be walked."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_babel import force_locale

from analysis.satisfaction_index import ecsi_model, satisfaction_index
from analysis.values.satisfaction_index import SatisfactionIndex
from survey_app.conditions.trees import comparisons
from survey_app.followups.rules import default_threshold
from survey_app.questionnaires.checks import check_questionnaire
from survey_app.questionnaires.definition import SCALED, Questionnaire
from survey_app.questionnaires.library import FOLDER, questionnaire_from
from survey_app.questionnaires.library.instruments import instrument_of, instruments
from survey_app.questionnaires.library.pages import index_page, instrument_page
from survey_app.questionnaires.library.plans import NAMES, Plan, plan_of
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from survey_app.questionnaires.texts import wordings
from tests.pages.reading import check
from tests.signing_in import SignIn

DOCS = Path(__file__).parents[3] / "docs"
LANGUAGES = ("en", "vi", "es")
# Two things in one rated statement, in any of the languages; a comma list of one thing is none.
JOINED = {"en": r"\b(and|or)\b", "es": r"\b(y|e|o|u)\b", "vi": r"(?<!\w)(và|hoặc)(?!\w)"}
# Words that tie a text to one country, and polite forms that must be kept.
IMPOLITE = {
    "es": r"\b(tú|tu|tus|te|vosotros|vuestro|vos|ordenador|computadora)\b",
    "vi": r"\b(bạn|anh chị|mày)\b(?! bè)",
}


def turned(questionnaire: Questionnaire, main: str) -> Questionnaire:
    """Return the questionnaire with another main language."""
    return replace(questionnaire, languages=(main, *(tag for tag in questionnaire.languages if tag != main)))


def anchors(page: Path) -> set[str]:
    """Return what links into a page of docs/ may end with, as GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_file_of_the_library_is_offered() -> None:
    files = {path.stem for path in FOLDER.glob("*.yaml")} - {"items"}
    assert files == set(NAMES) == {path.stem for path in (FOLDER / "plans").glob("*.yaml")} - {"shared"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_has_no_finding_whatever_language_leads(name: str, language: str) -> None:
    questionnaire = questionnaire_from(name)
    assert set(questionnaire.languages) == set(LANGUAGES)
    assert check_questionnaire(turned(questionnaire, language)) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_says_everything_in_every_language(name: str) -> None:
    for each in wordings(questionnaire_from(name)):
        assert not each.texts or set(each.texts) == set(LANGUAGES), each.key
        assert len(set(each.texts.values())) > 1 or each.texts.get("en") in {None, "No"}, each.key


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_has_introduction_thanks_and_one_outcome_that_the_plan_scores(name: str) -> None:
    questionnaire, plan = questionnaire_from(name), plan_of(name)
    assert questionnaire.introduction
    assert questionnaire.thanks
    assert questionnaire.primary_outcome is not None
    threshold = default_threshold(questionnaire.primary_outcome)
    assert threshold is not None
    assert threshold.value == plan.alert
    assert any(jump.to == "screen_out" for page in questionnaire.pages for jump in page.jumps) == bool(
        questionnaire.screened_out
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_low_score_is_asked_about_further(name: str) -> None:
    """Somewhere a page depends on what was answered before, and low scores lead to a question of their own."""
    questionnaire = questionnaire_from(name)
    fields_asked = {each["field"] for page in questionnaire.pages if page.show_if for each in comparisons(page.show_if)}
    assert fields_asked


@pytest.mark.parametrize("name", NAMES)
def test_rated_statements_ask_one_thing_in_every_language(name: str) -> None:
    for item in questionnaire_from(name).items:
        for row in item.rows:
            for language, pattern in JOINED.items():
                assert not re.search(pattern, row.text[language], re.IGNORECASE), row.text[language]


@pytest.mark.parametrize("name", NAMES)
def test_scales_are_balanced_and_named_at_both_ends(name: str) -> None:
    for item in questionnaire_from(name).items:
        if item.type in SCALED:
            assert item.scale is not None
            named = [point for point in item.scale.points if item.scale.labels.get(point)]
            assert {item.scale.low, item.scale.high} <= set(named)
            assert [item.scale.low + item.scale.high - point for point in reversed(named)] == named


@pytest.mark.parametrize("name", NAMES)
def test_customers_are_addressed_politely(name: str) -> None:
    for each in wordings(questionnaire_from(name)):
        for language, pattern in IMPOLITE.items():
            assert not re.search(pattern, each.texts.get(language, ""), re.IGNORECASE), each.texts[language]


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_whole_in_three_languages_and_its_links_lead_somewhere(name: str) -> None:
    plan = plan_of(name)
    texts = [getattr(plan, each.name) for each in fields(Plan)]
    texts += [method.text for method in (plan.headline, *plan.analyses)]
    texts += [construct.name for construct in plan.constructs]
    for each in (each for each in texts if isinstance(each, dict)):
        assert set(each) == set(LANGUAGES)
        assert all(text.strip() for text in each.values())
    assert plan.sources
    for method in (plan.headline, *plan.analyses):
        page, _, anchor = method.page.partition("#")
        assert anchor in anchors(DOCS / page), method.page


def test_constructs_name_items_of_the_instrument_once() -> None:
    for name in NAMES:
        measured = [code for item in questionnaire_from(name).items for code in item.measure_codes]
        codes = [code for construct in plan_of(name).constructs for code in construct.codes]
        assert set(codes) <= set(measured), name
        assert len(codes) == len(set(codes)), name


def test_the_index_can_be_computed_from_the_items_that_its_plan_names() -> None:
    blocks = {construct.code: list(construct.codes) for construct in plan_of("satisfaction_index").constructs}
    model = ecsi_model(blocks, (1, 10))
    rng = np.random.default_rng(3)
    mood = rng.normal(size=300)
    answers = pd.DataFrame(
        {
            code: np.clip(np.rint(6.5 + mood + 0.7 * rng.normal(size=300) + rng.normal(size=300)), 1, 10)
            for codes in blocks.values()
            for code in codes
        }
    )
    found = satisfaction_index(answers, model, rng)
    assert isinstance(found, SatisfactionIndex)
    assert found.construct("Satisfaction").index.base.n == 300
    scales = {
        code: item.scale for item in questionnaire_from("satisfaction_index").items for code in item.measure_codes
    }
    assert {(scales[code].low, scales[code].high) for codes in blocks.values() for code in codes if scales[code]} == {
        (1, 10)
    }


def test_the_pages_of_docs_are_those_of_the_library(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        pages = {f"{each.plan.name}.md": instrument_page(each) for each in instruments()}
        pages["README.md"] = index_page(instruments())
    found = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "library").glob("*.md")}
    assert found == pages, "run: survey-app library pages docs/library"


def test_the_command_line_lists_and_shows(app: Flask) -> None:
    runner = FlaskCliRunner(app)
    assert runner.invoke(args=["library", "list"]).output.count("\n") == len(NAMES)
    shown = runner.invoke(args=["library", "show", "churn"])
    assert shown.exit_code == 0
    assert "Keaveney" in shown.output
    assert runner.invoke(args=["library", "show", "nothing"]).exit_code == 2


@pytest.mark.parametrize(("language", "title"), [("en", "Delivery"), ("vi", "Giao hàng"), ("es", "Entrega")])
def test_the_library_speaks_the_marketers_language(sign_in: SignIn, language: str, title: str) -> None:
    marketer = sign_in("marketer", language=language)
    page = marketer.get("/surveys/library").text
    check(page)
    assert page.count('class="library-card"') == len(NAMES)
    assert f">{title}</a></h2>" in page
    plan = marketer.get("/surveys/library/delivery").text
    check(plan)
    assert plan_of("delivery").limits[language] in plan
    assert "Mentzer" in plan


@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_a_preview_follows_the_one_before_in_every_language(sign_in: SignIn, name: str) -> None:
    viewer, questionnaire = sign_in("analyst"), questionnaire_from(name)
    assert viewer.get(f"/surveys/library/{name}").status_code == 200
    for language in LANGUAGES:
        places = [*(page.code for page in questionnaire.pages), "thanks"]
        for place, following in pairwise(places):
            answer = viewer.get(f"/surveys/library/{name}/page?page={place}&language={language}")
            check(answer.text)
            assert f'<html lang="{language}"' in answer.text
            # What could be answered stands before the form, which sends the name of the next page alone.
            body, _, form = answer.text.partition("<form ")
            assert f'name="page" value="{following}"' in form
            assert "</form>" not in body
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert questionnaire.thanks[language] in viewer.get(
            f"/surveys/library/{name}/page?page=thanks&language={language}"
        ).text.replace("&#39;", "'")


def test_a_preview_says_when_a_page_is_asked_and_where_it_leads(sign_in: SignIn) -> None:
    viewer = sign_in("analyst")
    assert "nothing more is asked" in viewer.get("/surveys/library/churn/page?page=state").text
    assert "page 6 follows" in viewer.get("/surveys/library/delivery/page?page=arrival").text
    assert "Shown only if" in viewer.get("/surveys/library/relationship_nps/page?page=repair").text


def test_using_an_instrument_makes_a_survey_of_it(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer", language="vi")
    page = marketer.get("/surveys/new?template=delivery").text
    assert re.search(r'<option selected value="delivery">', page)
    assert 'value="Giao hàng"' in page
    form = {
        "title": "Giao hàng",
        "template": "delivery",
        "languages": list(LANGUAGES),
        "identification": "confidential",
    }
    answer = marketer.post("/surveys", data=form)
    assert answer.status_code == 303
    with app.app_context():
        made = questionnaire_of(current_version(get_survey("giao_hang")))
        assert made.languages == ("vi", "en", "es")
        assert made.pages == questionnaire_from("delivery").pages


@pytest.mark.parametrize("path", ["/surveys/library/nothing", "/surveys/library/items", "/surveys/library/../x/page"])
def test_an_instrument_that_does_not_exist_is_not_found(sign_in: SignIn, path: str) -> None:
    assert sign_in("marketer").get(path).status_code == 404


def test_an_unknown_template_begins_blank(sign_in: SignIn) -> None:
    page = sign_in("marketer").get("/surveys/new?template=../../secret").text
    assert '<option selected value="blank">' in page


def test_only_staff_who_see_surveys_see_the_library(sign_in: SignIn, app: Flask) -> None:
    assert sign_in("agent").get("/surveys/library").status_code == 404
    assert app.test_client().get("/surveys/library").status_code == 303
    page = sign_in("analyst").get("/surveys/library").text
    assert "template=" not in page


def test_an_instrument_speaks_the_language_that_is_wanted(app: Flask) -> None:
    with app.test_request_context():
        assert instrument_of("churn").says({"en": "yes", "vi": "có"}) == "yes"
        assert instrument_of("churn", "vi").says({"en": "yes", "vi": "có"}) == "có"
