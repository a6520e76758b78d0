"""The QR code of a public campaign's link, for screens and for print."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Response, abort

from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.tokens import public_url
from survey_app.web import access

# Medium correction reads with a seventh of the code dirty; the quiet zone is what the standard asks for.
CORRECTION = "m"
QUIET_ZONE = 4
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/campaigns/<int:campaign_id>/code.<any(svg, png):kind>")
@access.requires("campaigns.view")
def code(campaign_id: int, kind: str) -> Response:
    """Answer with the QR code as a picture."""
    campaign = campaign_or_404(campaign_id)
    if campaign.public_code is None:
        abort(404)
    picture = BytesIO()
    qr_code(public_url(campaign.public_code)).save(
        picture, kind=kind, scale=16 if kind == "png" else 8, border=QUIET_ZONE
    )
    answer = Response(picture.getvalue(), mimetype=TYPES[kind])
    answer.headers["Content-Disposition"] = f"inline; filename=campaign-{campaign.id}.{kind}"
    return answer


def qr_code(link: str) -> segno.QRCode:
    """Return the code that leads to a link."""
    return segno.make(link, error=CORRECTION, micro=False)
