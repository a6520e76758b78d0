"""What a survey keeps of its brand, and the logos beside it. The caller commits."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from survey_app.accounts.operations import record
from survey_app.extensions import db
from survey_app.questionnaires.brand import Brand
from survey_app.questionnaires.brand_logos import MEDIA_TYPE, Picture
from survey_app.questionnaires.models import Logo, Survey


def find_logo(digest: str) -> Logo | None:
    """Return the logo kept under a fingerprint, or None."""
    return db.session.scalar(select(Logo).where(Logo.digest == digest))


def keep_logo(survey: Survey, picture: Picture) -> Logo:
    """Keep a picture for a survey; earlier ones stay, since mails that were sent show them."""
    digest = picture.digest(survey.id)
    found = find_logo(digest)
    if found is None:
        found = Logo(
            survey_id=survey.id,
            digest=digest,
            media_type=MEDIA_TYPE,
            content=picture.content,
            width=picture.width,
            height=picture.height,
        )
        db.session.add(found)
        db.session.flush()
    return found


def with_logo(brand: Brand, logo: Logo | None) -> Brand:
    """Return a brand with this logo, or with none."""
    if logo is None:
        return replace(brand, logo="", logo_width=0, logo_height=0, logo_text="")
    return replace(brand, logo=logo.digest, logo_width=logo.width, logo_height=logo.height)


def change_brand(survey: Survey, brand: Brand) -> None:
    """Let a survey look so from now on, its open campaigns too."""
    before, survey.brand = survey.brand, brand.to_data()
    if before != survey.brand:
        record("survey.brand", "survey", survey.code, brand=survey.brand)
