"""The designer's forms: what they show is what they save, every type and every part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import END, Item, ItemType, Page, Questionnaire
from survey_app.questionnaires.queries import current_version, get_survey, questionnaire_of
from tests.factories.designing import a_rich_survey, every_type
from tests.pages.reading import check
from tests.rooms.questionnaires.designer_pages import form_of
from tests.signing_in import SignIn

S = "/surveys/everything"
CODES = [item["code"] for page in every_type()["pages"] for item in page["items"]]
PAGES = [page["code"] for page in every_type()["pages"]]
Form = MultiDict[str, str]


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.commit()
    return sign_in("marketer")


@pytest.fixture
def draft(app: Flask) -> Any:
    """Return a function that reads the draft as it stands."""

    def read() -> Questionnaire:
        with app.app_context():
            return questionnaire_of(current_version(get_survey("everything")))

    return read


def shown(client: FlaskClient, code: str, language: str = "en") -> Form:
    return form_of(client.get(f"{S}/design?item={code}&in={language}").text, f"{S}/items/{code}")


def shown_page(client: FlaskClient, code: str) -> Form:
    return form_of(client.get(f"{S}/design?page={code}").text, f"{S}/pages/{code}")


def saved(client: FlaskClient, item: str, form: Form, /, **changes: str | list[str]) -> Any:
    """Send an item's form with some changes; an empty list leaves a control out."""
    return client.post(f"{S}/items/{item}", data=changed(form, changes))


def changed(form: Form, changes: Mapping[str, str | list[str]]) -> Form:
    form = form.copy()
    for name, value in changes.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return form


def item_of(questionnaire: Questionnaire, code: str) -> Item:
    return next(item for item in questionnaire.items if item.code == code)


def page_of(questionnaire: Questionnaire, code: str) -> Page:
    return next(page for page in questionnaire.pages if page.code == code)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_saving_a_form_as_it_is_shown_changes_nothing(marketer: FlaskClient, draft: Any, language: str) -> None:
    before = draft()
    for code in CODES:
        assert saved(marketer, code, shown(marketer, code, language)).status_code == 303, code
    for code in PAGES:
        assert marketer.post(f"{S}/pages/{code}", data=shown_page(marketer, code)).status_code == 303, code
    assert draft() == before


def test_every_type_is_added_shown_and_saved_as_it_begins(marketer: FlaskClient, draft: Any) -> None:
    for revision, kind in enumerate(ItemType, start=1):
        answer = marketer.post(f"{S}/items", data={"revision": str(revision), "page": "about", "type": kind.value})
        assert answer.status_code == 303
        code = answer.location.split("item=")[1].split("#")[0].split("&")[0]
        before = item_of(draft(), code)
        assert before.type is kind
        form = shown(marketer, code)
        # Going on with the same item is one change more, so the next one is named by the page.
        assert marketer.post(f"{S}/items/{code}", data=changed(form, {"act": "refresh"})).status_code == 200
        assert item_of(draft(), code) == before


def test_numbers_have_bounds_decimals_and_a_unit(marketer: FlaskClient, draft: Any) -> None:
    form = shown(marketer, "visits")
    changes: dict[str, str | list[str]] = {"lowest": "-0,5", "highest": "10", "decimals": "1", "unit-en": "km"}
    assert saved(marketer, "visits", form, **changes).status_code == 303
    item = item_of(draft(), "visits")
    assert (item.bounds.lowest, item.bounds.highest, item.bounds.decimals) == ("-0.5", "10", 1)
    assert item.unit == {"en": "km"}


@pytest.mark.parametrize(
    ("code", "changes", "words"),
    [
        ("visits", {"lowest": "ten"}, "is no number"),
        ("visits", {"lowest": "9", "highest": "1"}, "The lowest value is above the highest."),
        ("last", {"lowest": "2026-02-31"}, "is no day such as"),
        ("shares", {"total": "0"}, "Write a whole number from 1"),
        ("order", {"most": "9"}, "Write a whole number from 1 to 3."),
        ("satisfaction", {"scale-low": "1", "scale-high": "12"}, "Write a whole number from 3 to 10."),
        ("reach", {"contact-name": [], "contact-email": []}, "List which details are asked for"),
        ("used", {"options-1-code": "shop"}, "Two options have the same code."),
        ("why", {"variants-1-code": "a"}, "Two variants have the same code."),
        ("why", {"text-en": "x" * 1_000_000}, "longer than 4000 characters"),
        ("why", {"code": "nps"}, "stands here 2 times"),
        ("from_link", {"source": "customer.password hash"}, "is no source of a hidden value"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_stays_typed(
    marketer: FlaskClient, draft: Any, code: str, changes: dict[str, str | list[str]], words: str
) -> None:
    before = draft()
    answer = saved(marketer, code, shown(marketer, code), **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    again = form_of(answer.text, f"{S}/items/{code}")
    assert {name: again.getlist(name) for name in changes} == {
        name: value if isinstance(value, list) else [value] for name, value in changes.items()
    }
    assert draft() == before


def test_text_is_kept_composed_and_without_what_cannot_be_stored(marketer: FlaskClient, draft: Any) -> None:
    saved(marketer, "note", shown(marketer, "note"), **{"text-en": "Cafe\u0301 a\0b"})
    assert item_of(draft(), "note").text["en"] == "Café ab"


def test_a_satisfaction_scale_has_looks_points_and_labels(marketer: FlaskClient, draft: Any) -> None:
    form = shown(marketer, "satisfaction")
    changes: dict[str, str | list[str]] = {"scale-look": "faces", "scale-high": "7", "scale-labels-4-en": "So so"}
    assert saved(marketer, "satisfaction", form, **changes).status_code == 303
    scale = item_of(draft(), "satisfaction").scale
    assert scale
    assert (scale.high, scale.look.value, scale.labels[4]) == (7, "faces", {"en": "So so"})


def test_a_pasted_list_of_three_hundred_becomes_options_and_stays_editable(marketer: FlaskClient, draft: Any) -> None:
    pasted = "\r\n".join(f"Town {number}" for number in range(300))
    assert saved(marketer, "kind", shown(marketer, "kind"), new_options=pasted).status_code == 303
    assert len(item_of(draft(), "kind").options) == 302
    form = shown(marketer, "kind")
    assert form["options_text"].startswith("person | Person\r\ncompany | Company")
    text = form["options_text"].replace("Town 7\r\n", "Town seven\r\n") + "\r\nVillage"
    assert saved(marketer, "kind", form, options_text=text).status_code == 303
    found = {option.code: option.text["en"] for option in item_of(draft(), "kind").options}
    assert (found["town_7"], found["village"], len(found)) == ("Town seven", "Village", 303)


def test_ones_own_list_takes_the_place_of_samples_and_other_stays_behind(marketer: FlaskClient, draft: Any) -> None:
    added = marketer.post(f"{S}/items", data={"type": "multiple", "page": "about", "revision": "1"})
    code = parse_qs(urlsplit(added.location).query)["item"][0]
    assert saved(marketer, code, shown(marketer, code), new_options="Coffee\nTea").status_code == 303
    assert [option.code for option in item_of(draft(), code).options] == ["coffee", "tea", "other"]
    saved(marketer, code, shown(marketer, code), new_options="Cake")
    assert [option.code for option in item_of(draft(), code).options] == ["coffee", "tea", "cake", "other"]


def test_more_options_than_there_may_be_are_refused_in_words(marketer: FlaskClient, draft: Any) -> None:
    pasted = "\n".join(f"Town {number}" for number in range(600))
    answer = saved(marketer, "kind", shown(marketer, "kind"), new_options=pasted)
    assert answer.status_code == 422
    assert "At most 500 entries may stand here." in answer.text
    assert "Town 599" in answer.text
    assert len(item_of(draft(), "kind").options) == 2


def test_an_option_keeps_its_other_languages_when_its_code_changes(marketer: FlaskClient, draft: Any) -> None:
    saved(marketer, "kind", shown(marketer, "kind", "vi"), **{"options-0-text-vi": "Cá nhân"})
    saved(marketer, "kind", shown(marketer, "kind"), **{"options-0-code": "private"})
    first = item_of(draft(), "kind").options[0]
    assert (first.code, first.text) == ("private", {"en": "Person", "vi": "Cá nhân"})


def test_a_second_wording_makes_a_split_ballot(marketer: FlaskClient, draft: Any) -> None:
    form = shown(marketer, "effort")
    page = marketer.post(f"{S}/items/effort", data=changed(form, {"act": "add:variants", "text-en": "Typed"})).text
    form = form_of(page, f"{S}/items/effort")
    assert form["text-en"] == "Typed"
    changes: dict[str, str | list[str]] = {"variants-1-text-en": "It was hard.", "variants-1-reversed": "1"}
    assert saved(marketer, "effort", form, **changes).status_code == 303
    variants = item_of(draft(), "effort").variants
    assert [(each.code, each.text, each.is_reversed) for each in variants] == [
        ("a", {}, False),
        ("b", {"en": "It was hard."}, True),
    ]
    page = marketer.post(
        f"{S}/items/effort", data=changed(shown(marketer, "effort"), {"act": "remove:variants-1"})
    ).text
    assert saved(marketer, "effort", form_of(page, f"{S}/items/effort")).status_code == 303
    assert item_of(draft(), "effort").variants == ()


def test_contact_details_are_chosen_with_what_people_agree_to(marketer: FlaskClient, draft: Any) -> None:
    form = shown(marketer, "reach")
    changes: dict[str, str | list[str]] = {"contact-phone": "1", "contact-name": [], "consent-en": "Call me."}
    saved(marketer, "reach", form, **changes)
    item = item_of(draft(), "reach")
    assert [each.value for each in item.contact_fields] == ["email", "phone"]
    assert item.consent == {"en": "Call me."}


def test_a_hidden_value_shows_its_address_and_may_come_from_the_customer(marketer: FlaskClient, draft: Any) -> None:
    assert "?from_link=…" in marketer.get(f"{S}/design?item=from_link").text
    saved(marketer, "from_link", shown(marketer, "from_link"), source="customer.company")
    assert item_of(draft(), "from_link").source == "customer.company"


def test_a_hidden_value_by_chance_begins_with_two_groups_that_can_be_named(marketer: FlaskClient, draft: Any) -> None:
    # Without script the first Save brings the groups; saving by itself again must not lose them.
    for _time in range(2):
        form = changed(shown(marketer, "from_link"), {"source": "random"})
        marketer.post(f"{S}/items/from_link", data={name: form[name] for name in form if "options" not in name})
    assert [each.code for each in item_of(draft(), "from_link").options] == ["a", "b"]
    form = shown(marketer, "from_link")
    assert {form["options-0-text-en"], form["options-1-text-en"]} == {"A", "B"}
    saved(marketer, "from_link", form, **{"options-0-text-en": "Short", "new_options": "long | Long\nMedium"})
    item = item_of(draft(), "from_link")
    assert [each.text["en"] for each in item.options] == ["Short", "B", "Long", "Medium"]
    assert [each.code for each in item.options] == ["a", "b", "long", "medium"]
    assert ">Short</option>" in marketer.get(f"{S}/preview").text
    saved(marketer, "from_link", shown(marketer, "from_link"), source="customer.company")
    assert item_of(draft(), "from_link").options == ()


def test_fields_to_insert_are_listed_beside_the_texts(marketer: FlaskClient) -> None:
    page = marketer.get(f"{S}/design?item=why").text
    assert "{customer.first_name|}" in page
    assert "{answer.used|}" in page
    assert "{answer.visits|}" not in page


def test_what_a_type_cannot_have_is_not_shown(marketer: FlaskClient) -> None:
    assert "required" not in shown(marketer, "note")
    statement = marketer.get(f"{S}/design?item=note").text
    assert 'name="required"' not in statement
    assert 'name="dont_know"' not in marketer.get(f"{S}/design?item=why").text
    assert 'name="scale-look"' not in marketer.get(f"{S}/design?item=nps").text
    assert 'name="scale-look"' in marketer.get(f"{S}/design?item=satisfaction").text


def test_a_page_jumps_to_later_pages_and_out(marketer: FlaskClient, draft: Any) -> None:
    page = marketer.post(f"{S}/pages/details", data=changed(shown_page(marketer, "details"), {"act": "add:jumps"})).text
    form = form_of(page, f"{S}/pages/details")
    # Earlier pages are not offered.
    assert '<option value="about"' in page
    assert '<option value="experience"' not in page.split('name="jumps-0-to"')[1].split("</select>")[0]
    page = marketer.post(f"{S}/pages/details", data=changed(form, {"act": "add:jumps-0-when", "jumps-0-to": END})).text
    form = form_of(page, f"{S}/pages/details")
    assert form["jumps-0-to"] == END
    changes: dict[str, str | list[str]] = {
        "jumps-0-when-0-field": "answer.order",
        "jumps-0-when-0-op": "contains",
        "jumps-0-when-0-value": "price",
        "shuffle": "1",
    }
    assert marketer.post(f"{S}/pages/details", data=changed(form, changes)).status_code == 303
    saved_page = page_of(draft(), "details")
    assert saved_page.is_shuffled
    assert saved_page.jumps[0].to == END
    assert saved_page.jumps[0].when == {"field": "answer.order", "op": "contains", "value": "price"}


def test_a_jump_without_a_target_is_refused_beside_it(marketer: FlaskClient) -> None:
    page = marketer.post(f"{S}/pages/details", data=changed(shown_page(marketer, "details"), {"act": "add:jumps"})).text
    answer = marketer.post(f"{S}/pages/details", data=form_of(page, f"{S}/pages/details"))
    assert answer.status_code == 422
    assert 'id="jumps-0-to-error"' in answer.text


def test_removing_a_jump_keeps_the_others_with_their_conditions(marketer: FlaskClient, app: Flask) -> None:
    form = shown_page(marketer, "experience")
    form = form_of(
        marketer.post(f"{S}/pages/experience", data=changed(form, {"act": "add:jumps"})).text, f"{S}/pages/experience"
    )
    form = form_of(
        marketer.post(f"{S}/pages/experience", data=changed(form, {"act": "remove:jumps-1"})).text,
        f"{S}/pages/experience",
    )
    assert (form["jumps-0-to"], form["jumps-0-when-0-value"]) == ("about", "9")
    assert "jumps-1-to" not in form


def test_pages_are_copied_with_codes_of_their_own(marketer: FlaskClient, draft: Any) -> None:
    answer = marketer.post(f"{S}/pages/experience/duplicate", data={"revision": "1"})
    assert "page=experience_2" in answer.location
    copy = draft().pages[1]
    assert [item.code for item in copy.items] == ["nps_2", "satisfaction_2"]
    assert not any(item.is_primary for item in copy.items)


def test_items_and_pages_are_dropped_before_another(marketer: FlaskClient, draft: Any) -> None:
    marketer.post(f"{S}/items/kind/move", data={"revision": "1", "page": "experience", "before": "nps"})
    marketer.post(f"{S}/pages/about/move", data={"revision": "2", "before": "experience"})
    found = draft()
    assert [page.code for page in found.pages] == ["about", "experience", "details"]
    assert [item.code for item in page_of(found, "experience").items] == ["kind", "nps", "satisfaction"]


def test_jumps_and_merge_fields_follow_new_codes(marketer: FlaskClient, draft: Any) -> None:
    text = {"text-en": "You bought: {answer.used|things} and {answer.usedx}"}
    saved(marketer, "note", shown(marketer, "note"), **text)
    saved(marketer, "used", shown(marketer, "used"), code="bought")
    marketer.post(f"{S}/pages/about", data=changed(shown_page(marketer, "about"), {"code": "you"}))
    found = draft()
    assert item_of(found, "note").text["en"] == "You bought: {answer.bought|things} and {answer.usedx}"
    assert page_of(found, "experience").jumps[0].to == "you"
    assert "answer.bought" in str(item_of(found, "why").show_if)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_of_the_designer_keeps_what_all_pages_promise(
    app: Flask, sign_in: SignIn, marketer: FlaskClient, language: str
) -> None:
    client = sign_in("marketer", language=language)
    places = [f"design?item={code}" for code in CODES] + [f"design?page={code}" for code in PAGES]
    for place in (*places, "logic", "quotas/new", "preview"):
        check(client.get(f"{S}/{place}").text)
    refused = saved(marketer, "visits", shown(marketer, "visits"), lowest="x", code="?", **{"text-en": "y" * 5000})
    check(refused.text)
    with app.app_context():
        assert current_version(get_survey("everything")).revision == 1
