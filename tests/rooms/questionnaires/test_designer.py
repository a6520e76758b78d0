"""The designer over HTTP: who may open it, what its buttons do, and that nothing typed is lost."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.operations import publish_version
from survey_app.questionnaires.queries import current_version, find_draft, get_survey, list_surveys, questionnaire_of
from tests.factories.questionnaires import NOW, a_comment, a_survey, an_item
from tests.signing_in import SignIn

S = "/surveys/relationship"
GETS = ("/surveys", S, f"{S}/preview", f"{S}/preview/page", f"{S}/check", f"{S}/versions", f"{S}/export")
DESIGN_GETS = ("/surveys/new", f"{S}/design", f"{S}/texts", f"{S}/translate")
POSTS = ("/surveys", f"{S}/items", f"{S}/items/nps", f"{S}/items/nps/delete", f"{S}/pages", f"{S}/undo", f"{S}/publish")


@pytest.fixture
def survey(app: Flask) -> str:
    with app.app_context(), writing():
        a_survey(languages=["en", "vi"])
        db.session.commit()
    return "relationship"


@pytest.fixture
def staff(survey: str, sign_in: SignIn) -> SignIn:
    """Return how people sign in where there is a survey."""
    assert survey
    return sign_in


@pytest.fixture
def marketer(staff: SignIn) -> FlaskClient:
    return staff("marketer")


def the_draft(code: str = "relationship") -> Questionnaire:
    return questionnaire_of(current_version(get_survey(code)))


def the_item(code: str) -> Item:
    return next(item for item in the_draft().items if item.code == code)


def revision() -> int:
    return current_version(get_survey("relationship")).revision


def publish(app: Flask) -> None:
    with app.app_context(), writing():
        publish_version(get_survey("relationship"), "first", NOW)
        db.session.commit()


def item_form(**changes: Any) -> dict[str, Any]:
    """Return what the inspector of the NPS item sends."""
    return {
        "revision": "1",
        "text-en": "Would you recommend us?",
        "text-vi": "",
        "role": "outcome",
        "primary": "1",
        "code": "nps",
        "scale-labels-0-en": "No",
        "scale-labels-10-en": "Yes",
    } | changes


@pytest.mark.parametrize("role", ["marketer", "manager", "analyst", "admin"])
@pytest.mark.parametrize("path", GETS)
def test_readers_see_surveys(staff: SignIn, role: str, path: str) -> None:
    assert staff(role).get(path).status_code == 200


@pytest.mark.parametrize("path", [*GETS, *DESIGN_GETS])
def test_an_agent_finds_no_surveys(staff: SignIn, path: str) -> None:
    assert staff("agent").get(path).status_code == 404


@pytest.mark.parametrize("role", ["manager", "analyst", "agent"])
def test_only_marketers_and_administrators_design(staff: SignIn, role: str) -> None:
    client = staff(role)
    assert {client.get(path).status_code for path in DESIGN_GETS} == {404}
    assert {client.post(path).status_code for path in POSTS} == {404}


@pytest.mark.usefixtures("survey")
@pytest.mark.parametrize("path", [*GETS, *DESIGN_GETS])
def test_strangers_are_sent_to_sign_in(client: FlaskClient, path: str) -> None:
    assert "/sign-in" in client.get(path).location


@pytest.mark.parametrize("path", [each.replace("relationship", "nothing") for each in (*GETS[1:], *DESIGN_GETS[1:])])
def test_an_unknown_survey_is_not_found(marketer: FlaskClient, path: str) -> None:
    assert marketer.get(path).status_code == 404


@pytest.mark.parametrize("path", POSTS[1:])
def test_nothing_changes_by_opening_an_address(marketer: FlaskClient, app: Flask, path: str) -> None:
    assert marketer.get(path).status_code in {404, 405}
    with app.app_context():
        assert revision() == 1


def test_an_empty_list_offers_the_first_survey(sign_in: SignIn) -> None:
    page = sign_in("marketer").get("/surveys").text
    assert "No surveys yet" in page
    assert "/surveys/new" in page


def test_a_survey_begins_from_a_ready_questionnaire(sign_in: SignIn, app: Flask) -> None:
    form = {
        "title": "Đánh giá năm 2026",
        "template": "service_ces",
        "languages": ["vi", "es"],
        "identification": "anonymous",
    }
    answer = sign_in("marketer").post("/surveys", data=form)
    assert answer.status_code == 303
    assert answer.location.endswith("/surveys/danh_gia_nam_2026/design")
    with app.app_context():
        survey = get_survey("danh_gia_nam_2026")
        assert survey.identification == "anonymous"
        assert questionnaire_of(current_version(survey)).languages == ("vi", "es")


def test_a_code_made_from_a_title_is_always_free(marketer: FlaskClient) -> None:
    form = {"template": "blank", "languages": "en", "identification": "identified"}
    assert marketer.post("/surveys", data=form | {"title": "New"}).location.endswith("/new_2/design")
    assert marketer.post("/surveys", data=form | {"title": "Relationship"}).location.endswith("/relationship_2/design")
    assert marketer.post("/surveys", data=form | {"title": "New", "code": "new"}).status_code == 422


def test_a_survey_begins_blank_in_any_language(sign_in: SignIn, app: Flask) -> None:
    form = {"title": "Mon avis", "template": "blank", "more_languages": "fr, pt-BR", "identification": "identified"}
    sign_in("marketer").post("/surveys", data=form)
    with app.app_context():
        assert the_draft("mon_avis").languages == ("fr", "pt-BR")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Enter a title."),
        ({"code": "Bad Code"}, "Use small letters"),
        ({"code": "relationship"}, "is taken"),
        ({"more_languages": "klingon"}, "no language tag"),
    ],
)
def test_a_refused_survey_keeps_what_was_typed(marketer: FlaskClient, changes: dict[str, str], words: str) -> None:
    form = {"title": "Store visit <3", "template": "blank", "languages": "en", "identification": "identified"} | changes
    answer = marketer.post("/surveys", data=form)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert form["title"] in unescape(answer.text)


def test_an_item_is_added_behind_the_selected_one(marketer: FlaskClient, app: Flask) -> None:
    form = {"revision": "1", "page": "first", "after": "nps", "type": "text"}
    answer = marketer.post(f"{S}/items", data=form)
    assert answer.status_code == 303
    assert "item=comment_2" in answer.location
    with app.app_context():
        assert [item.code for item in the_draft().pages[0].items] == ["nps", "comment_2"]
        assert the_item("comment_2").text["vi"]


def test_an_item_is_edited_in_every_language(marketer: FlaskClient, app: Flask) -> None:
    form = item_form(**{"text-vi": "Quý khách có giới thiệu chúng tôi không?", "required": "1", "dont_know": "1"})
    assert marketer.post(f"{S}/items/nps", data=form).status_code == 303
    with app.app_context():
        item = the_item("nps")
    assert item.text == {"en": "Would you recommend us?", "vi": "Quý khách có giới thiệu chúng tôi không?"}
    assert (item.is_required, item.allows_dont_know, item.is_primary) == (True, True, True)
    assert item.scale
    # What the form did not show stays: the labels in the other language.
    assert item.scale.labels[0] == {"en": "No", "vi": "Hoàn toàn không"}


def test_a_refused_item_keeps_what_was_typed_and_says_where(marketer: FlaskClient, app: Flask) -> None:
    form = item_form(**{"text-en": "My <b>new</b> wording", "text-vi": "x" * 4001, "code": "NPS!"})
    answer = marketer.post(f"{S}/items/nps", data=form)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "My <b>new</b> wording" in page
    assert "<b>new</b>" not in answer.text
    assert 'href="#code"' in page
    assert 'href="#text-vi"' in page
    with app.app_context():
        assert revision() == 1


def test_options_are_edited_line_by_line(marketer: FlaskClient, app: Flask) -> None:
    form = {
        "revision": "1", "text-en": "How often?", "code": "usage", "role": "profile",
        "options-0-code": "daily", "options-0-text-en": "Every day", "options-0-order": "2",
        "options-1-code": "rarely", "options-1-text-en": "Seldom", "options-1-order": "1", "options-1-other": "1",
        "new_options": "Once a week\nmonthly | Every month\n\n",
    }  # fmt: skip
    assert marketer.post(f"{S}/items/usage", data=form).status_code == 303
    with app.app_context():
        options = the_item("usage").options
    assert [(each.code, each.text["en"], each.is_other) for each in options] == [
        ("rarely", "Seldom", True),
        ("daily", "Every day", False),
        ("once_a_week", "Once a week", False),
        ("monthly", "Every month", False),
    ]


def test_rows_of_a_battery_are_added_and_removed(marketer: FlaskClient, app: Flask) -> None:
    form = {
        "revision": "1", "text-en": "Rate these", "code": "ratings", "role": "driver",
        "scale-low": "1", "scale-high": "7", "scale-direction": "up",
        "rows-0-code": "delivery", "rows-0-text-en": "Delivery", "rows-0-remove": "1",
        "rows-1-code": "support", "rows-1-text-en": "Support",
        "new_rows": "Value for money",
    }  # fmt: skip
    assert marketer.post(f"{S}/items/ratings", data=form).status_code == 303
    with app.app_context():
        item = the_item("ratings")
    assert item.measure_codes == ("support", "value_for_money")
    assert {row.role for row in item.rows} == {"driver"}
    assert item.scale
    assert item.scale.high == 7


def test_a_scale_that_is_no_number_is_refused_in_words(marketer: FlaskClient) -> None:
    form = {"revision": "1", "text-en": "Rate", "code": "ratings", "scale-low": "1", "scale-high": "many"}
    answer = marketer.post(f"{S}/items/ratings", data=form)
    assert answer.status_code == 422
    assert "Write a whole number from 3 to 10." in answer.text
    assert 'value="many"' in answer.text


def test_a_condition_is_chosen_by_the_option_as_people_read_it(marketer: FlaskClient, app: Flask) -> None:
    form = {
        "revision": "1", "text-en": "Why?", "code": "comment", "role": "verbatim", "max_length": "500",
        "show_if-joined": "all", "show_if-0-field": "answer.usage", "show_if-0-op": "is", "show_if-0-value": "Rarely",
    }  # fmt: skip
    assert marketer.post(f"{S}/items/comment", data=form).status_code == 303
    with app.app_context():
        assert the_item("comment").show_if == {"field": "answer.usage", "op": "is", "value": "rarely"}
    assert "“How often do you buy?” is Rarely" in marketer.get(f"{S}/design?item=comment").text


def test_a_condition_that_cannot_be_is_refused_beside_it(marketer: FlaskClient) -> None:
    form = {
        "revision": "1", "text-en": "Why?", "code": "comment", "max_length": "500",
        "show_if-joined": "all", "show_if-0-field": "answer.nps", "show_if-0-op": "at_most", "show_if-0-value": "six",
    }  # fmt: skip
    answer = marketer.post(f"{S}/items/comment", data=form)
    assert answer.status_code == 422
    assert "must be compared with a number" in answer.text
    assert '<option value="six" selected>' in answer.text


def test_conditions_follow_an_item_to_its_new_code(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        why = a_comment(show_if={"field": "answer.nps", "op": "at_most", "value": 6})
        a_survey(pages=[{"code": "a", "items": [an_item()]}, {"code": "b", "items": [why]}])
        db.session.commit()
    sign_in("marketer").post(f"{S}/items/nps", data=item_form(code="recommend"))
    with app.app_context():
        condition = the_item("comment").show_if
    assert condition
    assert condition["field"] == "answer.recommend"


def test_items_move_within_and_between_pages(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/items/ratings/move", data={"revision": "1", "step": "up"})
    marketer.post(f"{S}/items/ratings/move", data={"revision": "2", "step": "up"})
    marketer.post(f"{S}/items/comment/move", data={"revision": "3", "page": "first"})
    with app.app_context():
        assert [[item.code for item in page.items] for page in the_draft().pages] == [
            ["ratings", "nps", "comment"],
            [],
            ["usage"],
            [],
        ]


def test_a_copy_has_codes_of_its_own_and_is_never_primary(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/items/nps/duplicate", data={"revision": "1"})
    marketer.post(f"{S}/items/ratings/duplicate", data={"revision": "2"})
    with app.app_context():
        assert [item.code for item in the_draft().items if item.is_primary] == ["nps"]
        assert the_item("ratings_2").measure_codes == ("delivery_2", "support_2")


def test_what_is_deleted_comes_back_by_undo(marketer: FlaskClient, app: Flask) -> None:
    answer = marketer.post(f"{S}/items/nps/delete", data={"revision": "1"}, follow_redirects=True)
    assert "Undo: deleted “nps”" in answer.text
    assert "Done: deleted “nps”." in answer.text
    assert "Undone: deleted “nps”." in marketer.post(f"{S}/undo", follow_redirects=True).text
    with app.app_context():
        assert the_item("nps")


def test_pages_are_added_renamed_moved_and_deleted(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/pages", data={"revision": "1", "after": "first"})
    form = {"revision": "2", "code": "extra", "title-en": "Extra"}
    assert marketer.post(f"{S}/pages/page5", data=form).status_code == 303
    marketer.post(f"{S}/pages/extra/move", data={"revision": "3", "step": "up"})
    marketer.post(f"{S}/pages/about/delete", data={"revision": "4"})
    with app.app_context():
        assert [page.code for page in the_draft().pages] == ["extra", "first", "drivers", "why"]


def test_the_second_of_two_editors_sees_both_states_and_can_save_on_top(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/items/nps", data=item_form(**{"text-en": "Theirs"}))
    answer = marketer.post(f"{S}/items/nps", data=item_form(**{"text-en": "Mine <i>"}))
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Theirs" in page
    assert "Mine <i>" in page
    assert 'name="revision" value="2"' in page
    again = marketer.post(f"{S}/items/nps", data=item_form(**{"text-en": "Mine <i>", "revision": "2"}))
    assert again.status_code == 303
    with app.app_context():
        assert the_item("nps").text["en"] == "Mine <i>"


def test_what_was_typed_about_something_deleted_is_shown(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/items/nps/delete", data={"revision": "1"})
    answer = marketer.post(f"{S}/items/nps", data=item_form(**{"text-en": "Long work of mine"}))
    assert answer.status_code == 409
    assert "Long work of mine" in answer.text
    assert "does not exist any more" in answer.text


def test_editing_what_is_published_begins_a_draft_and_keeps_its_codes(marketer: FlaskClient, app: Flask) -> None:
    publish(app)
    assert "Your first change begins the next version" in marketer.get(f"{S}/design").text
    answer = marketer.post(f"{S}/items/nps", data=item_form(revision="0", code="other"))
    assert answer.status_code == 303
    with app.app_context():
        assert find_draft(get_survey("relationship"))
        assert the_item("nps").text["en"] == "Would you recommend us?"


def test_hostile_texts_are_shown_as_text_everywhere(marketer: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    marketer.post(f"{S}/items/nps", data=item_form(**{"text-en": hostile}))
    for path in (f"{S}/design?item=nps", f"{S}/translate", f"{S}/preview/page", f"{S}/check", S, "/surveys"):
        page = marketer.get(path).text
        assert "<script>alert" not in page
        assert "49" not in page or "{{ 7 * 7 }}" in unescape(page)


def test_the_designer_may_frame_only_our_own_preview(marketer: FlaskClient) -> None:
    assert "frame-src 'self'" in marketer.get(f"{S}/design").headers["Content-Security-Policy"]
    policy = marketer.get(f"{S}/preview/page").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'self'" in policy


def test_surveys_are_archived_and_brought_back(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/archive")
    assert "How are we doing?" not in marketer.get("/surveys").text
    assert "How are we doing?" in marketer.get("/surveys?archived=1").text
    marketer.post(f"{S}/unarchive")
    with app.app_context():
        assert [each.code for each in list_surveys()] == ["relationship"]
