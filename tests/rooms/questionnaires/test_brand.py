"""Brands: colours that everybody can read, logos that hold nothing but a picture, pages that wear both."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.extensions import db, writing
from survey_app.questionnaires.brand import HOUSE, Brand, brand_of
from survey_app.questionnaires.brand_colours import (
    CONTROL_CONTRAST,
    DARK_INK,
    DARK_PAPER,
    LIGHT_INK,
    LIGHT_PAPER,
    TEXT_CONTRAST,
    Shade,
    contrast,
    palette_of,
    read_colour,
)
from survey_app.questionnaires.brand_logos import LARGEST_RESULT, LogoError, read_logo
from survey_app.questionnaires.models import Logo, Survey
from tests.factories.answering import a_public_link
from tests.factories.questionnaires import a_published_version
from tests.signing_in import SignIn

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SECRET = b"taken at 10.7769 N, 106.7009 E"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (400, 120), **details: Any) -> bytes:
    """Return a picture file: a lighter bar on a teal ground."""
    image = Image.new("RGB", size, "#0b5c6b")
    image.paste("#e1eff1", (20, 20, size[0] - 20, size[1] // 2 + 20))
    buffer = BytesIO()
    image.save(buffer, kind, **details)
    return buffer.getvalue()


@given(COLOURS)
def test_whatever_accent_is_chosen_everything_can_be_read_by_day_and_in_dark_mode(accent: str) -> None:
    palette = palette_of(accent)
    papers: list[tuple[Shade, str, str]] = [
        (palette.light, LIGHT_PAPER, LIGHT_INK),
        (palette.dark, DARK_PAPER, DARK_INK),
    ]
    for shade, paper, ink in papers:
        assert contrast(shade.accent, paper) >= TEXT_CONTRAST
        assert contrast(shade.on_accent, shade.accent) >= TEXT_CONTRAST
        assert contrast(ink, shade.tint) >= TEXT_CONTRAST
        assert contrast(shade.accent, shade.tint) >= CONTROL_CONTRAST
    assert palette.is_corrected == (palette.light.accent != accent)


def test_an_accent_that_can_be_read_stays_just_as_it_was_chosen() -> None:
    assert palette_of("#0b57a4").light.accent == "#0b57a4"
    assert not palette_of("#0b57a4").is_corrected


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [("#0B57A4", "#0b57a4"), (" 0b57a4 ", "#0b57a4"), ("#fa0", "#ffaa00"), ("red", None), ("#0b57a4;}", None)],
)
def test_a_colour_is_six_digits_whatever_was_typed(typed: str, read: str | None) -> None:
    assert read_colour(typed) == read


def test_a_survey_without_a_brand_wears_the_house_s_own() -> None:
    assert brand_of({}) is HOUSE
    assert HOUSE.to_data() == {}
    assert HOUSE.style == HOUSE.style_hash == HOUSE.logo_path == ""


def test_a_brand_is_written_and_read_without_loss() -> None:
    brand = Brand("#0b57a4", "abc", 120, 36, "Lotus Air", "Lotus Air Care")
    assert brand_of(brand.to_data()) == brand


def test_a_stored_colour_that_is_none_reaches_no_style() -> None:
    assert brand_of({"accent": "red}*{display:none"}).style == ""


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_small_and_holds_nothing_of_the_file_it_came_from(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    details = {"pnginfo": notes} if kind == "PNG" else {"exif": exif}
    content = a_picture(kind, (1600, 480), icc_profile=b"profile" * 9, **details)
    assert SECRET in content
    picture = read_logo(content)
    kept = Image.open(BytesIO(picture.content))
    assert SECRET not in picture.content
    assert b"profile" not in picture.content
    assert kept.format == "PNG"
    assert not kept.getexif()
    assert len(picture.content) <= LARGEST_RESULT
    assert (picture.width, picture.height) == (240, 72)


def test_even_noise_becomes_small_enough() -> None:
    noise = Image.effect_noise((900, 300), 120).convert("RGB")
    buffer = BytesIO()
    noise.save(buffer, "JPEG")
    assert len(read_logo(buffer.getvalue()).content) <= LARGEST_RESULT


def huge_png() -> bytes:
    """Return a small file that says it holds a picture of 30,000 by 30,000 points."""
    return a_picture().replace((400).to_bytes(4) + (120).to_bytes(4), (30_000).to_bytes(4) * 2, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 40,
        a_picture()[:60],
        a_picture("JPEG")[:200],
        a_picture(size=(3000, 2100)),
        a_picture(size=(8, 8)),
        huge_png(),
        b"\x89PNG" + b"\0" * (2 * 1024 * 1024),
    ],
    ids=["empty", "svg", "gif", "cut off", "cut off jpeg", "too many points", "tiny", "bomb", "too large"],
)
def test_what_is_no_logo_is_refused_in_words(app: Flask, content: bytes) -> None:
    with app.test_request_context(), pytest.raises(LogoError, match=r"\.$"):
        read_logo(content)


def test_a_photograph_whose_notes_lie_is_refused_in_words(app: Flask) -> None:
    # Its width stands there as a text; turning the picture upright writes the notes anew.
    width, upright = b"\x01\0\0\x02\0\0\0\x04wide", b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + width + upright + b"\0\0\0\0"
    with app.test_request_context(), pytest.raises(LogoError, match=r"damaged"):
        read_logo(a_picture("JPEG", exif=notes))


@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 150))
def test_a_damaged_picture_is_refused_and_nothing_else_happens(
    session_app: Flask, junk: bytes, kind: str, place: int
) -> None:
    content = a_picture(kind)
    damaged = content[:place] + junk + content[place + len(junk) :]
    with session_app.test_request_context():
        try:
            picture = read_logo(damaged)
        except LogoError:
            return
        assert len(picture.content) <= LARGEST_RESULT


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_published_version()
        db.session.commit()
    return sign_in("marketer")


def a_look(**fields: Any) -> dict[str, Any]:
    return {"colour": "own", "accent": "#ffee00", "logo_text": "", "sender_name": ""} | fields


def test_a_colour_too_pale_is_corrected_with_a_word_about_it(marketer: FlaskClient) -> None:
    saved = marketer.post("/surveys/relationship/look", data=a_look(), follow_redirects=True)
    assert "nearest shade" in saved.text
    assert palette_of("#ffee00").light.accent in saved.text


def test_what_is_no_colour_is_said_and_the_rest_stays_typed(marketer: FlaskClient) -> None:
    refused = marketer.post("/surveys/relationship/look", data=a_look(accent="reddish", sender_name="Lotus"))
    assert refused.status_code == 422
    assert "for example #0b57a4" in refused.text
    assert 'value="Lotus"' in refused.text


def test_a_logo_is_served_for_ever_under_its_own_address(
    app: Flask, marketer: FlaskClient, client: FlaskClient
) -> None:
    form = a_look(logo=(BytesIO(a_picture()), "logo.png"))
    saved = marketer.post("/surveys/relationship/look", data=form, follow_redirects=True)
    address = re.search(r"/logo/[0-9a-f]{32}\.png", saved.text)
    assert address
    shown = client.get(address[0])
    assert shown.mimetype == "image/png"
    assert "immutable" in shown.headers["Cache-Control"]
    with app.app_context():
        kept = db.session.scalars(select(Survey)).one()
        # Nobody said what the logo says: it is the organisation's name.
        assert kept.brand["logo_text"] == "Harbour Lane Stores"
        assert db.session.scalars(select(AuditEntry.action)).all()[-1] == "survey.brand"
    assert client.get("/logo/" + "0" * 32 + ".png").status_code == 404


def test_a_picture_that_is_none_changes_nothing(app: Flask, marketer: FlaskClient) -> None:
    refused = marketer.post("/surveys/relationship/look", data=a_look(logo=(BytesIO(b"MZ..."), "logo.png")))
    assert refused.status_code == 422
    assert "no PNG, JPEG or WebP" in refused.text
    with app.app_context():
        assert db.session.scalars(select(Survey)).one().brand == {}


def test_trying_out_stores_no_brand_and_keeps_the_logo_for_saving(app: Flask, marketer: FlaskClient) -> None:
    form = a_look(logo=(BytesIO(a_picture()), "logo.png"), **{"try": "1"})
    tried = marketer.post("/surveys/relationship/look", data=form)
    kept = re.search(r'name="kept_logo"[^>]*value="([0-9a-f]{32})"', tried.text)
    assert kept
    with app.app_context():
        assert db.session.scalars(select(Survey)).one().brand == {}
    marketer.post("/surveys/relationship/look", data=a_look(kept_logo=kept[1]))
    with app.app_context():
        assert db.session.scalars(select(Survey)).one().brand["logo"] == kept[1]


def test_the_logo_of_another_survey_cannot_be_worn(app: Flask, marketer: FlaskClient) -> None:
    with app.app_context(), writing():
        other = a_published_version("other").survey
        picture = read_logo(a_picture())
        db.session.add(
            Logo(
                survey_id=other.id,
                digest=picture.digest(other.id),
                media_type="image/png",
                content=picture.content,
                width=1,
                height=1,
            )
        )
        db.session.commit()
        digest = picture.digest(other.id)
    marketer.post("/surveys/relationship/look", data=a_look(kept_logo=digest))
    with app.app_context():
        assert "logo" not in db.session.scalars(select(Survey).where(Survey.code == "relationship")).one().brand


def test_the_brand_of_an_open_campaign_changes_at_once(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with app.app_context():
        link = a_public_link()
    before = client.get(link)
    sign_in("marketer").post("/surveys/relationship/look", data=a_look(accent="#7a0f4a"))
    after = client.get(link)
    assert "#7a0f4a" not in before.text
    assert "--a:#7a0f4a" in after.text
    allowed = re.search(r"style-src ([^;]+)", after.headers["Content-Security-Policy"])
    assert allowed
    assert Brand("#7a0f4a").style_hash in allowed[1]
    assert "unsafe" not in after.headers["Content-Security-Policy"]
    assert "--a:#7a0f4a" in client.get(f"{link}/thanks").text


@pytest.mark.parametrize("role", ["analyst", "agent", "manager"])
def test_only_who_designs_changes_the_look(app: Flask, sign_in: SignIn, role: str) -> None:
    with app.app_context(), writing():
        a_published_version()
        db.session.commit()
    assert sign_in(role).get("/surveys/relationship/look").status_code in {403, 404}
