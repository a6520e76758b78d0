"""The ways into a public campaign: codes and posters, shared devices, websites."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from weasyprint import HTML

from survey_app.accounts.models import AuditEntry
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.reaching.channels import Kiosk, kiosk_of, read_origin
from survey_app.campaigns.reaching.posters import BOLD, WIDTH, code_path, compose, lines_of, qr_code
from survey_app.extensions import db, writing
from survey_app.questionnaires.brand import Brand
from survey_app.questionnaires.models import Print
from survey_app.questionnaires.printing.pdf import pdf_of
from tests.factories.answering import a_fielding
from tests.factories.questionnaires import a_definition
from tests.signing_in import SignIn

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def number(app: Flask) -> int:
    """Return the id of an open public campaign in English and Arabic, of a survey with a brand."""
    title = {"en": 'How was <your> "visit"?', "ar": "كيف كانت زيارتك؟"}
    with app.app_context():
        campaign = a_fielding(a_definition(title=title, languages=["en", "ar"]), mode="public")
        with writing():
            campaign.survey.brand = Brand("#7a0f4a").to_data()
            db.session.commit()
        return campaign.id


@pytest.fixture
def marketer(sign_in: SignIn) -> FlaskClient:
    return sign_in("marketer")


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("www.example.com", "https://www.example.com"),
        (" https://Example.COM:443/shop?x=1 ", "https://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://example.com", None),
        ("https://*.example.com", None),
        ("*", None),
        ("https://", None),
        ("https://example", None),
        ("https://a b.example.com", None),
        ("https://user@example.com", None),
        ("https://example.com; script-src *", None),
        ("https://example.com:99999", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://[::1", None),
        ("https://a..example.com", None),
    ],
)
def test_a_website_is_named_by_its_origin(typed: str, origin: str | None) -> None:
    assert read_origin(typed) == origin


@given(st.text(max_size=60))
def test_no_text_reaches_a_policy_that_could_end_its_directive(text: str) -> None:
    for typed in (text, f"https://{text}", f"https://example.com{text}"):
        origin = read_origin(typed)
        assert origin is None or re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin)


def test_a_shared_device_behaves_as_usual_until_somebody_says_otherwise() -> None:
    assert kiosk_of({}) == Kiosk()
    assert kiosk_of(Kiosk(90, 5).to_data()) == Kiosk(90, 5)


@given(st.text(min_size=1, max_size=300))
def test_the_words_of_a_poster_fit_its_width_whatever_they_are(text: str) -> None:
    lines = lines_of(text, 16, BOLD)
    assert " ".join(line.text for line in lines).split() == text.split()
    assert all(line.size > 0 for line in lines)


@given(st.text("abcdefgh ", min_size=1, max_size=120))
def test_plain_words_never_leave_the_paper(text: str) -> None:
    assert all(len(line.text) * BOLD * line.size <= WIDTH for line in lines_of(text, 16, BOLD))


def test_the_drawn_code_has_the_dark_modules_of_the_code() -> None:
    path = code_path("https://surveys.example.org/q/abc")
    matrix = qr_code("https://surveys.example.org/q/abc").matrix
    drawn = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", path.d)
        for step in range(int(width))
    }
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module & 1}


@pytest.mark.parametrize(("size", "width"), [("a4", "210mm"), ("a6", "105mm")])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_poster_says_its_title_its_sentence_and_its_short_address(
    app: Flask, marketer: FlaskClient, number: int, size: str, width: str, language: str
) -> None:
    drawn = marketer.get(f"/campaigns/{number}/poster-{size}.svg?language={language}")
    root = ET.fromstring(drawn.text)  # noqa: S314 - our own drawing
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    with app.app_context():
        code = db.session.get_one(Campaign, number).public_code
    assert root.get("width") == width
    assert f"127.0.0.1:8000/q/{code}" in words
    assert ('How was <your> "visit"?' if language == "en" else "كيف كانت زيارتك؟") in words
    assert "camera" in words
    assert "#7a0f4a" in drawn.text
    assert "script" not in drawn.headers["Content-Security-Policy"]


def test_the_words_of_a_poster_can_be_changed_in_every_language(marketer: FlaskClient, number: int) -> None:
    form = {
        "en-poster_title": "Tell us & win",
        "en-poster_line": "Scan me",
        "ar-poster_title": "أخبرنا",
        "ar-poster_line": "امسح",
    }
    assert marketer.post(f"/campaigns/{number}/ways/poster", data=form).status_code == 303
    assert "Tell us &amp; win" in marketer.get(f"/campaigns/{number}/poster-a4.svg").text
    assert "أخبرنا" in marketer.get(f"/campaigns/{number}/poster-a4.svg?language=ar").text
    refused = marketer.post(f"/campaigns/{number}/ways/poster", data=form | {"en-poster_line": "x" * 241})
    assert refused.status_code == 422
    assert "Tell us &amp; win" in refused.text


def test_a_poster_is_ordered_as_a_pdf_and_the_worker_makes_one_page_of_it(
    app: Flask, marketer: FlaskClient, number: int
) -> None:
    ordered = marketer.post(f"/campaigns/{number}/poster", data={"language": "en", "size": "a6"})
    assert ordered.status_code == 303
    assert "/prints/" in ordered.location
    with app.app_context():
        paper = db.session.query(Print).one()
        assert paper.order["filename"] == f"poster-{number}-en-a6"
        campaign = db.session.get_one(Campaign, number)
        with app.test_request_context():
            html = compose(campaign.survey, paper.order)
    assert pdf_of(html).startswith(b"%PDF")
    (page,) = HTML(string=html).render().pages
    assert (round(page.width), round(page.height)) == (397, 559)
    assert marketer.post(f"/campaigns/{number}/poster", data={"language": "en", "size": "a0"}).status_code == 404


def test_the_code_and_the_pages_lead_each_by_a_way_of_its_own(app: Flask, marketer: FlaskClient, number: int) -> None:
    page = marketer.get(f"/campaigns/{number}/ways").text
    with app.app_context():
        code = db.session.get_one(Campaign, number).public_code
    for way in "wqk":
        assert f"http://127.0.0.1:8000/{way}/{code}" in page
    assert "Name the website first" in page


def test_the_lines_for_a_website_appear_once_it_is_named(app: Flask, marketer: FlaskClient, number: int) -> None:
    form = {"origins": "https://www.example.com/shop\nwww.example.com\nhttps://shop.example.org"}
    assert marketer.post(f"/campaigns/{number}/ways/website", data=form).status_code == 303
    with app.app_context():
        campaign = db.session.get_one(Campaign, number)
        assert campaign.embedding_origins == ["https://www.example.com", "https://shop.example.org"]
        assert db.session.query(AuditEntry).filter_by(action="campaign.websites").count() == 1
        code = campaign.public_code
    snippet = re.search(r"<code>(.*?)</code>", marketer.get(f"/campaigns/{number}/ways").text, re.DOTALL)
    assert snippet
    lines = unescape(snippet[1])
    assert f'<div data-survey="http://127.0.0.1:8000/e/{code}"' in lines
    assert 'data-title="How was &lt;your&gt; &#34;visit&#34;?"' in lines
    assert '<script type="module" src="http://127.0.0.1:8000/embed.js"></script>' in lines


def test_what_is_no_website_is_named_and_stays_typed(marketer: FlaskClient, number: int) -> None:
    refused = marketer.post(f"/campaigns/{number}/ways/website", data={"origins": "https://a.example\n*"})
    assert refused.status_code == 422
    assert "“*” is no website" in refused.text
    assert "https://a.example\n*" in unescape(refused.text)
    # The other forms of the page show what is stored.
    assert 'value="60"' in refused.text


def test_the_settings_of_a_shared_device_have_bounds(app: Flask, marketer: FlaskClient, number: int) -> None:
    refused = marketer.post(f"/campaigns/{number}/ways/kiosk", data={"idle_seconds": "5", "thanks_seconds": "x"})
    assert refused.status_code == 422
    assert "from 20 to 600" in refused.text
    saved = marketer.post(f"/campaigns/{number}/ways/kiosk", data={"idle_seconds": "45", "thanks_seconds": "5"})
    assert saved.status_code == 303
    with app.app_context():
        assert db.session.get_one(Campaign, number).kiosk == {"idle_seconds": 45, "thanks_seconds": 5}


def test_a_campaign_by_mail_has_no_public_ways(app: Flask, marketer: FlaskClient) -> None:
    with app.app_context():
        number = a_fielding().id
    for path in ("ways", "code.svg", "poster-a4.svg"):
        assert marketer.get(f"/campaigns/{number}/{path}").status_code == 404


def test_the_module_for_websites_is_small_and_may_be_run_by_them(client: FlaskClient) -> None:
    module = client.get("/embed.js")
    assert module.mimetype == "text/javascript"
    assert module.headers["Access-Control-Allow-Origin"] == "*"
    assert len(module.data) < 2048
    assert "Set-Cookie" not in module.headers


def test_an_analyst_sees_the_ways_and_changes_none(sign_in: SignIn, number: int) -> None:
    analyst = sign_in("analyst")
    page = analyst.get(f"/campaigns/{number}/ways")
    assert page.status_code == 200
    assert "ways/kiosk" not in page.text
    assert analyst.post(f"/campaigns/{number}/ways/kiosk").status_code in {403, 404}
