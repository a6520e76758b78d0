"""Translations: their table, what is missing or changed, merge fields, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.operations import publish_version, restore_version, save_draft
from survey_app.questionnaires.queries import (
    current_version,
    find_draft,
    get_survey,
    newest_published,
    questionnaire_of,
)
from survey_app.questionnaires.steps import undo
from survey_app.questionnaires.translating import translated
from survey_app.questionnaires.translation import FieldFault, Gaps, field_fault, fingerprint, followed, gaps_of
from tests.factories.questionnaires import NOW, a_questionnaire, a_survey
from tests.signing_in import SignIn

S = "/surveys/relationship"
EN = {"en": "How likely are you to recommend us?"}


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_survey(languages=["en", "vi"])
        db.session.commit()
    return sign_in("marketer")


@pytest.fixture
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context(), writing():
        yield


def the_draft() -> Questionnaire:
    return questionnaire_of(current_version(get_survey("relationship")))


def revision_of(client: FlaskClient) -> str:
    return re.findall(r'name="revision" value="([0-9]+)"', client.get(f"{S}/translate").text)[0]


def save(client: FlaskClient, **texts: str) -> str:
    """Save translations into Vietnamese by key (with __ for /), and return the page that follows."""
    form = {f"text/{key.replace('__', '/')}": text for key, text in texts.items()}
    data = {"revision": revision_of(client), "to": "vi"} | form
    return unescape(client.post(f"{S}/translate", data=data, follow_redirects=True).text)


def test_a_whole_table_of_translations_is_saved_at_once(marketer: FlaskClient, app: Flask) -> None:
    assert marketer.get(f"{S}/translate?to=vi&show=missing").text.count('class="is-missing"') == 9
    form = {
        "revision": "1", "to": "vi", "text/title": "Tiêu đề", "text/nps/text": "Quý khách có giới thiệu không?",
        "text/ratings/row/delivery": "Giao hàng", "text/usage/option/daily": "Hằng ngày",
        "text/nps/scale/0": "Không", "text/comment/text": "",
    }  # fmt: skip
    assert marketer.post(f"{S}/translate", data=form).status_code == 303
    with app.app_context():
        draft = the_draft()
    assert draft.title["vi"] == "Tiêu đề"
    assert draft.items[0].text["vi"] == "Quý khách có giới thiệu không?"
    assert draft.items[1].rows[0].text == {"en": "Delivery", "vi": "Giao hàng"}
    assert draft.items[2].options[0].text["vi"] == "Hằng ngày"
    assert "vi" not in draft.items[3].text
    assert marketer.get(f"{S}/translate?to=vi&show=missing").text.count('class="is-missing"') == 5


def test_two_translators_at_once_lose_nothing(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/translate", data={"revision": "1", "to": "vi", "text/title": "Một"})
    answer = marketer.post(f"{S}/translate", data={"revision": "1", "to": "vi", "text/title": "Hai"})
    assert answer.status_code == 409
    assert "Một" in answer.text
    assert "Hai" in answer.text


def test_a_text_that_changes_after_its_translation_is_marked_until_somebody_looks(marketer: FlaskClient) -> None:
    save(marketer, title="Tiêu đề", nps__text="Quý khách có giới thiệu không?")
    marketer.post(f"{S}/texts", data={"revision": "2", "title-en": "How is it going?", "title-vi": "Tiêu đề"})
    page = marketer.get(f"{S}/translate?to=vi&show=stale").text
    assert page.count('class="is-stale"') == 1
    assert "1 text changed since it was translated" in unescape(marketer.get(f"{S}/check").text)
    marketer.post(f"{S}/translate", data={"revision": "3", "to": "vi", "text/title": "Tiêu đề", "still/title": "1"})
    assert "is-stale" not in marketer.get(f"{S}/translate?to=vi&show=stale").text


def test_a_translation_written_anew_is_up_to_date(marketer: FlaskClient) -> None:
    save(marketer, title="Tiêu đề")
    marketer.post(f"{S}/texts", data={"revision": "2", "title-en": "Going well?", "title-vi": "Tiêu đề"})
    save(marketer, title="Có tốt không?")
    assert "is-stale" not in marketer.get(f"{S}/translate?to=vi").text


@pytest.mark.usefixtures("_inside")
def test_what_translations_were_made_from_survives_publishing_new_drafts_and_undo() -> None:
    survey = a_survey(languages=["en", "vi"], title={"en": "Old", "vi": "Cũ"})
    save_draft(survey, replace(the_draft(), title={"en": "New", "vi": "Cũ"}), 1, "title", NOW)
    assert stale(survey) == 1
    undo(survey, NOW)
    assert stale(survey) == 0
    save_draft(survey, replace(the_draft(), title={"en": "New", "vi": "Cũ"}), 3, "title", NOW)
    first = publish_version(survey, "", NOW)
    assert stale(survey) == 1
    save_draft(survey, replace(the_draft(), thanks={"en": "Bye"}), 0, "thanks", NOW)
    assert stale(survey) == 1
    save_draft(survey, replace(the_draft(), title={"en": "New", "vi": "Mới"}), 2, "title", NOW)
    assert stale(survey) == 0
    restore_version(survey, first, NOW)
    assert stale(survey) == 1
    undo(survey, NOW)
    assert stale(survey) == 0
    assert newest_published(survey) is first


def stale(survey: Survey) -> int:
    version = find_draft(survey) or newest_published(survey)
    assert version is not None
    return sum(each.n_stale for each in gaps_of(questionnaire_of(version), version.sources))


@pytest.mark.parametrize(
    ("before", "after", "known", "mark"),
    [
        ({"en": "A", "vi": "a"}, {"en": "A", "vi": "a"}, {}, "A"),
        ({"en": "A", "vi": "a"}, {"en": "B", "vi": "a"}, {}, "A"),
        ({"en": "A", "vi": "a"}, {"en": "B", "vi": "b"}, {}, "B"),
        ({"en": "A", "vi": "a"}, {"en": "B", "vi": "a"}, {"vi": "0"}, "0"),
        ({"en": "A"}, {"en": "B", "vi": "b"}, {}, "B"),
        ({"en": "A", "vi": "a"}, {"en": "B"}, {"vi": "0"}, None),
    ],
)
def test_a_save_decides_what_a_translation_was_made_from(
    before: dict[str, str], after: dict[str, str], known: dict[str, str], mark: str | None
) -> None:
    old = a_questionnaire(languages=["en", "vi"], title=before)
    new = replace(old, title=after)
    found = followed({"title": known}, old, new).get("title", {}).get("vi")
    assert found == (fingerprint(mark) if mark and mark != "0" else mark)


def test_under_another_main_language_everything_counts_as_made_from_it() -> None:
    old = a_questionnaire(languages=["en", "vi"], title={"en": "A", "vi": "a"})
    new = replace(old, languages=("vi", "en"))
    assert followed({"title": {"vi": "0"}}, old, new)["title"] == {"en": fingerprint("a")}
    assert gaps_of(new, {}) == []


def test_an_item_that_moves_to_another_page_keeps_its_translations_standing(marketer: FlaskClient) -> None:
    save(marketer, usage__text="Mua thường xuyên không?")
    marketer.post(f"{S}/items/usage/move", data={"revision": "2", "page": "why"})
    assert "is-stale" not in marketer.get(f"{S}/translate?to=vi").text


@pytest.mark.parametrize(
    ("source", "target", "lost", "added"),
    [
        ("Hello {customer.name|you}", "Chào {customer.name|bạn}", (), ()),
        ("Hello {customer.name|you}", "Chào", ("customer.name",), ()),
        ("Hello", "Chào {organisation}", (), ("organisation",)),
        ("{answer.nps} {organisation}", "{organisation} {answer.nps|0}", (), ()),
        ("{answer.nps}", "{answer.usage}", ("answer.nps",), ("answer.usage",)),
        ("{not a field}", "{nothing}", (), ()),
    ],
)
def test_merge_fields_of_a_translation_are_those_of_its_text(
    source: str, target: str, lost: tuple[str, ...], added: tuple[str, ...]
) -> None:
    assert field_fault(source, target) == FieldFault(lost, added)


def test_a_translation_that_loses_a_merge_field_is_refused_and_comes_back_as_typed(marketer: FlaskClient) -> None:
    form = {"revision": "1", "title-en": "How are you, {customer.first_name|friend}?"}
    marketer.post(f"{S}/texts", data=form)
    page = save(marketer, title="Quý khách & chúng tôi")
    assert "{customer.first_name} is lost in the translation" in page
    assert "Quý khách & chúng tôi" in page
    assert "is lost" not in save(marketer, title="{customer.first_name|Quý khách} khỏe không?")


def test_a_text_that_is_too_long_comes_back_as_typed(marketer: FlaskClient) -> None:
    page = save(marketer, title="x" * 201, comment__text="Tại sao?")
    assert "longer than 200 characters" in page
    assert "Tại sao?" in page


def test_languages_written_from_right_to_left_stand_so(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/languages", data={"revision": "1", "add": "ar"})
    page = marketer.get(f"{S}/translate?to=ar").text
    assert re.search(r'<textarea[^>]*lang="ar" dir="rtl"', page)
    assert "العربية" in page


def test_a_missing_text_says_what_people_read_instead(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/languages", data={"revision": "1", "add": "pt pt-BR"})
    with_pt = {"revision": "2", "to": "pt", "text/title": "Como vai?"}
    marketer.post(f"{S}/translate", data=with_pt)
    assert "Until then people read: Como vai?" in unescape(marketer.get(f"{S}/translate?to=pt-BR").text)


def test_another_language_becomes_the_main_one(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/languages/vi/main", data={"revision": "1"})
    with app.app_context():
        assert the_draft().languages == ("vi", "en")
    assert "the text in the main language is missing" in marketer.get(f"{S}/check").text
    assert marketer.post(f"{S}/languages/xx/main", data={"revision": "2"}).status_code == 404


def test_a_survey_has_at_most_thirty_languages(marketer: FlaskClient) -> None:
    tags = " ".join(f"q{first}{second}" for first in "abcdef" for second in "abcdef")
    answer = marketer.post(f"{S}/languages", data={"revision": "1", "add": tags})
    assert answer.status_code == 422
    assert "at most 30 languages" in answer.text


def test_a_survey_without_another_language_is_told_how_to_get_one(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/languages/vi/remove", data={"revision": "1"})
    assert "This survey has one language" in marketer.get(f"{S}/translate").text
    assert marketer.post(f"{S}/languages/en/remove", data={"revision": "2"}, follow_redirects=True).status_code == 200
    assert marketer.post(f"{S}/translate", data={"revision": "2", "to": "fr"}).status_code == 422


def test_a_long_table_is_saved_page_by_page(marketer: FlaskClient, app: Flask) -> None:
    with app.app_context(), writing():
        items = [{"code": f"c{n}", "type": "text", "text": {"en": f"Why {n}?"}} for n in range(150)]
        a_survey("long", languages=["en", "vi"], pages=[{"code": "p", "items": items}])
        db.session.commit()
    page = marketer.get("/surveys/long/translate?page=2").text
    assert 'name="text/c120/text"' in page
    assert 'name="text/c20/text"' not in page
    data = {"revision": "1", "to": "vi", "page": "2", "show": "all", "text/c120/text": "Vì sao?"}
    assert "page=2" in marketer.post("/surveys/long/translate", data=data).location


def test_a_translation_is_taken_away_by_an_empty_one() -> None:
    old = a_questionnaire(languages=["en", "vi"], title={"en": "A", "vi": "a"})
    assert translated(old, "vi", {"title": ""}).title == {"en": "A", "vi": ""}
    assert gaps_of(old, {}) == [Gaps("vi", 8, 0)]
