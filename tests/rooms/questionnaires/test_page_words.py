"""The words of pages in the designer: ready ones, the survey's own, what is missing, and files for translators."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from survey_app.questionnaires.checking import Setting
from survey_app.questionnaires.checks import check_questionnaire
from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.page_words.keys import ELSEWHERE, KEYS
from survey_app.questionnaires.page_words.speech import asked_keys, ready_languages, ready_words, word_fault
from survey_app.questionnaires.parsing import QuestionnaireError, parse, to_data
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from survey_app.questionnaires.translating import Outcome, Unit, take, translated
from survey_app.questionnaires.translation import followed, gaps_of, targets_of, translation_rows
from survey_app.questionnaires.translation_files import KINDS, Languages, read_units
from tests.factories.questionnaires import a_questionnaire, a_survey
from tests.signing_in import SignIn

S = "/surveys/relationship"


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_survey(languages=["en", "cs", "de"])
        db.session.commit()
    return sign_in("marketer")


def the_draft(app: Flask) -> Questionnaire:
    with app.app_context():
        return questionnaire_of(current_version(get_survey("relationship")))


def save(client: FlaskClient, language: str, **words: str) -> str:
    page = client.get(f"{S}/translate?to={language}").text
    revision = re.findall(r'name="revision" value="([0-9]+)"', page)[0]
    form = {f"text/interface/{key}": text for key, text in words.items()}
    answer = client.post(f"{S}/translate", data={"revision": revision, "to": language} | form, follow_redirects=True)
    return unescape(answer.text)


@pytest.mark.parametrize("language", ready_languages())
def test_ready_words_are_whole_and_keep_every_place(language: str) -> None:
    ready = ready_words(language)
    assert ready.keys() == KEYS.keys() | ELSEWHERE.keys()
    assert [word_fault(key, ready[key]) for key in KEYS if word_fault(key, ready[key])] == []


def test_only_words_that_the_questionnaires_pages_can_show_are_asked_for() -> None:
    keys = asked_keys(a_questionnaire(languages=["cs", "en"]))
    assert {"continue", "answer_for", "choose_answer", "write_answer"} <= set(keys)
    assert {"rank", "share", "choose_day", "mail_address", "willingness"}.isdisjoint(keys)


def test_the_table_offers_the_words_of_the_page_with_ready_ones_filled_in(marketer: FlaskClient) -> None:
    german, czech = (marketer.get(f"{S}/translate?to={tag}").text for tag in ("de", "cs"))
    assert "Words of the page" in german
    assert "Weiter</textarea>" in german
    assert "Weiter" not in czech
    later = marketer.get(f"{S}/translate?to=cs&show=missing").text
    assert 'name="text/interface/continue"' in later


def test_own_words_are_kept_and_ready_ones_that_were_left_alone_are_not(marketer: FlaskClient, app: Flask) -> None:
    save(marketer, "de", **{"continue": "Nächste Frage", "back": ready_words("de")["back"]})
    assert the_draft(app).interface == {"continue": {"de": "Nächste Frage"}}
    save(marketer, "de", **{"continue": ready_words("de")["continue"]})
    assert the_draft(app).interface == {}


def test_words_that_lose_a_value_are_refused_and_come_back_as_typed(marketer: FlaskClient, app: Flask) -> None:
    page = save(marketer, "cs", page_of="Strana %(number)s", submit="Odeslat")
    assert "needs %(count)s" in page
    assert "Strana %(number)s</textarea>" in page
    assert the_draft(app).interface == {}


def test_a_main_language_that_we_do_not_speak_has_its_words_beside_their_english(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey(languages=["cs", "en"])
        db.session.commit()
    marketer = sign_in("marketer")
    page = marketer.get(f"{S}/translate?to=cs").text
    assert ">Continue</td>" in page
    assert 'name="text/title"' not in page
    save(marketer, "cs", **{"continue": "Dál"})
    assert the_draft(app).interface == {"continue": {"cs": "Dál"}}


def test_the_check_tab_names_the_language_and_how_many_words_are_missing() -> None:
    questionnaire = a_questionnaire(languages=["en", "cs", "de", "vi"])
    gaps = {each.language: each.n_words for each in gaps_of(questionnaire, {})}
    assert gaps == {"cs": len(asked_keys(questionnaire)), "de": 0, "vi": 0}
    told = [
        each.message for each in check_questionnaire(questionnaire, setting=Setting()) if "Continue" in each.message
    ]
    assert told == [
        f"{gaps['cs']} words of the page, such as Continue, are missing in Čeština; people read them in English."
    ]


def test_publishing_with_missing_words_is_a_conscious_choice(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_survey(languages=["en", "cs"])
        db.session.commit()
    page = sign_in("admin").get(f"{S}/check").text
    assert "words of the page missing" in page
    assert 'name="accepts_gaps"' in page


def test_words_follow_their_language_in_and_out(app: Flask) -> None:
    questionnaire = a_questionnaire(languages=["en", "cs"], interface={"back": {"cs": "Zpět"}})
    assert parse(to_data(questionnaire)) == questionnaire
    with app.app_context():
        changed = differences(a_questionnaire(languages=["en", "cs"]), questionnaire)
    assert [each.after for each in changed] == ["Zpět"]


@pytest.mark.parametrize(
    ("interface", "words"),
    [
        ({"continue": {"vi": "Tiếp"}}, "come with the product"),
        ({"onwards": {"cs": "Dál"}}, "“onwards” is not known here"),
        ({"page_of": {"cs": "Strana"}}, "needs %(count)s, %(number)s"),
        ({"continue": {"cs": "100 %"}}, "without a percent sign"),
        ({"continue": {"cs": "Dál %(who)s"}}, "has no place for %(who)s"),
        ("Weiter", "Write a group of named values here."),
    ],
)
def test_words_that_cannot_stand_are_refused_in_words(interface: object, words: str) -> None:
    with pytest.raises(QuestionnaireError) as raised:
        a_questionnaire(languages=["en", "vi", "cs"], interface=interface)
    assert words in str(raised.value)


@pytest.mark.parametrize("kind", ["csv", "xliff"])
@pytest.mark.parametrize("language", ["de", "cs"])
def test_a_file_takes_the_words_along_and_brings_them_back(kind: str, language: str) -> None:
    questionnaire = a_questionnaire(languages=["cs", "de", "en"])
    languages = Languages("en" if language == "cs" else "cs", language)
    text = KINDS[kind].write(translation_rows(questionnaire, language, {}), languages)
    taking = take(questionnaire, language, read_units(text.encode(), languages), KINDS[kind].written)
    assert {each.outcome for each in taking.lines} <= {Outcome.SAME, Outcome.EMPTY}
    written = [Unit("interface/continue", None, "Jedeme"), Unit("interface/kept_for", None, "Dlouho")]
    taken = take(questionnaire, language, written, KINDS[kind].written)
    assert [each.outcome for each in taken.lines] == [Outcome.CHANGED, Outcome.FIELDS]
    assert translated(questionnaire, language, taken.texts).interface == {"continue": {language: "Jedeme"}}


def test_words_are_marked_as_changed_when_the_main_languages_words_change() -> None:
    before = a_questionnaire(languages=["cs", "sk", "en"], interface={"continue": {"cs": "Dál", "sk": "Ďalej"}})
    after = replace(before, interface={"continue": {"cs": "Pokračovat", "sk": "Ďalej"}})
    assert targets_of(after) == ["sk", "en", "cs"]
    assert {each.language: each.n_stale for each in gaps_of(after, followed({}, before, after))} == {"sk": 1, "cs": 0}
