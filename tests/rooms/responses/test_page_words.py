"""The words of pages in languages that the interface does not speak: no English word is left on any page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.questionnaires.page_words.keys import ELSEWHERE, KEYS
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages
from tests.factories.questionnaires import a_battery, a_choice, an_item
from tests.rooms.responses.test_item_types import EVERY_TYPE, GIVEN

ROOT = Path(__file__).parents[3]
# In brackets, so that words and texts are told from everything that stands outside of them.
WORDS = {key: {"cs": f"⟦{message}⟧"} for key, message in KEYS.items()}
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
# What is nobody's language: names, addresses, what the person typed, how others call their language.
NOT_WORDS = (
    "Lotus Air", "care@example.org", "Slovenčina", "English", "Čeština", "Lan Nguyễn", "lan@example.org", "Huế", "Café",
)  # fmt: skip
FULL = {"code": "all", "when": {"field": "answer.nps", "op": "at_least", "value": 0}, "limit": 0}
OUT = {"when": {"field": "answer.nps", "op": "at_most", "value": 0}, "to": "screen_out"}
# Only staff read these: the channels' names, what they type in for others, test sends, reasons of imports.
OF_STAFF = {
    "Type in the next person's answers", "The answers are stored", "Not asked", "Would not say",
    "This is a test. Your answers are marked as a test and count nowhere.",
}  # fmt: skip
STAFF_FILES = {"entering.py", "filters.py", "segment_fields.py", "panels.py", "lists.py"}


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def in_czech(value: Any) -> Any:
    """Return a definition whose texts stand in brackets, in a language that the interface does not speak."""
    if isinstance(value, dict):
        return (
            {"cs": f"⟦{value['en']}⟧"}
            if value.keys() == {"en"}
            else {key: in_czech(each) for key, each in value.items()}
        )
    return [in_czech(each) for each in value] if isinstance(value, list) else value


def asked(definition: dict[str, Any], **more: Any) -> dict[str, Any]:
    return in_czech(definition) | {"languages": ["cs", "sk"], "interface": WORDS} | more


def left_over(html: str) -> set[str]:
    """Return the words of a page that stand in no brackets: of its text, its title and its labels for machines."""
    html = re.sub(r"<style>.*?</style>|<script.*?</script>", " ", html, flags=re.DOTALL)
    labels = re.findall(r'aria-label="([^"]*)"', html)
    text = unescape(" ".join([re.sub(r"<[^>]*>", "\n", html), *labels]))
    for name in NOT_WORDS:
        text = text.replace(name, " ")
    while INNERMOST.search(text):
        text = INNERMOST.sub(" ", text)
    return set(re.findall(r"[^\W\d_]{2,}", text))


class Reader(Person):
    """Somebody whose every page is looked at for words that are not theirs."""

    def open(self, path: str | None = None, **options: Any) -> Any:
        page = super().open(path, **options)
        assert left_over(page.text) == set(), page.request.path
        return page

    def press(self, button: str = "", *, follow: bool = True, **typed: Any) -> Any:
        page = super().press(button, follow=follow, **typed)
        assert left_over(page.text) == set(), page.request.path
        return page


def change(campaign: Campaign, **settings: Any) -> None:
    with writing():
        for name, value in settings.items():
            setattr(campaign, name, value)
        db.session.commit()


def everything() -> dict[str, Any]:
    """Return a questionnaire of every type, all required, with reasons for having no answer."""
    definition = asked(EVERY_TYPE)
    battery = in_czech(a_battery(not_applicable=True, dont_know=True, required=True))
    definition["pages"] = [
        *definition["pages"],
        {"code": "rated", "items": [battery, in_czech(a_choice(required=True))]},
    ]
    for page in definition["pages"]:
        for item in page["items"]:
            item["required"] = True
    return definition


def test_no_english_word_is_left_on_the_way_through_every_type(client: FlaskClient) -> None:
    campaign = a_fielding(everything())
    person = Reader(client, link_of(an_invitation(campaign, "cs")))
    assert '<html lang="cs">' in person.open().text
    person.press("next")
    person.press("next", nps="3")
    wrong = {
        "ranking.speed": "1", "ranking.price": "1", "sum.price": "-1", "number": "x", "date": "soon",
        "multiple": ["price", "speed", "care"], "contact.email": "nobody",
    }  # fmt: skip
    assert "⟦There is a problem⟧" in person.press("next").text
    assert person.press("next", **wrong).status_code == 422
    person.press("next", **{"ranking.speed": "2", "sum.price": "60", "number": "-5", "multiple.other": ""})
    person.press("next", **GIVEN)
    person.press("next")
    person.press("back")
    person.press("next")
    person.press("next", delivery="__na", support="3", usage="daily")
    assert "⟦Your answers have reached us.⟧" in person.press("send").text


def test_no_english_word_is_left_on_the_pages_of_ones_own_answers(client: FlaskClient) -> None:
    campaign = a_fielding(asked(of_pages(a_page(an_item(), a_choice(dont_know=True)))))
    person = Reader(client, link_of(an_invitation(campaign, "cs")))
    person.open()
    person.press("send", nps="9", usage="__dk")
    for page in ("", "/answers", "/change", "/withdraw", "/details"):
        assert person.open(f"{person.path}{page}").status_code == 200
    person.press("", phone="no number")
    change(campaign, correction_days=0)
    assert "⟦We have your answers." in person.open(person.path).text
    change(campaign, correction_days=30)
    person.open(f"{person.path}/withdraw")
    assert "⟦You took your answers back⟧" in person.press().text


@pytest.mark.parametrize("state", ["closed", "paused", "draft"])
def test_no_english_word_is_left_where_no_answers_are_taken(client: FlaskClient, state: str) -> None:
    campaign = a_fielding(asked(of_pages(a_page(an_item()))), mode="public")
    person = Reader(client, f"/w/{campaign.public_code}")
    person.open()
    change(campaign, state=state)
    assert person.open().status_code in {403, 410}
    person.press("send", nps="9")


@pytest.mark.parametrize("way", ["w", "q", "k", "e"])
def test_no_english_word_is_left_on_public_pages(client: FlaskClient, way: str) -> None:
    definition = asked(of_pages(a_page(an_item()) | {"jumps": [OUT]}, a_page(a_choice(), code="more")))
    campaign = a_fielding(definition, mode="public", identification="anonymous")
    person = Reader(client, f"/{way}/{campaign.public_code}")
    person.open()
    if way != "k":
        assert "⟦Thank you for your interest⟧" in person.press("next", nps="0").text
    change(campaign, most_responses=0)
    assert "⟦This survey has all its answers⟧" in person.open().text


def test_no_english_word_is_left_where_a_quota_is_full(client: FlaskClient) -> None:
    campaign = a_fielding(asked(of_pages(a_page(an_item())), quotas=[FULL]), mode="public")
    person = Reader(client, f"/w/{campaign.public_code}")
    person.open()
    assert "⟦Thank you for your willingness⟧" in person.press("send", nps="9").text


def test_no_english_word_is_left_on_the_way_out_of_survey_mail(client: FlaskClient) -> None:
    link = link_of(an_invitation(a_fielding(asked(of_pages(a_page(an_item())))), "cs"))
    person = Reader(client, link.replace("/a/", "/u/"))
    for page in (person.open(), person.press(), person.press()):
        assert '<html lang="cs"' in page.text


def test_words_are_written_out_as_text_whoever_wrote_them(client: FlaskClient) -> None:
    definition = asked(of_pages(a_page(an_item())))
    definition["interface"] = WORDS | {"continue": {"cs": "<b>Dál</b>"}, "submit": {"cs": '"><script>x</script>'}}
    page = client.get(f"/w/{a_fielding(definition, mode='public').public_code}").text
    assert "&lt;script&gt;x" in page
    assert "<script" not in page


def test_two_surveys_in_one_language_keep_their_own_words(client: FlaskClient) -> None:
    for n, name in enumerate(("jedna", "dva")):
        definition = asked(of_pages(a_page(an_item()))) | {"interface": {"questions": {"cs": name}}}
        campaign = a_fielding(definition, mode="public", code=f"s{n}")
        change(campaign, state="closed")
        assert name in client.get(f"/w/{campaign.public_code}").text


def test_what_is_missing_is_said_in_the_next_language_that_has_it_and_at_last_in_english(client: FlaskClient) -> None:
    definition = asked(of_pages(a_page(an_item()), a_page(a_choice(), code="more"))) | {
        "languages": ["cs", "de", "vi"], "interface": {"continue": {"cs": "Dál"}}
    }  # fmt: skip
    page = client.get(f"/w/{a_fielding(definition, mode='public').public_code}?lang=cs").text
    assert "Dál</button>" in page
    assert re.search("(Frage|Seite) 1 von 2", page)
    other = definition | {"languages": ["cs"]}
    page = client.get(f"/w/{a_fielding(other, mode='public', code='b').public_code}").text
    assert re.search("(Question|Page) 1 of 2", page)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Absenden"),
        ("pt-BR", "Enviar"),
        ("ar", "إرسال"),
        ("zh-Hans", "提交"),
        ("zh-Hant", "Submit"),
        ("th", "ส่งคำตอบ"),
    ],
)
def test_ready_words_need_no_work(client: FlaskClient, language: str, words: str) -> None:
    definition = of_pages(a_page(an_item(text={language: "?"}))) | {"title": {language: "?"}, "languages": [language]}
    campaign = a_fielding(definition, mode="public")
    assert f"{words}</button>" in client.get(f"/w/{campaign.public_code}").text


def test_days_and_wrong_links_speak_the_persons_language(client: FlaskClient) -> None:
    definition = of_pages(a_page(an_item(text={"de": "?"}))) | {"title": {"de": "?"}, "languages": ["de"]}
    person = Person(client, link_of(an_invitation(a_fielding(definition), "de")))
    person.open()
    person.press("send", nps="9")
    until = datetime.now(UTC) + timedelta(days=14)
    assert re.search(rf"[0-9]+\.[0-9]+\.{until.year}|[0-9]+\. \w+ [0-9]{{4}}", person.open(person.path).text)
    assert "Diesen Link kennen wir nicht" in client.get("/a/wrong", headers={"Accept-Language": "de-AT"}).text


def test_every_message_that_people_who_answer_can_meet_has_a_key() -> None:
    """A message that is new on a respondent's page gets a key and ready words, or stands among the words of staff."""
    rooms = ROOT / "survey_app"
    files = [*(rooms / "questionnaires/rendering").glob("*.py"), rooms / "questionnaires/saying.py"]
    files += [each for each in (rooms / "responses").glob("*.py") if each.name not in STAFF_FILES]
    found = {message for file in files for message in messages_of(file)}
    templates = [*(ROOT / "templates/responses/items").glob("*.html"), ROOT / "templates/layouts/respondent.html"]
    names = ("page", "message", "details", "answers", "withdraw", "error_summary", "kiosk")
    templates += [ROOT / f"templates/responses/{name}.html" for name in names]
    templates += [ROOT / "templates/campaigns/unsubscribe.html"]
    for template in templates:
        said = re.findall(r'_\(\s*"((?:[^"\\]|\\.)*)"', template.read_text(encoding="utf-8"))
        found |= {message.replace("%%", "%") for message in said}
    channels = {each for each in messages_of(rooms / "responses/wording.py") if each in CHANNELS}
    assert found - {*KEYS.values(), *ELSEWHERE.values()} - OF_STAFF - channels - TEST_MAIL == set()


CHANNELS = {
    "Personal link", "Score in the mail", "Public link", "QR code", "Shared device", "Website", "Typed in by staff",
    "Imported",
}  # fmt: skip
TEST_MAIL = {
    "This was a test mail, so nothing was changed. A customer would now get no more surveys from %(organisation)s."
}


def messages_of(file: Path) -> list[str]:
    """Return the messages that a module says."""
    calls = [each for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(each, ast.Call)]
    said = [each.args[0] for each in calls if getattr(each.func, "id", "") in {"_", "ngettext"} and each.args]
    return [each.value for each in said if isinstance(each, ast.Constant)]


def test_texts_in_another_language_than_their_page_say_so(client: FlaskClient) -> None:
    """Read aloud by another voice, and from their own side of the line."""
    definition = of_pages(a_page(an_item(), a_choice())) | {
        "title": {"en": "How are we?"}, "introduction": {"en": "Two minutes."}, "languages": ["en", "ar"]
    }  # fmt: skip
    page = client.get(f"/w/{a_fielding(definition, mode='public').public_code}?lang=ar").text
    assert '<h1 lang="en" dir="ltr">How are we?</h1>' in page
    assert '<p lang="en" dir="ltr">Two minutes.</p>' in page
